//! Times in tokens.

use serde_json::Value;
use time::OffsetDateTime;

/// 9999-12-31T23:59:59Z, the last second a calendar can name.
const LAST_SECOND: i64 = 253_402_300_799;

/// Reads a [`NumericDate`]: seconds since 1970, whole or with a fraction.
///
/// `None` for anything that is not a number between 1970 and the year 9999.
///
/// [`NumericDate`]: https://www.rfc-editor.org/rfc/rfc7519.html#section-2
pub(crate) fn parse(value: &Value) -> Option<OffsetDateTime> {
    if let Some(seconds) = value.as_i64() {
        let known = (0..=LAST_SECOND).contains(&seconds);
        return known.then(|| OffsetDateTime::from_unix_timestamp(seconds).ok())?;
    }
    let seconds = value.as_f64()?;
    #[allow(clippy::cast_precision_loss, reason = "the bound is far below 2^53")]
    let known = (0.0..=LAST_SECOND as f64).contains(&seconds);
    #[allow(
        clippy::cast_possible_truncation,
        reason = "bounded just above; below a nanosecond nothing matters"
    )]
    known.then(|| OffsetDateTime::from_unix_timestamp_nanos((seconds * 1e9) as i128).ok())?
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use time::macros::datetime;

    use super::*;

    #[test]
    fn only_times_a_calendar_can_name_are_read() {
        let cases = [
            ("0", Some(datetime!(1970-01-01 0:00 UTC))),
            ("1700000000", Some(datetime!(2023-11-14 22:13:20 UTC))),
            ("1700000000.5", Some(datetime!(2023-11-14 22:13:20.5 UTC))),
            ("1.7e9", Some(datetime!(2023-11-14 22:13:20 UTC))),
            ("253402300799", Some(datetime!(9999-12-31 23:59:59 UTC))),
            ("253402300800", None),
            ("253402300799.5", None),
            ("-1", None),
            ("-0.5", None),
            ("9223372036854775807", None),
            ("-9223372036854775808", None),
            ("18446744073709551615", None),
            ("1e300", None),
            ("-1e300", None),
            ("\"1700000000\"", None),
            ("true", None),
            ("null", None),
            ("[1700000000]", None),
            ("{}", None),
        ];
        for (json, expected) in cases {
            let value = serde_json::from_str(json).unwrap();
            assert_eq!(parse(&value), expected, "{json}");
        }
    }
}
