//! `state`: ties the provider's answer to the login this browser started (RFC 6749 §10.12).

use aws_lc_rs::digest;
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use time::OffsetDateTime;

const RANDOM: usize = 16;
const BODY: usize = RANDOM + 1 + 8;
const TAG: usize = 16;

/// The `state` of one login, with the number of its attempt and its start inside.
///
/// Both are authenticated by a tag, so that an answer that comes back without any cookie still
/// tells whether it was a second try already.
#[derive(Clone, PartialEq, Eq)]
pub struct State {
    text: String,
    attempt: u8,
    started_at: i64,
}

impl State {
    /// A new state; `tag` authenticates its bytes.
    pub fn new(
        random: [u8; RANDOM],
        attempt: u8,
        now: OffsetDateTime,
        tag: impl FnOnce(&[u8]) -> [u8; TAG],
    ) -> Self {
        let started_at = now.unix_timestamp();
        let mut bytes = Vec::with_capacity(BODY + TAG);
        bytes.extend_from_slice(&random);
        bytes.push(attempt);
        bytes.extend_from_slice(&started_at.to_be_bytes());
        let tag = tag(&bytes);
        bytes.extend_from_slice(&tag);
        Self {
            text: URL_SAFE_NO_PAD.encode(bytes),
            attempt,
            started_at,
        }
    }

    /// The state in an answer, if `is_tag` says that it is one of ours.
    pub fn parse(text: &str, is_tag: impl FnOnce(&[u8], &[u8]) -> bool) -> Option<Self> {
        let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
        let (body, tag) = bytes.split_at_checked(BODY)?;
        if !is_tag(body, tag) {
            return None;
        }
        let (attempt, started_at) = body[RANDOM..].split_first()?;
        Some(Self {
            text: text.to_owned(),
            attempt: *attempt,
            started_at: i64::from_be_bytes(started_at.try_into().ok()?),
        })
    }

    /// The text in the authorization request.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Which attempt this is: 0 for the first.
    pub fn attempt(&self) -> u8 {
        self.attempt
    }

    /// When the login started, in seconds since 1970.
    pub fn started_at(&self) -> i64 {
        self.started_at
    }

    /// What stands for this login where the state itself must not.
    pub fn hash(&self) -> StateHash {
        let mut hash = [0; 32];
        hash.copy_from_slice(digest::digest(&digest::SHA256, self.text.as_bytes()).as_ref());
        StateHash(hash)
    }
}

impl std::fmt::Debug for State {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("State")
            .field("attempt", &self.attempt)
            .field("started_at", &self.started_at)
            .finish_non_exhaustive()
    }
}

/// SHA-256 of what may be used once: of a [`State`], or of a logout token's name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct StateHash([u8; 32]);

impl StateHash {
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

    /// The hash itself.
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// 64 bits of it as text, for the name of the login's cookie.
    pub fn short(&self) -> String {
        URL_SAFE_NO_PAD.encode(&self.0[..8])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: OffsetDateTime = OffsetDateTime::UNIX_EPOCH;

    #[test]
    fn attempt_and_start_come_back() {
        let state = State::new([9; RANDOM], 1, NOW, |_| [3; TAG]);
        let parsed = State::parse(state.as_str(), |_, tag| tag == [3; TAG]).unwrap();
        assert_eq!((parsed.attempt(), parsed.started_at()), (1, 0));
        assert_eq!(parsed.hash(), state.hash());
    }

    #[test]
    fn what_is_not_ours_is_not_parsed() {
        let state = State::new([9; RANDOM], 0, NOW, |_| [3; TAG]);
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
        let state = State::new([9; RANDOM], 0, NOW, |_| [3; TAG]);
        assert!(!format!("{state:?}").contains(state.as_str()));
    }
}
