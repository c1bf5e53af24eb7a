//! What names a session in a list of them.

use std::{fmt, str::FromStr};

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize};

use super::{
    id::SessionKey,
    seal::{Keys, Purpose},
};

/// Names one session in a list of a user's, for a form; 22 letters of base64url as text.
///
/// # Security
/// It is no key: it ends a session only for a request of the same user, and neither the session's
/// id nor its key in the store can be found from it.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct SessionHandle([u8; 16]);

/// A text is no session's handle.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no session's handle")]
pub struct NoSessionHandle;

impl Keys {
    /// The handle of a session, by the newest secret.
    pub(crate) fn session_handle(&self, key: &SessionKey) -> SessionHandle {
        SessionHandle(self.tag(Purpose::SessionHandle, key.as_bytes()))
    }

    /// Whether the handle is that of this session, by any of the secrets.
    pub(crate) fn is_session_handle(&self, handle: &SessionHandle, key: &SessionKey) -> bool {
        self.is_tag(Purpose::SessionHandle, key.as_bytes(), &handle.0)
    }
}

impl FromStr for SessionHandle {
    type Err = NoSessionHandle;

    fn from_str(text: &str) -> Result<Self, NoSessionHandle> {
        let handle = URL_SAFE_NO_PAD.decode(text).ok();
        let handle = handle.and_then(|handle| handle.try_into().ok());
        handle.map(Self).ok_or(NoSessionHandle)
    }
}

impl TryFrom<String> for SessionHandle {
    type Error = NoSessionHandle;

    fn try_from(text: String) -> Result<Self, NoSessionHandle> {
        text.parse()
    }
}

impl From<SessionHandle> for String {
    fn from(handle: SessionHandle) -> Self {
        handle.to_string()
    }
}

impl fmt::Display for SessionHandle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&URL_SAFE_NO_PAD.encode(self.0))
    }
}

impl fmt::Debug for SessionHandle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SessionHandle({self})")
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;
    use crate::session::SessionSecrets;

    fn keys(seeds: &[u8]) -> Keys {
        Keys::new(&SessionSecrets::from_bytes(seeds.iter().map(|seed| vec![*seed; 32])).unwrap())
    }

    #[test]
    fn a_handle_fits_its_session_only() {
        let [key, other] = [1, 2].map(|byte| SessionKey::from_bytes([byte; 32]));
        let handle = keys(&[1]).session_handle(&key);
        let read: SessionHandle = handle.to_string().parse().unwrap();
        assert_eq!(read, handle);
        assert!(keys(&[1]).is_session_handle(&handle, &key));
        assert!(keys(&[2, 1]).is_session_handle(&handle, &key), "rotated");
        assert!(!keys(&[2]).is_session_handle(&handle, &key));
        assert!(!keys(&[1]).is_session_handle(&handle, &other));
    }

    #[test]
    fn the_stores_key_is_no_handle() {
        let key = SessionKey::from_bytes([7; 32]);
        let text = URL_SAFE_NO_PAD.encode(key.as_bytes());
        assert_eq!(text.parse::<SessionHandle>(), Err(NoSessionHandle));
        let half = SessionHandle([7; 16]);
        assert!(!keys(&[1]).is_session_handle(&half, &key));
        for text in ["", "A", "§", &"A".repeat(23), &"+".repeat(22)] {
            assert_eq!(
                text.parse::<SessionHandle>(),
                Err(NoSessionHandle),
                "{text}"
            );
        }
    }
}
