//! A store of logins to look into, and to write into as whoever breaks into a database can.

use std::sync::{Arc, Mutex, MutexGuard};

use async_trait::async_trait;
use bytes::Bytes;
use oidc_login::{
    MemoryStore,
    session::{Expected, Loaded, Put, SessionKey, StoreError},
};

use crate::store_tap::{Call, Tap, Tapped};

/// Keeps logins in memory, and shows what it was given.
pub type OpenLogins = Tapped<SeenKeys>;

/// The keys that a store was given.
#[derive(Clone, Debug, Default)]
pub struct SeenKeys(Arc<Mutex<Seen>>);

#[derive(Debug, Default)]
struct Seen {
    keys: Vec<SessionKey>,
    others: Vec<[u8; 32]>,
}

impl SeenKeys {
    fn seen(&self) -> MutexGuard<'_, Seen> {
        self.0.lock().expect("no panic in a store")
    }
}

impl OpenLogins {
    /// Over this store.
    pub fn new(store: MemoryStore) -> Self {
        Self::over(store, SeenKeys::default())
    }

    /// The sessions that were ever saved, the last one last.
    pub fn keys(&self) -> Vec<SessionKey> {
        self.tap.seen().keys.clone()
    }

    /// Every other key it was ever given: of index entries, and of claims.
    pub fn other_keys(&self) -> Vec<[u8; 32]> {
        self.tap.seen().others.clone()
    }

    /// The record of a session that is there.
    pub async fn record(&self, key: &SessionKey) -> Bytes {
        match self.store.load(key, None).await {
            Ok(Loaded::Changed { record, .. }) => record,
            other => panic!("no such login: {other:?}"),
        }
    }

    /// Puts something else in the place of a session that is there.
    pub async fn forge(&self, key: &SessionKey, record: impl Into<Bytes>) {
        let Ok(Loaded::Changed {
            version, deadline, ..
        }) = self.store.load(key, None).await
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
impl Tap for SeenKeys {
    async fn before(&self, call: Call<'_>) -> Result<(), StoreError> {
        let mut seen = self.seen();
        match call {
            Call::PutIf(key, Expected::New(index)) => {
                seen.keys.push(*key);
                seen.others.extend(index.keys());
            }
            Call::Claim(state) => seen.others.push(*state.as_bytes()),
            _ => {}
        }
        Ok(())
    }
}
