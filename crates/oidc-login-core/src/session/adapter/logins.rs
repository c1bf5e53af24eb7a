//! Logins: index first, then the record, then the marks, so that a logout at any time finds it.

use bytes::Bytes;
use serde::{Deserialize, Serialize};

use super::{
    Inner, StoreError,
    index::{Leaving, Member},
    raw::Raw,
    records::{Found, Kind},
};
use crate::{
    seams::{SystemRandom, fresh_bytes},
    session::{
        id::SessionKey,
        index::LoginIndex,
        login_store::{ENDED_FOR, Put, Version},
    },
};

/// A login that lives, with what belongs to it alone.
#[derive(Serialize, Deserialize)]
pub(super) struct KeptLogin {
    pub(super) version: u64,
    pub(super) lease: Option<KeptLease>,
    ends_at: i64,
    index_keys: Vec<Raw<[u8; 32]>>,
    pub(super) record: Raw<Vec<u8>>,
}

#[derive(Serialize, Deserialize)]
pub(super) struct KeptLease {
    pub(super) number: u64,
    /// In milliseconds since 1970.
    pub(super) until: i64,
}

impl Inner {
    /// A login that lives, and when it ends.
    pub(super) async fn living(
        &self,
        key: &SessionKey,
    ) -> Result<Option<(KeptLogin, i64)>, StoreError> {
        let id = Kind::Login.id(key.as_bytes());
        let Found::Kept { value, until } = self.records.read(id).await? else {
            return Ok(None);
        };
        Ok((!self.has_ended(key).await?).then_some((value, until)))
    }

    pub(super) async fn put_new(
        &self,
        key: &SessionKey,
        record: &Bytes,
        until: i64,
        index: &LoginIndex,
    ) -> Result<Put, StoreError> {
        if let Some(old) = &index.renews {
            self.follow(old, key).await?;
        }
        let index_keys: Vec<_> = index.keys().collect();
        let member = Member::new(key, index);
        for index_key in &index_keys {
            self.add_to_index(index_key, &member).await?;
        }
        let login = KeptLogin {
            version: fresh_number(),
            lease: None,
            ends_at: member.ends_at,
            index_keys: index_keys.iter().copied().map(Raw).collect(),
            record: Raw(record.to_vec()),
        };
        let mut put = self.insert(key, &login, until).await?;
        let logged_in_at = index.logged_in_at.unix_timestamp();
        if matches!(put, Put::Stored(_)) && self.is_marked(&index_keys, logged_in_at).await? {
            self.end(key).await?;
            put = Put::Gone;
        }
        if put == Put::Gone {
            let mut leaving = Leaving::default();
            leaving.add(key, &index_keys);
            self.remove_from_index(&leaving).await?;
        }
        Ok(put)
    }

    async fn insert(
        &self,
        key: &SessionKey,
        login: &KeptLogin,
        until: i64,
    ) -> Result<Put, StoreError> {
        let id = Kind::Login.id(key.as_bytes());
        let _guard = self.locks.lock(id).await;
        Ok(match self.records.read::<KeptLogin>(id).await? {
            Found::Unreadable => Put::Gone,
            Found::Nothing if self.has_ended(key).await? => Put::Gone,
            Found::Nothing if self.records.insert(id, login, until).await? => {
                Put::Stored(Version(login.version))
            }
            Found::Kept { .. } | Found::Nothing => Put::Stale,
        })
    }

    /// Changes a living login; `Err` leaves it as it is.
    pub(super) async fn change<R>(
        &self,
        key: &SessionKey,
        change: impl FnOnce(&mut KeptLogin, &mut i64) -> Result<R, R> + Send,
    ) -> Result<Option<R>, StoreError> {
        let id = Kind::Login.id(key.as_bytes());
        let _guard = self.locks.lock(id).await;
        let found = self.records.read::<KeptLogin>(id).await?;
        let Found::Kept {
            mut value,
            mut until,
        } = found
        else {
            return Ok(None);
        };
        let result = match change(&mut value, &mut until) {
            Ok(result) => result,
            Err(result) => return Ok(Some(result)),
        };
        self.records.save(id, &value, until).await?;
        // Another node may have ended it since it was read: its record must not stay behind.
        if self.has_ended(key).await? {
            self.records.delete(id).await?;
            return Ok(None);
        }
        Ok(Some(result))
    }

    /// Ends a login that there is; gives back its record.
    pub(super) async fn end(&self, key: &SessionKey) -> Result<Option<Bytes>, StoreError> {
        let id = Kind::Login.id(key.as_bytes());
        let guard = self.locks.lock(id).await;
        let Found::Kept { value, until } = self.records.read::<KeptLogin>(id).await? else {
            return Ok(None);
        };
        let is_first = self.mark_ended(key, value.ends_at.max(until)).await?;
        // Another node may have changed it before the mark was there; now none does.
        let value = match self.records.read(id).await {
            Ok(Found::Kept { value, .. }) => value,
            Ok(Found::Nothing | Found::Unreadable) | Err(_) => value,
        };
        self.delete_ended(key).await;
        drop(guard);
        let mut leaving = Leaving::default();
        leaving.add(key, &value.index_keys());
        if let Err(error) = self.remove_from_index(&leaving).await {
            tracing::warn!(%error, "a login has ended, and is still in the session store's index");
        }
        Ok(is_first.then(|| value.record.0.into()))
    }

    /// Ends a login that the index knows, also one whose record is not here yet. A key that was
    /// taken by somebody else's login is left alone. Returns where else the index has it.
    pub(super) async fn end_indexed(
        &self,
        member: &Member,
        index_key: &[u8; 32],
    ) -> Result<Vec<[u8; 32]>, StoreError> {
        let key = member.key();
        let id = Kind::Login.id(key.as_bytes());
        let _guard = self.locks.lock(id).await;
        let (ends_at, index_keys) = match self.records.read::<KeptLogin>(id).await? {
            Found::Kept { value, .. } if !value.is_under(index_key) => {
                return Ok(Vec::new());
            }
            Found::Kept { value, until } => (value.ends_at.max(until), value.index_keys()),
            Found::Nothing | Found::Unreadable => (member.ends_at, Vec::new()),
        };
        self.mark_ended(&key, ends_at).await?;
        self.delete_ended(&key).await;
        Ok(index_keys)
    }

    /// Leaves word that a login has ended, for as long as a late write of another node could make
    /// it live; says whether there was none yet.
    async fn mark_ended(&self, key: &SessionKey, ends_at: i64) -> Result<bool, StoreError> {
        let kept_for = ENDED_FOR.as_secs().cast_signed();
        let until = ends_at.max(self.now().saturating_add(kept_for));
        let ended = Kind::Ended.id(key.as_bytes());
        self.records.insert(ended, &(), until).await
    }

    /// The record of a login goes, and its tokens. It has ended either way.
    async fn delete_ended(&self, key: &SessionKey) {
        let deleted = self.records.delete(Kind::Login.id(key.as_bytes())).await;
        if let Err(error) = deleted {
            tracing::warn!(%error, "a login has ended, and its record is still in the session store");
        }
    }

    async fn has_ended(&self, key: &SessionKey) -> Result<bool, StoreError> {
        let ended = Kind::Ended.id(key.as_bytes());
        Ok(self.records.read::<()>(ended).await?.is_there())
    }
}

impl KeptLogin {
    fn index_keys(&self) -> Vec<[u8; 32]> {
        self.index_keys.iter().map(|key| key.0).collect()
    }

    pub(super) fn is_under(&self, index_key: &[u8; 32]) -> bool {
        self.index_keys.contains(&Raw(*index_key))
    }

    pub(super) fn is_last_lease(&self, number: u64) -> bool {
        matches!(&self.lease, Some(lease) if lease.number == number)
    }
}

/// A number nobody had before, on any node.
pub(super) fn fresh_number() -> u64 {
    u64::from_le_bytes(fresh_bytes(&SystemRandom))
}
