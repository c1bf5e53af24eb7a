//! Records that only the browser's cookie and a session secret together can open.

use std::sync::Arc;

use aws_lc_rs::aead::{Aad, NONCE_LEN, Nonce};
use zeroize::Zeroizing;

use super::{
    id::SessionId,
    seal::{Keys, Purpose, TAG_LEN, associated_data},
};
use crate::seams::{Random, fresh_bytes};

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
        let nonce = fresh_bytes::<NONCE_LEN>(&*self.random);
        let mut encrypted = Vec::with_capacity(plain.len() + TAG_LEN);
        encrypted.extend_from_slice(plain);
        let key = self.keys.keys_with(purpose, id.secret()).next();
        key.expect("there is at least one secret")
            .seal_in_place_append_tag(
                Nonce::assume_unique_for_key(nonce),
                self.bound_to(purpose, id),
                &mut encrypted,
            )
            .expect("a session's worth of bytes is below the cipher's limit");
        [&[SEALED][..], &nonce, &encrypted].concat()
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
        let (nonce, encrypted) = record[1..]
            .split_at_checked(NONCE_LEN)
            .ok_or(Unreadable::Seal)?;
        let mut keys = self.keys.keys_with(purpose, id.secret());
        let opened = keys.find_map(|key| {
            let nonce = Nonce::try_assume_unique_for_key(nonce).ok()?;
            let mut plain = Zeroizing::new(encrypted.to_vec());
            let opened = key.open_in_place(nonce, self.bound_to(purpose, id), &mut plain);
            let length = opened.ok()?.len();
            plain.truncate(length);
            Some(plain)
        });
        opened.ok_or(Unreadable::Seal)
    }

    /// A record opens nowhere else than where it was put.
    fn bound_to(&self, purpose: Purpose, id: &SessionId) -> Aad<Vec<u8>> {
        let (key, client_id) = (id.key(), self.client_id.as_bytes());
        associated_data(&[&[SEALED][..], purpose.label(), key.as_bytes(), client_id])
    }
}

#[cfg(test)]
pub(super) mod tests;
