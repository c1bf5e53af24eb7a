//! The cookies of logins under way: one each, sealed, few and small.

use http::{HeaderMap, HeaderValue};

use super::{cookie_seal::CookieSeal, cookies, seal::Purpose};
use crate::{
    protocol::{
        State, StateHash,
        pending_login::{LIFETIME, PendingLogin},
    },
    seams::Random,
};

/// Logins under way in one browser.
const MAX_COUNT: usize = 7;
/// Whole lines of them together, in bytes.
const MAX_BYTES: usize = 3 * 1024;
/// Cookies of ours that one request is worth looking into.
const MAX_READ: usize = 40;

/// What a browser has for one login.
pub(crate) enum Found {
    /// Its login under way.
    Pending(Box<PendingLogin>),
    /// A cookie of this login that does not open, or two that do.
    Unreadable,
    /// No cookie of this login.
    Missing,
}

/// Seals and opens the cookies of one client.
pub(crate) struct PendingCookies<'a>(pub(crate) CookieSeal<'a>);

impl PendingCookies<'_> {
    /// The login under way that this state belongs to.
    pub(crate) fn find(&self, headers: &HeaderMap, state: &State) -> Found {
        let name = self.0.names.pending(&state.hash());
        let (mut opened, mut seen) = (Vec::new(), false);
        for value in cookies::named(headers, &name) {
            seen = true;
            let value = std::str::from_utf8(value).ok();
            opened.extend(value.and_then(|value| self.open(&name, value)));
        }
        match opened.pop() {
            Some(pending) if opened.is_empty() && is_same(&pending.state, state.as_str()) => {
                Found::Pending(Box::new(pending))
            }
            _ if seen => Found::Unreadable,
            _ => Found::Missing,
        }
    }

    /// Whether the browser has a cookie for this state, whatever is in it.
    pub(crate) fn is_there(&self, headers: &HeaderMap, state: &StateHash) -> bool {
        let name = self.0.names.pending(state);
        cookies::named(headers, &name).next().is_some()
    }

    /// The lines that add a login to the ones in the browser; the oldest make room.
    pub(crate) fn add(
        &self,
        headers: &HeaderMap,
        state: &State,
        pending: &PendingLogin,
        random: &dyn Random,
    ) -> Vec<HeaderValue> {
        let name = self.0.names.pending(&state.hash());
        let plain = pending.to_bytes();
        let sealed = self.0.seal(Purpose::PendingLogin, &name, &plain, random);
        let line = self.0.names.set_pending(&name, &sealed, LIFETIME);
        let mut lines = self.make_room(headers, line.len(), pending.started_at);
        lines.push(line);
        lines
    }

    /// The line that removes one login.
    pub(crate) fn remove(&self, state: &State) -> HeaderValue {
        self.0
            .names
            .remove_pending(&self.0.names.pending(&state.hash()))
    }

    fn make_room(&self, headers: &HeaderMap, new_line: usize, now: i64) -> Vec<HeaderValue> {
        let mut kept = Vec::new();
        let mut lines = Vec::new();
        for (name, value) in self.ours(headers) {
            match self.open(name, value) {
                Some(old) if !old.is_expired(now) => {
                    let bytes = self.0.names.set_pending(name, value, LIFETIME).len();
                    kept.push((old.started_at, bytes, name));
                }
                _ => lines.push(self.0.names.remove_pending(name)),
            }
        }
        kept.sort_unstable();
        let mut bytes = new_line + kept.iter().map(|(_, bytes, _)| bytes).sum::<usize>();
        let mut count = kept.len() + 1;
        for (_, size, name) in kept {
            if count <= MAX_COUNT && bytes <= MAX_BYTES {
                break;
            }
            lines.push(self.0.names.remove_pending(name));
            (count, bytes) = (count - 1, bytes - size);
        }
        lines
    }

    fn ours<'h>(&self, headers: &'h HeaderMap) -> impl Iterator<Item = (&'h str, &'h str)> {
        cookies::all(headers)
            .filter(|(name, _)| self.0.names.is_pending(name) && is_name_of_ours(name))
            .take(MAX_READ)
    }

    fn open(&self, name: &str, value: &str) -> Option<PendingLogin> {
        let plain = self.0.open(Purpose::PendingLogin, name, value)?;
        PendingLogin::from_bytes(&plain)
    }
}

/// Names come from the browser and go back in a `Set-Cookie` line.
fn is_name_of_ours(name: &str) -> bool {
    name.len() <= 80
        && name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
}

fn is_same(one: &str, other: &str) -> bool {
    use subtle::ConstantTimeEq as _;
    bool::from(one.as_bytes().ct_eq(other.as_bytes()))
}

#[cfg(test)]
mod tests {
    use http::header;
    use time::{Duration, OffsetDateTime};

    use super::*;
    use crate::{
        config::RootUrl,
        protocol::{CodeVerifier, LoginParameters, LoginStart, Nonce},
        seams::{SystemRandom, fresh_bytes},
        session::{SessionSecrets, cookies::CookieNames, seal::Keys},
    };

    const START: OffsetDateTime = OffsetDateTime::UNIX_EPOCH;

    struct Browser {
        names: CookieNames,
        keys: Keys,
        jar: Vec<(String, String)>,
    }

    impl Browser {
        fn new() -> Self {
            let root_url = RootUrl::parse("http://localhost:5000/").unwrap();
            Self {
                names: CookieNames::new("flask-app", &root_url),
                keys: Keys::new(&SessionSecrets::random()),
                jar: Vec::new(),
            }
        }

        fn cookies(&self) -> PendingCookies<'_> {
            PendingCookies(CookieSeal {
                names: &self.names,
                keys: &self.keys,
                client_id: "flask-app",
                root_origin: "http://localhost:5000",
            })
        }

        fn headers(&self) -> HeaderMap {
            let pairs = self
                .jar
                .iter()
                .map(|(name, value)| format!("{name}={value}"));
            let line = pairs.collect::<Vec<_>>().join("; ");
            HeaderMap::from_iter([(header::COOKIE, HeaderValue::try_from(line).unwrap())])
        }

        fn take(&mut self, lines: Vec<HeaderValue>) {
            for line in lines {
                let cookie = cookie::Cookie::parse(line.to_str().unwrap().to_owned()).unwrap();
                self.jar.retain(|(name, _)| name != cookie.name());
                if cookie.max_age() != Some(cookie::time::Duration::ZERO) {
                    self.jar
                        .push((cookie.name().to_owned(), cookie.value().to_owned()));
                }
            }
        }

        fn begin(&mut self, second: i64, return_to: &str) -> State {
            let now = START + Duration::seconds(second);
            let state = State::new(fresh_bytes(&SystemRandom), LoginStart::at(now), |_| [0; 16]);
            let pending = PendingLogin {
                state: state.as_str().into(),
                nonce: Nonce::new("n"),
                code_verifier: CodeVerifier::new("v"),
                return_to: return_to.into(),
                redirect_uri: "r".into(),
                issuer: "i".into(),
                started_at: now.unix_timestamp(),
                had_app_session: false,
                round: 0,
                parameters: LoginParameters::default(),
            };
            let lines = self
                .cookies()
                .add(&self.headers(), &state, &pending, &SystemRandom);
            self.take(lines);
            state
        }

        fn has(&self, state: &State) -> bool {
            matches!(
                self.cookies().find(&self.headers(), state),
                Found::Pending(_)
            )
        }
    }

    #[test]
    fn seven_logins_and_then_the_oldest_goes() {
        let mut browser = Browser::new();
        let states: Vec<_> = (0..8).map(|second| browser.begin(second, "/")).collect();
        let kept: Vec<_> = states.iter().map(|state| browser.has(state)).collect();
        assert_eq!(kept, [false, true, true, true, true, true, true, true]);
    }

    #[test]
    fn three_kilobytes_and_then_the_oldest_goes() {
        let mut browser = Browser::new();
        let long = format!("/{}", "a".repeat(1000));
        let states: Vec<_> = (0..4).map(|second| browser.begin(second, &long)).collect();
        assert!(browser.has(&states[3]) && !browser.has(&states[0]));
        let bytes: usize = browser
            .jar
            .iter()
            .map(|(name, value)| name.len() + value.len())
            .sum();
        assert!(bytes <= MAX_BYTES, "{bytes}");
    }

    #[test]
    fn what_is_expired_or_garbage_makes_room_first() {
        let mut browser = Browser::new();
        let old = browser.begin(0, "/");
        let garbage = format!("{}garbage", browser.names.pending(&old.hash()));
        browser.jar.push((garbage, "AAAA".into()));
        browser.begin(LIFETIME, "/");
        assert_eq!(browser.jar.len(), 1);
    }

    #[test]
    fn a_flood_costs_a_bounded_answer() {
        let mut browser = Browser::new();
        let state = browser.begin(0, "/");
        let name = browser.names.pending(&state.hash());
        browser.jar = (0..500)
            .map(|n| (format!("{name}{n}"), "A".repeat(50)))
            .collect();
        browser.begin(1, "/");
        assert_eq!(browser.jar.len(), 500 - MAX_READ + 1);
    }

    #[test]
    fn two_of_one_name_count_only_if_exactly_one_opens() {
        let mut browser = Browser::new();
        let state = browser.begin(0, "/");
        let (name, value) = browser.jar[0].clone();
        browser.jar.push((name.clone(), "planted".into()));
        assert!(browser.has(&state));
        browser.jar.push((name, value));
        let found = browser.cookies().find(&browser.headers(), &state);
        assert!(matches!(found, Found::Unreadable));
    }

    #[test]
    fn a_cookie_moved_to_another_name_does_not_open() {
        let mut browser = Browser::new();
        let first = browser.begin(0, "/");
        let second = browser.begin(1, "/");
        let value = browser.jar[0].1.clone();
        browser.jar[1].1 = value;
        assert!(browser.has(&first) && !browser.has(&second));
    }
}
