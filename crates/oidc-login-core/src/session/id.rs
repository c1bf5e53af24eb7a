//! The session's id, which only the browser holds, and the key it is stored under.

use std::hash::{Hash, Hasher};

use aws_lc_rs::digest;
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use tower_sessions_core::session::Id as AppSessionId;
use zeroize::Zeroizing;

use crate::seams::{Random, fresh_bytes};

const BYTES: usize = 32;
const TEXT_LEN: usize = 43;
/// With the id it fits one block of SHA-256.
const LABEL: &[u8; 22] = b"oidc-login session id\0";

/// The session's id as it stands in the cookie: 256 random bits.
#[derive(Clone)]
pub(crate) struct SessionId {
    text: Zeroizing<String>,
    key: SessionKey,
}

/// SHA-256 of a session's id: what stores see. The id cannot be found from it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct SessionKey([u8; 32]);

impl SessionId {
    pub(crate) fn fresh(random: &dyn Random) -> Self {
        let id = Zeroizing::new(fresh_bytes::<BYTES>(random));
        Self {
            text: Zeroizing::new(URL_SAFE_NO_PAD.encode(&id)),
            key: SessionKey::of(&id),
        }
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.text
    }

    pub(crate) fn key(&self) -> SessionKey {
        self.key
    }
}

impl SessionKey {
    /// The key for a cookie's value, if the value can be an id of ours at all.
    pub(crate) fn of_cookie(value: &str) -> Option<Self> {
        if value.len() != TEXT_LEN {
            return None;
        }
        // The decoder wants room for whatever 43 characters could be.
        let mut decoded = [0; BYTES + 1];
        let length = URL_SAFE_NO_PAD.decode_slice(value, &mut decoded).ok()?;
        decoded[..length].try_into().ok().map(Self::of)
    }

    fn of(id: &[u8; BYTES]) -> Self {
        let mut labelled = [0; LABEL.len() + BYTES];
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
    use super::*;
    use crate::seams::SystemRandom;

    #[test]
    fn the_cookie_leads_to_the_key_of_the_id() {
        let id = SessionId::fresh(&SystemRandom);
        assert_eq!(SessionKey::of_cookie(id.as_str()), Some(id.key()));
    }

    #[test]
    fn what_cannot_be_an_id_has_no_key() {
        let good = SessionId::fresh(&SystemRandom);
        for (name, value) in [
            ("empty", String::new()),
            ("short", good.as_str()[1..].to_owned()),
            ("long", format!("{}A", good.as_str())),
            ("other alphabet", format!("+{}", &good.as_str()[1..])),
            (
                "not as we write it",
                format!("{}B", "A".repeat(TEXT_LEN - 1)),
            ),
            ("a key in hex", "ab".repeat(32)),
        ] {
            assert_eq!(SessionKey::of_cookie(&value), None, "{name}");
        }
    }
}
