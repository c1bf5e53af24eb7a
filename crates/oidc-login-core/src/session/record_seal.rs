//! Records that only the browser's cookie and a session secret together can open.

use std::sync::Arc;

use zeroize::Zeroizing;

use super::{
    id::{SessionId, SessionKey},
    seal::{Keys, Purpose},
};
use crate::seams::Random;

/// How a sealed record of this format begins. Plain records begin with small numbers.
const SEALED: u8 = 0x81;

/// Seals and opens the records of one client.
///
/// The key is made of a session secret and the 256 random bits of the session's id, which no store
/// knows: a store's content opens nothing, nor does a secret without the cookie.
pub(crate) struct RecordSeal {
    keys: Arc<Keys>,
    client_id: String,
    random: Arc<dyn Random>,
}

/// Why a record cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Unreadable {
    #[error("it is not encrypted, and only encrypted ones count")]
    Plain,
    #[error("it does not open: other secrets, another session, or changed in the store")]
    Seal,
    #[error("another format, or damage")]
    Format,
}

impl RecordSeal {
    pub(crate) fn new(keys: Arc<Keys>, client_id: String, random: Arc<dyn Random>) -> Self {
        Self {
            keys,
            client_id,
            random,
        }
    }

    /// Whether these bytes say of themselves that they are sealed.
    pub(crate) fn is_sealed(record: &[u8]) -> bool {
        record.first() == Some(&SEALED)
    }

    /// Seals a record of the session with this id.
    pub(crate) fn seal(&self, purpose: Purpose, id: &SessionId, plain: &[u8]) -> Vec<u8> {
        let key = self.keys.keys_with(purpose, id.secret()).next();
        let key = key.expect("there is at least one secret");
        key.seal(
            SEALED,
            &self.context(purpose, &id.key()),
            plain,
            &*self.random,
        )
    }

    /// Opens what was sealed for this purpose, session and client with any of the secrets.
    pub(crate) fn open(
        &self,
        purpose: Purpose,
        id: &SessionId,
        record: &[u8],
    ) -> Result<Zeroizing<Vec<u8>>, Unreadable> {
        if !Self::is_sealed(record) {
            return Err(Unreadable::Plain);
        }
        let (mut keys, place) = (self.keys.keys_with(purpose, id.secret()), id.key());
        let context = self.context(purpose, &place);
        keys.find_map(|key| key.open(SEALED, &context, record))
            .ok_or(Unreadable::Seal)
    }

    /// A record opens nowhere else than where it was put.
    fn context<'a>(&'a self, purpose: Purpose, place: &'a SessionKey) -> [&'a [u8]; 4] {
        let client_id = self.client_id.as_bytes();
        [&[SEALED], purpose.label(), place.as_bytes(), client_id]
    }
}

#[cfg(test)]
pub(super) mod tests;
