//! A store of logins to look into, and to write into as whoever breaks into a database can.

use std::{
    sync::{Arc, Mutex, MutexGuard},
    time::Duration,
};

use async_trait::async_trait;
use bytes::Bytes;
use oidc_login::{
    LoginStore, MemoryStore,
    protocol::StateHash,
    session::{
        Claim, EndBy, Expected, Lease, Leased, Loaded, Put, SessionKey, StoreError, SubjectKey,
        UserSession, Version,
    },
};
use time::OffsetDateTime;

/// Keeps logins in memory, and shows what it was given.
#[derive(Clone, Debug)]
pub struct OpenLogins {
    store: MemoryStore,
    seen: Arc<Mutex<Seen>>,
}

#[derive(Debug, Default)]
struct Seen {
    keys: Vec<SessionKey>,
    others: Vec<[u8; 32]>,
}

impl OpenLogins {
    /// Over this store.
    pub fn new(store: MemoryStore) -> Self {
        Self {
            store,
            seen: Arc::default(),
        }
    }

    /// The sessions that were ever saved, the last one last.
    pub fn keys(&self) -> Vec<SessionKey> {
        self.seen().keys.clone()
    }

    /// Every other key it was ever given: of index entries, and of claims.
    pub fn other_keys(&self) -> Vec<[u8; 32]> {
        self.seen().others.clone()
    }

    fn seen(&self) -> MutexGuard<'_, Seen> {
        self.seen.lock().expect("no panic in a store")
    }

    /// The record of a session that is there.
    pub async fn record(&self, key: &SessionKey) -> Bytes {
        match LoginStore::load(&self.store, key, None).await {
            Ok(Loaded::Changed { record, .. }) => record,
            other => panic!("no such login: {other:?}"),
        }
    }

    /// Puts something else in the place of a session that is there.
    pub async fn forge(&self, key: &SessionKey, record: impl Into<Bytes>) {
        let Ok(Loaded::Changed {
            version, deadline, ..
        }) = LoginStore::load(&self.store, key, None).await
        else {
            panic!("no such login");
        };
        let expected = Expected::At(version);
        let put = self.store.put_if(key, record.into(), deadline, expected);
        let put = put.await.expect("a store");
        assert!(matches!(put, Put::Stored(_)), "{put:?}");
    }
}

#[async_trait]
impl LoginStore for OpenLogins {
    async fn load(&self, key: &SessionKey, known: Option<Version>) -> Result<Loaded, StoreError> {
        LoginStore::load(&self.store, key, known).await
    }

    async fn put_if(
        &self,
        key: &SessionKey,
        record: Bytes,
        deadline: OffsetDateTime,
        expected: Expected<'_>,
    ) -> Result<Put, StoreError> {
        if let Expected::New(index) = &expected {
            self.seen().keys.push(*key);
            self.seen().others.extend(index.keys());
        }
        self.store.put_if(key, record, deadline, expected).await
    }

    async fn touch(&self, key: &SessionKey, deadline: OffsetDateTime) -> Result<(), StoreError> {
        self.store.touch(key, deadline).await
    }

    async fn end(&self, key: &SessionKey) -> Result<Option<Bytes>, StoreError> {
        self.store.end(key).await
    }

    async fn followers(&self, key: &SessionKey) -> Result<Vec<SessionKey>, StoreError> {
        self.store.followers(key).await
    }

    async fn end_by(&self, logout: EndBy<'_>) -> Result<Vec<SessionKey>, StoreError> {
        self.store.end_by(logout).await
    }

    async fn lease(&self, key: &SessionKey, ttl: Duration) -> Result<Leased, StoreError> {
        self.store.lease(key, ttl).await
    }

    async fn release(&self, key: &SessionKey, lease: Lease) -> Result<(), StoreError> {
        self.store.release(key, lease).await
    }

    async fn of(&self, user: &[SubjectKey]) -> Result<Vec<UserSession>, StoreError> {
        self.store.of(user).await
    }

    async fn claim(&self, state: &StateHash, until: OffsetDateTime) -> Result<Claim, StoreError> {
        self.seen().others.push(*state.as_bytes());
        self.store.claim(state, until).await
    }
}
