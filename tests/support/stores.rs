//! Stores for tests: one to look into, one that fails on demand.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, MutexGuard,
        atomic::{AtomicBool, AtomicU32, Ordering},
    },
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
use tower_sessions::{
    SessionStore,
    session::{Id, Record},
    session_store,
};

use crate::steps::Gates;

/// Keeps an app's values as published stores do: a save writes, whatever is there.
#[derive(Clone, Debug, Default)]
pub struct OpenStore(Arc<Mutex<HashMap<Id, Record>>>, Arc<State>);

/// Whether a store works.
#[derive(Debug, Default)]
struct State {
    is_down: AtomicBool,
    is_hanging: AtomicBool,
}

impl State {
    /// Whether it answers, if it ever does.
    async fn is_up(&self) -> bool {
        if self.is_hanging.load(Ordering::SeqCst) {
            std::future::pending::<()>().await;
        }
        !self.is_down.load(Ordering::SeqCst)
    }

    fn recover(&self) {
        self.is_down.store(false, Ordering::SeqCst);
        self.is_hanging.store(false, Ordering::SeqCst);
    }
}

impl OpenStore {
    /// From now on every call fails.
    pub fn break_down(&self) {
        self.1.is_down.store(true, Ordering::SeqCst);
    }

    /// From now on no call ever ends.
    pub fn hang(&self) {
        self.1.is_hanging.store(true, Ordering::SeqCst);
    }

    /// From now on it works again.
    pub fn recover(&self) {
        self.1.recover();
    }

    async fn working(&self) -> session_store::Result<MutexGuard<'_, HashMap<Id, Record>>> {
        if !self.1.is_up().await {
            let text = "the store of this test is down".to_owned();
            return Err(session_store::Error::Backend(text));
        }
        Ok(self.0.lock().expect("no panic in a store"))
    }

    /// Everything in it.
    pub fn records(&self) -> Vec<Record> {
        let records = self.0.lock().expect("no panic in a store");
        records.values().cloned().collect()
    }

    /// Everything in it, as text to search.
    pub fn text(&self) -> String {
        format!("{:?}", self.records())
    }
}

#[async_trait]
impl SessionStore for OpenStore {
    async fn create(&self, record: &mut Record) -> session_store::Result<()> {
        self.save(record).await
    }

    async fn save(&self, record: &Record) -> session_store::Result<()> {
        self.working().await?.insert(record.id, record.clone());
        Ok(())
    }

    async fn load(&self, id: &Id) -> session_store::Result<Option<Record>> {
        Ok(self.working().await?.get(id).cloned())
    }

    async fn delete(&self, id: &Id) -> session_store::Result<()> {
        self.working().await?.remove(id);
        Ok(())
    }
}

/// Keeps logins in memory until it is told to fail.
#[derive(Clone, Debug)]
pub struct FrailStore {
    store: MemoryStore,
    state: Arc<State>,
    loads_left: Arc<AtomicU32>,
    touches: Arc<AtomicU32>,
    loads: Arc<AtomicU32>,
    held: Arc<Mutex<Option<(Gates, &'static str)>>>,
}

impl FrailStore {
    /// A store that works, over this one.
    pub fn new(store: MemoryStore) -> Self {
        Self {
            store,
            state: Arc::default(),
            loads_left: Arc::default(),
            touches: Arc::default(),
            loads: Arc::default(),
            held: Arc::default(),
        }
    }

    /// From now on every call fails.
    pub fn break_down(&self) {
        self.state.is_down.store(true, Ordering::SeqCst);
    }

    /// From now on no call ever ends.
    pub fn hang(&self) {
        self.state.is_hanging.store(true, Ordering::SeqCst);
    }

    /// One more login can be loaded, then every call fails.
    pub fn break_after_load(&self) {
        self.loads_left.store(1, Ordering::SeqCst);
        self.break_down();
    }

    /// From now on it works again.
    pub fn recover(&self) {
        self.state.recover();
    }

    /// How often it was asked for a login.
    pub fn loads(&self) -> u32 {
        self.loads.load(Ordering::SeqCst)
    }

    /// The next load waits at a gate with what it found.
    pub fn hold_next_load(&self, gates: &Gates, gate: &'static str) {
        let mut held = self.held.lock().expect("no panic in a store");
        *held = Some((gates.clone(), gate));
    }

    /// How often the end of an idle login was moved.
    pub fn touches(&self) -> u32 {
        self.touches.load(Ordering::SeqCst)
    }

    async fn working(&self) -> Result<&MemoryStore, StoreError> {
        if !self.state.is_up().await {
            return Err(StoreError::new("the store of this test is down"));
        }
        Ok(&self.store)
    }
}

#[async_trait]
impl LoginStore for FrailStore {
    async fn load(&self, key: &SessionKey, known: Option<Version>) -> Result<Loaded, StoreError> {
        let spare = self
            .loads_left
            .fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| {
                left.checked_sub(1)
            });
        let store = if spare.is_ok() {
            &self.store
        } else {
            self.working().await?
        };
        self.loads.fetch_add(1, Ordering::SeqCst);
        let loaded = LoginStore::load(store, key, known).await;
        let held = self.held.lock().expect("no panic in a store").take();
        if let Some((gates, gate)) = held {
            gates.wait(gate).await;
        }
        loaded
    }

    async fn put_if(
        &self,
        key: &SessionKey,
        record: Bytes,
        deadline: OffsetDateTime,
        expected: Expected<'_>,
    ) -> Result<Put, StoreError> {
        let store = self.working().await?;
        store.put_if(key, record, deadline, expected).await
    }

    async fn touch(&self, key: &SessionKey, deadline: OffsetDateTime) -> Result<(), StoreError> {
        self.touches.fetch_add(1, Ordering::SeqCst);
        self.working().await?.touch(key, deadline).await
    }

    async fn end(&self, key: &SessionKey) -> Result<Option<Bytes>, StoreError> {
        self.working().await?.end(key).await
    }

    async fn followers(&self, key: &SessionKey) -> Result<Vec<SessionKey>, StoreError> {
        self.working().await?.followers(key).await
    }

    async fn end_by(&self, logout: EndBy<'_>) -> Result<Vec<SessionKey>, StoreError> {
        self.working().await?.end_by(logout).await
    }

    async fn lease(&self, key: &SessionKey, ttl: Duration) -> Result<Leased, StoreError> {
        self.working().await?.lease(key, ttl).await
    }

    async fn release(&self, key: &SessionKey, lease: Lease) -> Result<(), StoreError> {
        self.working().await?.release(key, lease).await
    }

    async fn of(&self, user: &[SubjectKey]) -> Result<Vec<UserSession>, StoreError> {
        self.working().await?.of(user).await
    }

    async fn claim(&self, state: &StateHash, until: OffsetDateTime) -> Result<Claim, StoreError> {
        self.working().await?.claim(state, until).await
    }
}
