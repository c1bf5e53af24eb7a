//! Points in time, for people.

use time::{Duration, OffsetDateTime, UtcOffset, macros::format_description};

/// `2026-11-21 10:45:00 UTC`.
pub(super) fn utc(at: OffsetDateTime) -> Option<String> {
    let format = format_description!("[year]-[month]-[day] [hour]:[minute]:[second] UTC");
    at.to_offset(UtcOffset::UTC).format(&format).ok()
}

/// `in 5 minutes`, or `over` when it has passed.
pub(super) fn left(at: OffsetDateTime, now: OffsetDateTime) -> String {
    let left = at - now;
    if left <= Duration::ZERO {
        return "over".to_owned();
    }
    format!("in {}", length(left))
}

/// `5 minutes ago`, or `just now`.
pub(super) fn ago(at: OffsetDateTime, now: OffsetDateTime) -> String {
    let ago = now - at;
    if ago < Duration::MINUTE {
        return "just now".to_owned();
    }
    format!("{} ago", length(ago))
}

/// A time that is not zero, in the unit that people would use.
fn length(length: Duration) -> String {
    let (unit, name) = match length {
        _ if length >= Duration::days(2) => (Duration::DAY, "day"),
        _ if length >= Duration::hours(2) => (Duration::HOUR, "hour"),
        _ if length >= Duration::minutes(2) => (Duration::MINUTE, "minute"),
        _ => (Duration::SECOND, "second"),
    };
    let unit = unit.whole_seconds();
    let count = ((length.whole_seconds() + unit / 2) / unit).max(1);
    let plural = if count == 1 { "" } else { "s" };
    format!("{count} {name}{plural}")
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    #[test]
    fn what_is_left_is_said_in_the_unit_that_people_would_use() {
        let now = datetime!(2026-11-21 10:45 UTC);
        for (seconds, expected) in [
            (-1, "over"),
            (0, "over"),
            (1, "in 1 second"),
            (119, "in 119 seconds"),
            (120, "in 2 minutes"),
            (299, "in 5 minutes"),
            (7199, "in 120 minutes"),
            (7200, "in 2 hours"),
            (28_799, "in 8 hours"),
            (172_800, "in 2 days"),
        ] {
            assert_eq!(left(now + Duration::seconds(seconds), now), expected);
        }
    }

    #[test]
    fn a_time_that_has_passed_is_told_in_the_same_units() {
        let now = datetime!(2026-11-21 10:45 UTC);
        for (seconds, expected) in [
            (-5, "just now"),
            (0, "just now"),
            (59, "just now"),
            (60, "60 seconds ago"),
            (299, "5 minutes ago"),
            (7200, "2 hours ago"),
        ] {
            assert_eq!(ago(now - Duration::seconds(seconds), now), expected);
        }
    }

    #[test]
    fn a_time_is_shown_in_utc() {
        let at = datetime!(2026-11-21 12:45:03 +2);
        assert_eq!(utc(at).as_deref(), Some("2026-11-21 10:45:03 UTC"));
    }
}
