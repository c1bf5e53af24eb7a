//! The session's id, which only the browser holds, and the key it is stored under.

use aws_lc_rs::digest;
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use tower_sessions_core::session::Id as AppSessionId;
use zeroize::Zeroizing;

use crate::seams::{Random, fresh_token};

const TEXT_LEN: usize = 43;

/// The session's id as it stands in the cookie: 256 random bits.
#[derive(Clone)]
pub(crate) struct SessionId(Zeroizing<String>);

/// SHA-256 of a session's id: what stores see. The id cannot be found from it.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SessionKey([u8; 32]);

impl SessionId {
    pub(crate) fn fresh(random: &dyn Random) -> Self {
        Self(Zeroizing::new(fresh_token(random)))
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    pub(crate) fn key(&self) -> SessionKey {
        SessionKey::of(&self.0)
    }
}

impl SessionKey {
    /// The key for a cookie's value, if the value can be an id of ours at all.
    pub(crate) fn of_cookie(value: &str) -> Option<Self> {
        let mut decoded = [0; 33];
        let is_id =
            value.len() == TEXT_LEN && URL_SAFE_NO_PAD.decode_slice(value, &mut decoded).is_ok();
        is_id.then(|| Self::of(value))
    }

    fn of(text: &str) -> Self {
        let mut context = digest::Context::new(&digest::SHA256);
        context.update(b"oidc-login session id\0");
        context.update(text.as_bytes());
        let mut key = [0; 32];
        key.copy_from_slice(context.finish().as_ref());
        Self(key)
    }

    /// A key that no cookie leads to.
    pub(crate) fn of_nobody() -> Self {
        Self([0; 32])
    }

    /// The key again from what [`as_bytes`](Self::as_bytes) gave, for stores.
    pub fn from_bytes(key: [u8; 32]) -> Self {
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
            ("a key in hex", "ab".repeat(32)),
        ] {
            assert_eq!(SessionKey::of_cookie(&value), None, "{name}");
        }
    }
}
