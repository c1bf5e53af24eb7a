//! Records that only the browser's cookie and a session secret together can open.

use std::sync::Arc;

use zeroize::Zeroizing;

use super::{
    id::{SessionId, SessionKey},
    seal::{Keys, Purpose},
    seal_key::SealKey,
};
use crate::seams::{Random, fresh_bytes};

/// How a sealed record of this format begins. Plain records begin with small numbers.
const SEALED: u8 = 0x81;
/// A record's own key, sealed: version, nonce, key, tag.
const SEALED_KEY_LEN: usize = 1 + 12 + 32 + 16;

/// Seals and opens the records of one client.
///
/// Every record has a key of its own, which stands in it once for each session secret, sealed with
/// a key made of that secret and of the 256 random bits of the session's id, which no store knows:
/// a store's content opens nothing, nor does a secret without the cookie. Of the secrets that
/// sealed and those that open, one in common is enough, as in the [index](super::LoginIndex).
pub(crate) struct RecordSeal {
    keys: Arc<Keys>,
    client_id: String,
    random: Arc<dyn Random>,
}

/// A record that was opened.
pub(crate) struct Opened {
    pub(crate) plain: Zeroizing<Vec<u8>>,
    /// Whether it opens with the newest secret alone.
    pub(crate) by_newest: bool,
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
        let (random, place) = (&*self.random, id.key());
        let key = Zeroizing::new(fresh_bytes::<32>(random));
        let context = self.context(purpose, &place, b"key");
        let sealed_keys = self.keys.keys_with(purpose, id.secret());
        let sealed_keys = sealed_keys.take(usize::from(u8::MAX));
        let mut record = vec![SEALED, 0];
        for outer in sealed_keys {
            record.extend(outer.seal(SEALED, &context, &key[..], random));
            record[1] += 1;
        }
        let context = self.context(purpose, &place, &record);
        let sealed = SealKey::new(&key).seal(SEALED, &context, plain, random);
        record.extend(sealed);
        record
    }

    /// Opens what was sealed for this purpose, session and client with any of the secrets.
    pub(crate) fn open(
        &self,
        purpose: Purpose,
        id: &SessionId,
        record: &[u8],
    ) -> Result<Opened, Unreadable> {
        if !Self::is_sealed(record) {
            return Err(Unreadable::Plain);
        }
        self.opened(purpose, id, record).ok_or(Unreadable::Seal)
    }

    fn opened(&self, purpose: Purpose, id: &SessionId, record: &[u8]) -> Option<Opened> {
        let head = 2 + usize::from(*record.get(1)?) * SEALED_KEY_LEN;
        let (head, sealed) = record.split_at_checked(head)?;
        let place = id.key();
        let context = self.context(purpose, &place, b"key");
        let mut outer = self.keys.keys_with(purpose, id.secret()).enumerate();
        let (number, key) = outer.find_map(|(number, outer)| {
            let mut sealed_keys = head[2..].chunks_exact(SEALED_KEY_LEN);
            let key = sealed_keys.find_map(|key| outer.open(SEALED, &context, key));
            Some((number, key?))
        })?;
        let key = SealKey::new(key[..].try_into().ok()?);
        let context = self.context(purpose, &place, head);
        Some(Opened {
            plain: key.open(SEALED, &context, sealed)?,
            by_newest: number == 0,
        })
    }

    /// A record opens nowhere else than where it was put.
    fn context<'a>(
        &'a self,
        purpose: Purpose,
        place: &'a SessionKey,
        part: &'a [u8],
    ) -> [&'a [u8]; 4] {
        let client_id = self.client_id.as_bytes();
        [purpose.label(), place.as_bytes(), client_id, part]
    }
}

#[cfg(test)]
pub(super) mod tests;
