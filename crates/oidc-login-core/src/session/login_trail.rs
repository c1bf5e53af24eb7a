//! How often a browser signed in lately: kept by the browser, in a cookie with a tag.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use http::{HeaderMap, HeaderValue};

use super::{
    cookies::{self, CookieNames},
    seal::{Keys, Purpose},
};

/// How soon after a login the next one has to begin to be one of a row, in seconds.
const GAP: i64 = 10;
/// How far the clocks of two nodes may be apart, in seconds: sent to and fro between them is just how
/// a browser gets into a loop.
const CLOCKS_APART: i64 = 5;
/// How long the cookie is kept after a login, in seconds.
const AFTER: i64 = 60;
/// How long the cookie is kept while a login is under way, in seconds: longer than a login may take,
/// so that it tells a browser that lost a login from one that keeps no cookies.
const WHILE_UNDER_WAY: i64 = 3600;
const BODY: usize = 8 + 1;

/// Counts logins that came one right after the other, each begun after the one before had ended.
///
/// Logins side by side, in many tabs, count once; a browser that is sent round and round counts each
/// round.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct LoginTrail {
    /// When the last one ended, or the counting began, in seconds since 1970.
    pub(crate) at: i64,
    /// Logins in a row.
    pub(crate) rounds: u8,
}

/// Reads and writes the trails of one client.
pub(crate) struct LoginTrails<'a> {
    pub(crate) names: &'a CookieNames,
    pub(crate) keys: &'a Keys,
}

impl LoginTrail {
    /// A browser that begins to be counted.
    pub(crate) fn new(now: i64) -> Self {
        Self { at: now, rounds: 0 }
    }

    /// What a browser has after a login that began in this round: one round more, unless another
    /// login was faster.
    pub(crate) fn after(before: Option<Self>, round: u8, now: i64) -> Self {
        match before {
            Some(other) if other.rounds != round => other,
            _ => Self {
                at: now,
                rounds: round.saturating_add(1),
            },
        }
    }

    /// Whether a login that begins now is one of this row.
    pub(crate) fn goes_on(self, now: i64) -> bool {
        let earliest = self.at.saturating_sub(CLOCKS_APART);
        (earliest..=self.at.saturating_add(GAP)).contains(&now)
    }
}

impl LoginTrails<'_> {
    /// The trail that the browser has, if it is ours and the only one.
    pub(crate) fn find(&self, headers: &HeaderMap) -> Option<LoginTrail> {
        let mut found =
            cookies::named(headers, self.names.trail()).filter_map(|value| self.parse(value));
        let trail = found.next()?;
        found.next().is_none().then_some(trail)
    }

    /// Whether the browser has a trail at all, ours or not, over or not.
    pub(crate) fn is_there(&self, headers: &HeaderMap) -> bool {
        cookies::named(headers, self.names.trail()).next().is_some()
    }

    /// The line that keeps a trail while a login is under way.
    pub(crate) fn begin(&self, trail: LoginTrail) -> HeaderValue {
        self.line(trail, WHILE_UNDER_WAY)
    }

    /// The line that keeps a trail after a login: not for long, as it goes with every request.
    pub(crate) fn keep(&self, trail: LoginTrail) -> HeaderValue {
        self.line(trail, AFTER)
    }

    fn line(&self, trail: LoginTrail, seconds: i64) -> HeaderValue {
        let mut bytes = trail.at.to_be_bytes().to_vec();
        bytes.push(trail.rounds);
        bytes.extend_from_slice(&self.tag(&bytes));
        let value = URL_SAFE_NO_PAD.encode(bytes);
        self.names.set_trail(&value, seconds)
    }

    /// The line that removes it.
    pub(crate) fn remove(&self) -> HeaderValue {
        self.names.set_trail("", 0)
    }

    fn parse(&self, value: &[u8]) -> Option<LoginTrail> {
        let bytes = URL_SAFE_NO_PAD.decode(value).ok()?;
        let (body, tag) = bytes.split_at_checked(BODY)?;
        let is_ours = self
            .keys
            .is_tag(Purpose::LoginTrail, &self.tagged(body), tag);
        let (at, rounds) = body.split_first_chunk()?;
        is_ours.then_some(LoginTrail {
            at: i64::from_be_bytes(*at),
            rounds: *rounds.first()?,
        })
    }

    fn tag(&self, body: &[u8]) -> [u8; 16] {
        self.keys.tag(Purpose::LoginTrail, &self.tagged(body))
    }

    /// With the cookie's name, which has the client and the root URL in it.
    fn tagged(&self, body: &[u8]) -> Vec<u8> {
        [body, self.names.trail().as_bytes()].concat()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use http::header;

    use super::*;
    use crate::{config::RootUrl, session::SessionSecrets};

    fn sent(lines: &[&HeaderValue]) -> HeaderMap {
        let pairs = lines
            .iter()
            .map(|line| line.to_str().unwrap().split(';').next().unwrap());
        let line = pairs.collect::<Vec<_>>().join("; ");
        HeaderMap::from_iter([(header::COOKIE, HeaderValue::try_from(line).unwrap())])
    }

    fn names(client_id: &str) -> CookieNames {
        CookieNames::new(client_id, &RootUrl::parse("https://app.test/").unwrap())
    }

    #[test]
    fn logins_one_after_the_other_count_and_those_side_by_side_do_not() {
        let done = |trail, round| Some(LoginTrail::after(trail, round, 100));
        let first = done(Some(LoginTrail::new(90)), 0);
        let one = LoginTrail { at: 100, rounds: 1 };
        assert_eq!(first, Some(one));
        assert_eq!(done(done(first, 0), 0), first, "side by side");
        assert_eq!(done(None, 0), first, "without a cookie");
        let third = done(done(first, 1), 2);
        assert_eq!(third.map(|trail| trail.rounds), Some(3));
        assert_eq!(done(third, 1), third, "one that was slow");
        let many = LoginTrail::after(None, u8::MAX, 100);
        assert_eq!(many.rounds, u8::MAX);
    }

    #[test]
    fn a_login_is_one_of_a_row_within_ten_seconds_of_the_last() {
        let trail = LoginTrail::new(100);
        for (now, expected) in [
            (94, false),
            // At a node whose clock is behind the one where the last login ended.
            (95, true),
            (100, true),
            (110, true),
            (111, false),
        ] {
            assert_eq!(trail.goes_on(now), expected, "{now}");
        }
    }

    #[test]
    fn a_trail_of_ours_comes_back() {
        let (names, others) = (names("flask-app"), names("other-app"));
        let keys = Keys::new(&SessionSecrets::random());
        let other_keys = Keys::new(&SessionSecrets::random());
        let ours = LoginTrails {
            names: &names,
            keys: &keys,
        };
        let trail = LoginTrail::after(None, 0, 100);
        let line = ours.keep(trail);
        let second = ours.keep(LoginTrail::new(100));
        let text = line.to_str().unwrap();
        assert!(text.starts_with("__Host-oidc_trail_") && text.contains("; Secure"));
        assert!(text.contains("Max-Age=60"), "{text}");
        let begun = ours.begin(trail);
        let begun = begun.to_str().unwrap();
        assert_eq!(begun.replace("Max-Age=3600", "Max-Age=60"), text);
        for (name, headers, expected) in [
            ("one", sent(&[&line]), Some(trail)),
            ("none", sent(&[]), None),
            ("two", sent(&[&line, &second]), None),
            ("removed", sent(&[&ours.remove()]), None),
        ] {
            assert_eq!(ours.find(&headers), expected, "{name}");
        }
        assert!(ours.is_there(&sent(&[&line])) && !ours.is_there(&sent(&[])));
        let foreign = LoginTrails {
            names: &names,
            keys: &other_keys,
        };
        assert_eq!(foreign.find(&sent(&[&line])), None, "another secret");
        let elsewhere = LoginTrails {
            names: &others,
            keys: &keys,
        };
        let moved = text.replacen(names.trail(), others.trail(), 1);
        let moved = HeaderValue::try_from(moved).unwrap();
        assert_eq!(elsewhere.find(&sent(&[&moved])), None, "another app");
    }
}
