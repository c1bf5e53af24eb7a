//! `state`: ties the provider's answer to the login this browser started (RFC 6749 §10.12).

use aws_lc_rs::digest;
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use time::OffsetDateTime;

use super::SignOfHttp;

const RANDOM: usize = 16;
const HOST: usize = 4;
const UNKNOWN_HOST: [u8; HOST] = [0; HOST];
const BODY: usize = RANDOM + 1 + 8 + HOST + 1;
const TAG: usize = 16;

/// The `state` of one login, with how it began inside: the attempt, the time, the host.
///
/// All of it is authenticated by a tag, so that an answer that comes back without any cookie still
/// tells whether it was a second try already, and why the cookies may be missing.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct State {
    text: String,
    hash: StateHash,
    random: [u8; RANDOM],
    attempt: u8,
    started_at: i64,
    host: [u8; HOST],
    sign_of_http: Option<SignOfHttp>,
}

/// How a login begins.
#[derive(Clone, Copy, Debug)]
pub(crate) struct LoginStart<'a> {
    /// Which attempt it is: 0 for the first.
    pub(crate) attempt: u8,
    /// When it begins.
    pub(crate) at: OffsetDateTime,
    /// The name of the host that the request was for, without a port; empty where that is not known.
    pub(crate) host: &'a str,
    /// What says that the browser came without TLS, if anything does.
    pub(crate) sign_of_http: Option<SignOfHttp>,
}

#[cfg(any(test, feature = "fuzz"))]
impl LoginStart<'_> {
    /// The first attempt, begun at a host nobody knows.
    pub(crate) const fn at(at: OffsetDateTime) -> Self {
        Self {
            attempt: 0,
            at,
            host: "",
            sign_of_http: None,
        }
    }
}

impl State {
    /// A new state; `tag` authenticates its bytes.
    pub(crate) fn new(
        random: [u8; RANDOM],
        start: LoginStart<'_>,
        tag: impl FnOnce(&[u8]) -> [u8; TAG],
    ) -> Self {
        let started_at = start.at.unix_timestamp();
        let host = hash_of_host(&random, start.host);
        let mut bytes = Vec::with_capacity(BODY + TAG);
        bytes.extend_from_slice(&random);
        bytes.push(start.attempt);
        bytes.extend_from_slice(&started_at.to_be_bytes());
        bytes.extend_from_slice(&host);
        bytes.push(SignOfHttp::to_byte(start.sign_of_http));
        let tag = tag(&bytes);
        bytes.extend_from_slice(&tag);
        let text = URL_SAFE_NO_PAD.encode(bytes);
        Self {
            hash: StateHash::of_text(&text),
            text,
            random,
            attempt: start.attempt,
            started_at,
            host,
            sign_of_http: start.sign_of_http,
        }
    }

    /// The state in an answer, if `is_tag` says that it is one of ours.
    pub(crate) fn parse(text: &str, is_tag: impl FnOnce(&[u8], &[u8]) -> bool) -> Option<Self> {
        let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
        let (body, tag) = bytes.split_at_checked(BODY)?;
        if !is_tag(body, tag) {
            return None;
        }
        let (random, rest) = body.split_first_chunk()?;
        let (attempt, rest) = rest.split_first()?;
        let (started_at, rest) = rest.split_first_chunk()?;
        let (host, rest) = rest.split_first_chunk()?;
        Some(Self {
            hash: StateHash::of_text(text),
            text: text.to_owned(),
            random: *random,
            attempt: *attempt,
            started_at: i64::from_be_bytes(*started_at),
            host: *host,
            sign_of_http: SignOfHttp::from_byte(*rest.first()?),
        })
    }

    /// The text in the authorization request.
    pub(crate) fn as_str(&self) -> &str {
        &self.text
    }

    /// Which attempt this is: 0 for the first.
    pub(crate) fn attempt(&self) -> u8 {
        self.attempt
    }

    /// When the login started, in seconds since 1970.
    pub(crate) fn started_at(&self) -> i64 {
        self.started_at
    }

    /// Whether the login began at this host.
    ///
    /// Only a hash of four bytes is kept, so one in four billion other names passes for it too.
    pub(crate) fn began_at(&self, host: &str) -> bool {
        !host.is_empty() && self.host == hash_of_host(&self.random, host)
    }

    /// Whether it is known where the login began, and that this is another host.
    pub(crate) fn began_elsewhere(&self, host: &str) -> bool {
        self.host != UNKNOWN_HOST && !host.is_empty() && !self.began_at(host)
    }

    /// What said at the start that the browser came without TLS, if anything did.
    pub(crate) fn sign_of_http(&self) -> Option<SignOfHttp> {
        self.sign_of_http
    }

    /// What stands for this login where the state itself must not.
    pub(crate) fn hash(&self) -> StateHash {
        self.hash
    }
}

/// Salted, as the state is seen by the provider, who need not know a host's name.
fn hash_of_host(salt: &[u8], host: &str) -> [u8; HOST] {
    if host.is_empty() {
        return UNKNOWN_HOST;
    }
    let mut context = digest::Context::new(&digest::SHA256);
    context.update(salt);
    context.update(host.as_bytes());
    let mut hash = [0; HOST];
    hash.copy_from_slice(&context.finish().as_ref()[..HOST]);
    hash
}

impl std::fmt::Debug for State {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("State")
            .field("attempt", &self.attempt)
            .field("started_at", &self.started_at)
            .finish_non_exhaustive()
    }
}

/// SHA-256 of what may be used once: of a login's `state`, or of a logout token's name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct StateHash([u8; 32]);

impl StateHash {
    /// For the text of a state, whoever made it.
    pub(crate) fn of_text(text: &str) -> Self {
        let mut hash = [0; 32];
        hash.copy_from_slice(digest::digest(&digest::SHA256, text.as_bytes()).as_ref());
        Self(hash)
    }

    /// For the name (`jti`) that an issuer gave to a logout token. No `state` has the same hash: it
    /// has no zero byte in it.
    pub(crate) fn of_logout_token(issuer: &str, id: &str) -> Self {
        let mut context = digest::Context::new(&digest::SHA256);
        for part in ["logout token", issuer, id] {
            context.update(part.as_bytes());
            context.update(b"\0");
        }
        let mut hash = [0; 32];
        hash.copy_from_slice(context.finish().as_ref());
        Self(hash)
    }

    /// The hash again from what [`as_bytes`](Self::as_bytes) gave, for stores.
    pub const fn from_bytes(hash: [u8; 32]) -> Self {
        Self(hash)
    }

    /// The hash itself.
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// 64 bits of it as text, for the name of the login's cookie.
    pub(crate) fn short(&self) -> String {
        URL_SAFE_NO_PAD.encode(&self.0[..8])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const START: LoginStart<'_> = LoginStart {
        attempt: 1,
        at: OffsetDateTime::UNIX_EPOCH,
        host: "app.test",
        sign_of_http: Some(SignOfHttp::Referer),
    };

    #[test]
    fn how_it_began_comes_back() {
        let state = State::new([9; RANDOM], START, |_| [3; TAG]);
        let parsed = State::parse(state.as_str(), |_, tag| tag == [3; TAG]).unwrap();
        assert_eq!((parsed.attempt(), parsed.started_at()), (1, 0));
        for (host, here, elsewhere) in [
            ("app.test", true, false),
            ("other.test", false, true),
            ("", false, false),
        ] {
            let found = (parsed.began_at(host), parsed.began_elsewhere(host));
            assert_eq!(found, (here, elsewhere), "{host}");
        }
        assert_eq!(parsed.sign_of_http(), Some(SignOfHttp::Referer));
        assert_eq!(parsed.hash(), state.hash());
        assert!(parsed == state);
    }

    #[test]
    fn a_host_that_was_not_known_is_no_other_one() {
        let state = State::new([9; RANDOM], LoginStart::at(START.at), |_| [3; TAG]);
        assert!(!state.began_at("app.test") && !state.began_elsewhere("app.test"));
        assert!(!state.began_at(""));
    }

    #[test]
    fn the_same_host_is_another_hash_in_another_state() {
        let [one, other] = [8, 9].map(|random| State::new([random; RANDOM], START, |_| [3; TAG]));
        assert_ne!(one.host, other.host);
    }

    #[test]
    fn what_is_not_ours_is_not_parsed() {
        let state = State::new([9; RANDOM], START, |_| [3; TAG]);
        for (name, text) in [
            ("empty", ""),
            ("garbage", "%%%"),
            ("short", "AAAA"),
            ("other tag", state.as_str()),
        ] {
            assert!(
                State::parse(text, |_, tag| tag == [4; TAG]).is_none(),
                "{name}"
            );
        }
    }

    #[test]
    fn debug_does_not_print_it() {
        let state = State::new([9; RANDOM], START, |_| [3; TAG]);
        assert!(!format!("{state:?}").contains(state.as_str()));
    }
}
