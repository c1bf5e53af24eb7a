//! How often a browser signed in lately: kept by the browser, in a cookie with a tag.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use http::{HeaderMap, HeaderValue};

use super::{
    cookies::{self, CookieNames},
    seal::{Keys, Purpose},
};

/// For how long logins are counted, in seconds.
const WINDOW: i64 = 60;
/// How long the cookie is kept while a login is under way, in seconds: longer than a login may take,
/// so that it tells a browser that lost a login from one that keeps no cookies.
const WHILE_UNDER_WAY: i64 = 3600;
const BODY: usize = 8 + 1;

/// Counts logins that came one after the other, each begun after the one before had ended.
///
/// Logins side by side, in many tabs, count once; a browser that is sent round and round counts each
/// round.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct LoginTrail {
    /// When the counting began, in seconds since 1970.
    pub(crate) since: i64,
    /// Logins that came one after the other since then.
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
        Self {
            since: now,
            rounds: 0,
        }
    }

    /// With the end of a login that began after so many rounds.
    pub(crate) fn after(self, round: u8) -> Self {
        let rounds = if self.rounds == round {
            round.saturating_add(1)
        } else {
            self.rounds
        };
        Self { rounds, ..self }
    }

    fn counts(self, now: i64) -> bool {
        (self.since..self.since.saturating_add(WINDOW)).contains(&now)
    }
}

impl LoginTrails<'_> {
    /// The trail that the browser has, if it is ours and not over.
    pub(crate) fn find(&self, headers: &HeaderMap, now: i64) -> Option<LoginTrail> {
        let mut found =
            cookies::named(headers, self.names.trail()).filter_map(|value| self.parse(value));
        let trail = found.next()?;
        (found.next().is_none() && trail.counts(now)).then_some(trail)
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
        self.line(trail, WINDOW)
    }

    fn line(&self, trail: LoginTrail, seconds: i64) -> HeaderValue {
        let mut bytes = trail.since.to_be_bytes().to_vec();
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
        let (since, rounds) = body.split_first_chunk()?;
        is_ours.then_some(LoginTrail {
            since: i64::from_be_bytes(*since),
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
        let none = LoginTrail::new(100);
        let side_by_side = none.after(0).after(0).after(0);
        assert_eq!(side_by_side.rounds, 1);
        assert_eq!(none.after(0).after(1).after(1).after(2).rounds, 3);
        let many = (0..=u8::MAX).fold(none, LoginTrail::after);
        assert_eq!(many.after(u8::MAX).rounds, u8::MAX);
    }

    #[test]
    fn a_trail_of_ours_counts_for_a_minute() {
        let (names, others) = (names("flask-app"), names("other-app"));
        let keys = Keys::new(&SessionSecrets::random());
        let other_keys = Keys::new(&SessionSecrets::random());
        let ours = LoginTrails {
            names: &names,
            keys: &keys,
        };
        let trail = LoginTrail::new(100).after(0);
        let line = ours.keep(trail);
        let second = ours.keep(trail.after(1));
        let text = line.to_str().unwrap();
        assert!(text.starts_with("__Host-oidc_trail_") && text.contains("; Secure"));
        assert!(text.contains("Max-Age=60"), "{text}");
        let begun = ours.begin(trail);
        let begun = begun.to_str().unwrap();
        assert_eq!(begun.replace("Max-Age=3600", "Max-Age=60"), text);
        for (name, headers, now, expected) in [
            ("at once", sent(&[&line]), 100, Some(trail)),
            ("just before", sent(&[&line]), 159, Some(trail)),
            ("over", sent(&[&line]), 160, None),
            ("a clock that went back", sent(&[&line]), 99, None),
            ("none", sent(&[]), 100, None),
            ("two", sent(&[&line, &second]), 100, None),
            ("removed", sent(&[&ours.remove()]), 100, None),
        ] {
            assert_eq!(ours.find(&headers, now), expected, "{name}");
        }
        assert!(ours.is_there(&sent(&[&line])) && !ours.is_there(&sent(&[])));
        let foreign = LoginTrails {
            names: &names,
            keys: &other_keys,
        };
        assert_eq!(foreign.find(&sent(&[&line]), 100), None, "another secret");
        let elsewhere = LoginTrails {
            names: &others,
            keys: &keys,
        };
        let moved = text.replacen(names.trail(), others.trail(), 1);
        let moved = HeaderValue::try_from(moved).unwrap();
        assert_eq!(elsewhere.find(&sent(&[&moved]), 100), None, "another app");
    }
}
