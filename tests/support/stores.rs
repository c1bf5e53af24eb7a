//! Stores for tests: one to look into, one that fails on demand.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, MutexGuard,
        atomic::{AtomicBool, AtomicU32, Ordering},
    },
};

use async_trait::async_trait;
use oidc_login::{MemoryStore, session::StoreError};
use tower_sessions::{
    SessionStore,
    session::{Id, Record},
    session_store,
};

use crate::{
    steps::Gates,
    store_tap::{Call, Tap, Tapped},
};

/// Keeps an app's values as published stores do: a save writes, whatever is there.
#[derive(Clone, Debug, Default)]
pub struct OpenStore(Arc<Mutex<HashMap<Id, Record>>>, Arc<State>);

/// Whether a store works.
#[derive(Debug, Default)]
struct State {
    is_down: AtomicBool,
    is_hanging: AtomicBool,
    keeps: AtomicBool,
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
        self.keeps.store(false, Ordering::SeqCst);
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

    /// From now on what would delete something hangs, and every call after it.
    pub fn hang_from_delete(&self) {
        self.1.keeps.store(true, Ordering::SeqCst);
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
        if self.1.keeps.load(Ordering::SeqCst) {
            self.hang();
        }
        self.working().await?.remove(id);
        Ok(())
    }
}

/// Keeps logins in memory until it is told to fail.
pub type FrailStore = Tapped<Frailty>;

/// Whether a store works, and how often it was asked.
#[derive(Clone, Debug, Default)]
pub struct Frailty {
    state: Arc<State>,
    loads_left: Arc<AtomicU32>,
    touches: Arc<AtomicU32>,
    loads: Arc<AtomicU32>,
    held: Arc<Mutex<Option<(Gates, &'static str)>>>,
}

impl FrailStore {
    /// A store that works, over this one.
    pub fn new(store: MemoryStore) -> Self {
        Self::over(store, Frailty::default())
    }

    /// From now on every call fails.
    pub fn break_down(&self) {
        self.tap.state.is_down.store(true, Ordering::SeqCst);
    }

    /// From now on no call ever ends.
    pub fn hang(&self) {
        self.tap.state.is_hanging.store(true, Ordering::SeqCst);
    }

    /// One more login can be loaded, then every call fails.
    pub fn break_after_load(&self) {
        self.tap.loads_left.store(1, Ordering::SeqCst);
        self.break_down();
    }

    /// From now on it works again.
    pub fn recover(&self) {
        self.tap.state.recover();
    }

    /// How often it was asked for a login.
    pub fn loads(&self) -> u32 {
        self.tap.loads.load(Ordering::SeqCst)
    }

    /// The next load waits at a gate with what it found.
    pub fn hold_next_load(&self, gates: &Gates, gate: &'static str) {
        let mut held = self.tap.held.lock().expect("no panic in a store");
        *held = Some((gates.clone(), gate));
    }

    /// How often the end of an idle login was moved.
    pub fn touches(&self) -> u32 {
        self.tap.touches.load(Ordering::SeqCst)
    }
}

impl Frailty {
    fn has_spare_load(&self) -> bool {
        self.loads_left
            .fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| {
                left.checked_sub(1)
            })
            .is_ok()
    }
}

#[async_trait]
impl Tap for Frailty {
    async fn before(&self, call: Call<'_>) -> Result<(), StoreError> {
        if matches!(call, Call::Touch) {
            self.touches.fetch_add(1, Ordering::SeqCst);
        }
        let is_spared = matches!(call, Call::Load) && self.has_spare_load();
        if !is_spared && !self.state.is_up().await {
            return Err(StoreError::new("the store of this test is down"));
        }
        if matches!(call, Call::Load) {
            self.loads.fetch_add(1, Ordering::SeqCst);
        }
        Ok(())
    }

    async fn after(&self, call: Call<'_>) {
        if !matches!(call, Call::Load) {
            return;
        }
        let held = self.held.lock().expect("no panic in a store").take();
        if let Some((gates, gate)) = held {
            gates.wait(gate).await;
        }
    }
}
