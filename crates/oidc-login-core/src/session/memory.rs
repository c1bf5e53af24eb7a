//! Logins and the app's values in the memory of this process.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use async_trait::async_trait;
use bytes::Bytes;
use time::OffsetDateTime;
use tower_sessions_core::{
    SessionStore,
    session::{Id, Record},
    session_store,
};

use super::{
    expiring_map::ExpiringMap,
    id::SessionKey,
    login_store::{Claim, Loaded, LoginStore, Put, StoreError, Version},
};
use crate::{
    protocol::StateHash,
    seams::{Clock, SystemClock},
};

const SESSIONS: usize = 1_000_000;
const CLAIMS: usize = 1_000_000;

/// Keeps logins and the app's values in this process; everybody signs in again after a restart.
///
/// Bounded: at most one million of each, then what would end soonest goes.
#[derive(Clone)]
pub struct MemoryStore(Arc<Inner>);

struct Inner {
    clock: Arc<dyn Clock>,
    logins: ExpiringMap<SessionKey, (Bytes, Version)>,
    claims: ExpiringMap<StateHash, ()>,
    values: ExpiringMap<i128, Record>,
    last_version: AtomicU64,
}

impl MemoryStore {
    /// An empty store.
    pub fn new() -> Self {
        Self::with_clock(Arc::new(SystemClock))
    }

    /// An empty store with a clock of its own.
    pub fn with_clock(clock: Arc<dyn Clock>) -> Self {
        Self(Arc::new(Inner {
            clock,
            logins: ExpiringMap::new(SESSIONS),
            claims: ExpiringMap::new(CLAIMS),
            values: ExpiringMap::new(SESSIONS),
            last_version: AtomicU64::new(0),
        }))
    }

    /// How many logins it holds, expired ones that were not swept yet included.
    pub fn logins(&self) -> usize {
        self.0.logins.len()
    }

    fn now(&self) -> i64 {
        self.0.clock.now().unix_timestamp()
    }

    fn next_version(&self) -> Version {
        Version(self.0.last_version.fetch_add(1, Ordering::Relaxed) + 1)
    }
}

impl Default for MemoryStore {
    fn default() -> Self {
        Self::new()
    }
}

impl std::fmt::Debug for MemoryStore {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("MemoryStore").finish_non_exhaustive()
    }
}

#[async_trait]
impl LoginStore for MemoryStore {
    async fn load(&self, key: &SessionKey, known: Option<Version>) -> Result<Loaded, StoreError> {
        let loaded = self
            .0
            .logins
            .read(key, self.now(), |(record, version), end| {
                let deadline = at(end);
                if known == Some(*version) {
                    Loaded::Unchanged { deadline }
                } else {
                    Loaded::Changed {
                        record: record.clone(),
                        version: *version,
                        deadline,
                    }
                }
            });
        Ok(loaded.unwrap_or(Loaded::Gone))
    }

    async fn put_if(
        &self,
        key: &SessionKey,
        record: Bytes,
        deadline: OffsetDateTime,
        expected: Option<Version>,
    ) -> Result<Put, StoreError> {
        let (now, version) = (self.now(), self.next_version());
        let deadline = deadline.unix_timestamp();
        let Some(expected) = expected else {
            let value = (record, version);
            let is_new = self.0.logins.insert_new(*key, value, deadline, now);
            return Ok(if is_new {
                Put::Stored(version)
            } else {
                Put::Stale
            });
        };
        let put = self.0.logins.update(key, now, |(old, present), end| {
            if *present != expected {
                return Put::Stale;
            }
            (*old, *present, *end) = (record, version, deadline);
            Put::Stored(version)
        });
        Ok(put.unwrap_or(Put::Gone))
    }

    async fn touch(&self, key: &SessionKey, deadline: OffsetDateTime) -> Result<(), StoreError> {
        self.0.logins.update(key, self.now(), |_, end| {
            *end = deadline.unix_timestamp();
        });
        Ok(())
    }

    async fn end(&self, key: &SessionKey) -> Result<bool, StoreError> {
        Ok(self.0.logins.remove(key).is_some())
    }

    async fn claim(&self, state: &StateHash, until: OffsetDateTime) -> Result<Claim, StoreError> {
        let until = until.unix_timestamp();
        let is_first = self.0.claims.insert_new(*state, (), until, self.now());
        Ok(if is_first { Claim::First } else { Claim::Again })
    }
}

#[async_trait]
impl SessionStore for MemoryStore {
    async fn create(&self, record: &mut Record) -> session_store::Result<()> {
        let (now, deadline) = (self.now(), record.expiry_date.unix_timestamp());
        while !self
            .0
            .values
            .insert_new(record.id.0, record.clone(), deadline, now)
        {
            record.id = Id::default();
        }
        Ok(())
    }

    /// Saves what is there; a deleted record is not brought back.
    async fn save(&self, record: &Record) -> session_store::Result<()> {
        self.0.values.update(&record.id.0, self.now(), |kept, end| {
            *kept = record.clone();
            *end = record.expiry_date.unix_timestamp();
        });
        Ok(())
    }

    async fn load(&self, id: &Id) -> session_store::Result<Option<Record>> {
        Ok(self
            .0
            .values
            .read(&id.0, self.now(), |record, _| record.clone()))
    }

    async fn delete(&self, id: &Id) -> session_store::Result<()> {
        self.0.values.remove(&id.0);
        Ok(())
    }
}

fn at(seconds: i64) -> OffsetDateTime {
    OffsetDateTime::from_unix_timestamp(seconds).unwrap_or(OffsetDateTime::UNIX_EPOCH)
}
