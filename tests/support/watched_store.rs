//! A store of logins that a test looks into and holds.

use std::{
    sync::{
        Arc, Mutex, MutexGuard,
        atomic::{AtomicU32, Ordering},
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

use crate::{clock::HandClock, steps::Gates};

/// Keeps logins in memory.
#[derive(Clone, Debug)]
pub struct WatchedStore {
    store: MemoryStore,
    gates: Gates,
    held: Arc<AtomicU32>,
    new: Arc<Mutex<Vec<(SessionKey, Bytes)>>>,
    marks: Arc<AtomicU32>,
    leases: Arc<AtomicU32>,
    points: Arc<Mutex<Vec<&'static str>>>,
}

impl WatchedStore {
    /// An empty store.
    pub fn new(clock: &HandClock, gates: &Gates) -> Self {
        Self {
            store: MemoryStore::with_clock(Arc::new(clock.clone())),
            gates: gates.clone(),
            held: Arc::default(),
            new: Arc::default(),
            marks: Arc::default(),
            leases: Arc::default(),
            points: Arc::default(),
        }
    }

    /// The next call waits at the gate of this name: `end` before it ends a login, `changed` after it
    /// tried to change one.
    pub fn hold_next(&self, point: &'static str) {
        self.points().push(point);
    }

    async fn pass(&self, point: &str) {
        let held = {
            let mut points = self.points();
            let found = points.iter().position(|held| *held == point);
            found.map(|found| points.remove(found))
        };
        if let Some(gate) = held {
            self.gates.wait(gate).await;
        }
    }

    fn points(&self) -> MutexGuard<'_, Vec<&'static str>> {
        self.points.lock().expect("no panic in a store")
    }

    /// From now on each list that was read, this many of them, waits at the gate `listed` before it
    /// is handed out.
    pub fn hold_lists(&self, count: u32) {
        self.held.store(count, Ordering::SeqCst);
    }

    /// How many logouts left a mark.
    pub fn marks(&self) -> u32 {
        self.marks.load(Ordering::SeqCst)
    }

    /// How often somebody asked for a lease.
    pub fn leases(&self) -> u32 {
        self.leases.load(Ordering::SeqCst)
    }

    /// The logins that were saved, and what was put into the index with each.
    pub fn saved(&self) -> Vec<(SessionKey, Bytes)> {
        self.new.lock().expect("no panic in a store").clone()
    }
}

#[async_trait]
impl LoginStore for WatchedStore {
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
        if let Expected::New(index) = expected {
            let mut new = self.new.lock().expect("no panic in a store");
            new.push((*key, index.about.clone()));
        }
        let put = self.store.put_if(key, record, deadline, expected).await;
        if !matches!(expected, Expected::New(_)) {
            self.pass("changed").await;
        }
        put
    }

    async fn touch(&self, key: &SessionKey, deadline: OffsetDateTime) -> Result<(), StoreError> {
        self.store.touch(key, deadline).await
    }

    async fn end(&self, key: &SessionKey) -> Result<Option<Bytes>, StoreError> {
        self.pass("end").await;
        self.store.end(key).await
    }

    async fn followers(&self, key: &SessionKey) -> Result<Vec<SessionKey>, StoreError> {
        self.store.followers(key).await
    }

    async fn end_by(&self, logout: EndBy<'_>) -> Result<Vec<SessionKey>, StoreError> {
        let marks = u32::from(logout.leaves_mark());
        self.marks.fetch_add(marks, Ordering::SeqCst);
        self.store.end_by(logout).await
    }

    async fn lease(&self, key: &SessionKey, ttl: Duration) -> Result<Leased, StoreError> {
        self.leases.fetch_add(1, Ordering::SeqCst);
        self.store.lease(key, ttl).await
    }

    async fn release(&self, key: &SessionKey, lease: Lease) -> Result<(), StoreError> {
        self.store.release(key, lease).await
    }

    async fn of(&self, user: &[SubjectKey]) -> Result<Vec<UserSession>, StoreError> {
        let found = self.store.of(user).await;
        let is_held = self
            .held
            .fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| {
                left.checked_sub(1)
            });
        if is_held.is_ok() {
            self.gates.wait("listed").await;
        }
        found
    }

    async fn claim(&self, state: &StateHash, until: OffsetDateTime) -> Result<Claim, StoreError> {
        self.store.claim(state, until).await
    }
}
