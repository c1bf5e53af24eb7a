//! When a browser was last sent to be signed in without a question: kept by the browser, in a plain
//! cookie.
//!
//! Whoever forges theirs sends their own browser to the provider once more, so nothing is sealed.

use http::{HeaderMap, HeaderValue};

use super::cookies::{self, CookieNames};

/// How long a browser is left alone after a try, in seconds.
const PAUSE: i64 = 300;
/// How long the cookie is kept, in seconds.
const LIFETIME: i64 = 30 * 24 * 3600;
const SEEN: &str = "seen";
const SIGNED_OUT: &str = "out";

/// What a browser was last told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SilentMark {
    /// It was here, and was sent nowhere.
    Seen,
    /// It was sent, or somebody signed in, at this time in seconds since 1970.
    Tried(i64),
    /// Somebody signed out, and nobody in since.
    SignedOut,
}

impl SilentMark {
    /// The mark of a browser, if it has one; of several nobody knows which counts.
    pub(crate) fn find(names: &CookieNames, headers: &HeaderMap) -> Option<Self> {
        let mut found = cookies::named(headers, names.silent());
        let (mark, other) = (found.next()?, found.next());
        match other {
            Some(_) => Some(Self::SignedOut),
            None => Self::parse(mark),
        }
    }

    /// Whether the browser may be sent now. A time that is still to come was set by another clock.
    pub(crate) fn is_due(self, now: i64) -> bool {
        match self {
            Self::Seen => true,
            Self::Tried(at) => now.checked_sub(at).is_some_and(|ago| ago >= PAUSE),
            Self::SignedOut => false,
        }
    }

    /// The line that sets it.
    pub(crate) fn line(self, names: &CookieNames) -> HeaderValue {
        let value = match self {
            Self::Seen => SEEN.to_owned(),
            Self::Tried(at) => at.to_string(),
            Self::SignedOut => SIGNED_OUT.to_owned(),
        };
        names.set_silent(&value, LIFETIME)
    }

    fn parse(value: &[u8]) -> Option<Self> {
        match std::str::from_utf8(value).ok()? {
            SEEN => Some(Self::Seen),
            SIGNED_OUT => Some(Self::SignedOut),
            at => at.parse().ok().map(Self::Tried),
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use http::header;

    use super::*;
    use crate::config::RootUrl;

    fn found(cookies: &str) -> Option<SilentMark> {
        let names = CookieNames::new("app", &RootUrl::parse("http://localhost:5000/").unwrap());
        let line = cookies.replace("NAME", names.silent());
        let line = HeaderValue::try_from(line).unwrap();
        SilentMark::find(&names, &HeaderMap::from_iter([(header::COOKIE, line)]))
    }

    #[test]
    fn a_mark_comes_back() {
        let names = CookieNames::new("app", &RootUrl::parse("https://app.test/").unwrap());
        for mark in [
            SilentMark::Seen,
            SilentMark::Tried(1_800_000_000),
            SilentMark::SignedOut,
        ] {
            let line = mark.line(&names);
            let line = line.to_str().unwrap();
            assert!(line.starts_with("__Host-oidc_silent_"), "{line}");
            let pair = line.split(';').next().unwrap();
            let headers = HeaderMap::from_iter([(header::COOKIE, pair.parse().unwrap())]);
            assert_eq!(SilentMark::find(&names, &headers), Some(mark));
        }
    }

    #[test]
    fn what_is_no_mark_sends_nobody_anywhere() {
        for (cookies, expected) in [
            ("NAME=seen", Some(SilentMark::Seen)),
            ("other=1; NAME=-5", Some(SilentMark::Tried(-5))),
            ("NAME=seen; NAME=seen", Some(SilentMark::SignedOut)),
            ("NAME=", None),
            ("NAME=Seen", None),
            ("NAME=99999999999999999999", None),
            ("NAME=1.5", None),
            ("other=seen", None),
        ] {
            assert_eq!(found(cookies), expected, "{cookies}");
        }
    }

    #[test]
    fn a_browser_is_sent_at_most_once_in_five_minutes() {
        for (name, mark, due) in [
            ("never", SilentMark::Seen, true),
            ("now", SilentMark::Tried(1000), false),
            ("a moment ago", SilentMark::Tried(701), false),
            ("five minutes ago", SilentMark::Tried(700), true),
            ("in the future", SilentMark::Tried(1001), false),
            ("in the far future", SilentMark::Tried(i64::MAX), false),
            ("long ago", SilentMark::Tried(0), true),
            ("before time began", SilentMark::Tried(i64::MIN), false),
            ("signed out", SilentMark::SignedOut, false),
        ] {
            assert_eq!(mark.is_due(1000), due, "{name}");
        }
    }
}
