//! The session's id, which only the browser holds, and the key it is stored under.

use std::hash::{Hash, Hasher};

use aws_lc_rs::digest;
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use tower_sessions_core::session::Id as AppSessionId;
use zeroize::Zeroizing;

use crate::seams::{Random, fresh_bytes};

const BYTES: usize = 32;
const TEXT_LEN: usize = 43;
/// With the id it fits one block of SHA-256, which has room for 55 bytes.
const LABEL: &[u8; 12] = b"oidc-session";

/// The session's id as it stands in the cookie: 256 random bits, in base64url.
#[derive(Clone)]
pub(crate) struct SessionId {
    text: Zeroizing<[u8; TEXT_LEN]>,
    key: SessionKey,
}

/// SHA-256 of a session's id: what stores see. The id cannot be found from it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct SessionKey([u8; 32]);

impl SessionId {
    pub(crate) fn fresh(random: &dyn Random) -> Self {
        let secret = Zeroizing::new(fresh_bytes::<BYTES>(random));
        let mut text = Zeroizing::new([0; TEXT_LEN]);
        let encoded = URL_SAFE_NO_PAD.encode_slice(&secret[..], &mut text[..]);
        encoded.expect("43 characters hold 32 bytes");
        Self::of(text)
    }

    /// The id in a cookie's value, if the value is ASCII and as long as one. Nothing else is asked of
    /// it: what we did not make has a key that leads nowhere.
    pub(crate) fn of_cookie(value: &[u8]) -> Option<Self> {
        let text = value.try_into().ok().filter(|_| value.is_ascii())?;
        Some(Self::of(Zeroizing::new(text)))
    }

    fn of(text: Zeroizing<[u8; TEXT_LEN]>) -> Self {
        Self {
            key: SessionKey::of(&text),
            text,
        }
    }

    /// The value of the cookie.
    pub(crate) fn to_text(&self) -> Zeroizing<String> {
        Zeroizing::new(self.text.iter().copied().map(char::from).collect())
    }

    /// What only the browser has, for keys.
    pub(crate) fn secret(&self) -> &[u8] {
        &self.text[..]
    }

    pub(crate) fn key(&self) -> SessionKey {
        self.key
    }
}

impl SessionKey {
    fn of(id: &[u8; TEXT_LEN]) -> Self {
        let mut labelled = [0; LABEL.len() + TEXT_LEN];
        labelled[..LABEL.len()].copy_from_slice(LABEL);
        labelled[LABEL.len()..].copy_from_slice(id);
        let mut key = [0; 32];
        key.copy_from_slice(digest::digest(&digest::SHA256, &labelled).as_ref());
        Self(key)
    }

    /// A key that no cookie leads to.
    pub(crate) fn of_nobody() -> Self {
        Self([0; 32])
    }

    /// The key again from what [`as_bytes`](Self::as_bytes) gave, for stores.
    pub const fn from_bytes(key: [u8; 32]) -> Self {
        Self(key)
    }

    /// The key itself.
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// The id under which the app's values of this session are kept.
    pub(crate) fn app_session_id(self) -> AppSessionId {
        let mut half = [0; 16];
        half.copy_from_slice(&self.0[16..]);
        AppSessionId(i128::from_le_bytes(half))
    }
}

/// Every part of a key is as good as random, so a map need not read all of it.
impl Hash for SessionKey {
    fn hash<H: Hasher>(&self, state: &mut H) {
        let mut part = [0; 8];
        part.copy_from_slice(&self.0[..8]);
        state.write_u64(u64::from_ne_bytes(part));
    }
}

impl std::fmt::Debug for SessionKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SessionKey([redacted])")
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;
    use crate::seams::SystemRandom;

    #[test]
    fn the_cookie_leads_to_the_key_of_the_id() {
        let id = SessionId::fresh(&SystemRandom);
        let found = SessionId::of_cookie(id.to_text().as_bytes()).unwrap();
        assert_eq!((found.key(), found.secret()), (id.key(), id.secret()));
    }

    #[test]
    fn what_is_not_an_id_leads_nowhere() {
        let good = SessionId::fresh(&SystemRandom);
        let text = good.to_text();
        let (start, last) = text.split_at(TEXT_LEN - 1);
        // The last of 43 characters has two bits that say nothing: these four decode to one id.
        let alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
        let at = alphabet.find(last).unwrap() / 4 * 4;
        let others = alphabet[at..at + 4]
            .chars()
            .filter(|other| !last.contains(*other));
        for other in others.chain(['+', '=', ' ']) {
            let found = SessionId::of_cookie(format!("{start}{other}").as_bytes()).unwrap();
            assert_ne!(found.key(), good.key(), "{other:?} at the end");
        }
        for (name, value) in [
            ("empty", String::new()),
            ("short", text[1..].to_owned()),
            ("long", format!("{}A", *text)),
            ("as many bytes, not ASCII", format!("ä{}", &text[2..])),
            ("as many characters, more bytes", format!("ä{}", &text[1..])),
            ("a key in hex", "ab".repeat(32)),
        ] {
            assert!(SessionId::of_cookie(value.as_bytes()).is_none(), "{name}");
        }
    }
}
