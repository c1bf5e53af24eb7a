//! Which keys a session got in place of another one.

use super::{
    Inner, StoreError,
    raw::Raw,
    records::{Found, Kind},
};
use crate::session::{id::SessionKey, login_store::RENEWED_FOR};

type Keys = Vec<Raw<[u8; 32]>>;

impl Inner {
    /// From now on the old key leads to the new one.
    pub(super) async fn follow(
        &self,
        old: &SessionKey,
        new: &SessionKey,
    ) -> Result<(), StoreError> {
        let id = Kind::Followers.id(old.as_bytes());
        let until = self.now() + RENEWED_FOR.as_secs().cast_signed();
        let _guard = self.locks.lock(id).await;
        let new = Raw(*new.as_bytes());
        let known = match self.records.read::<Keys>(id).await? {
            // Another node may make it in this moment.
            Found::Nothing if self.records.insert(id, &vec![new], until).await? => return Ok(()),
            Found::Nothing => self.records.read::<Keys>(id).await?,
            known => known,
        };
        let mut keys = match known {
            Found::Kept { value, .. } => value,
            Found::Nothing | Found::Unreadable => Keys::new(),
        };
        keys.push(new);
        self.records.save(id, &keys, until).await
    }

    pub(super) async fn followers(&self, old: &SessionKey) -> Result<Vec<SessionKey>, StoreError> {
        let id = Kind::Followers.id(old.as_bytes());
        Ok(match self.records.read::<Keys>(id).await? {
            Found::Kept { value, .. } => value
                .into_iter()
                .map(|key| SessionKey::from_bytes(key.0))
                .collect(),
            Found::Nothing | Found::Unreadable => Vec::new(),
        })
    }
}
