//! A store of logins that a test looks into and holds.

use std::sync::{
    Arc, Mutex,
    atomic::{AtomicU32, Ordering},
};

use async_trait::async_trait;
use bytes::Bytes;
use oidc_login::{
    MemoryStore,
    session::{Expected, SessionKey, StoreError},
};

use crate::{
    clock::HandClock,
    steps::Gates,
    store_tap::{Call, Tap, Tapped},
};

/// Keeps logins in memory, says what was saved, and holds lists of sessions.
pub type WatchedStore = Tapped<SavesAndLists>;

/// What was saved, and which lists wait.
#[derive(Clone, Debug)]
pub struct SavesAndLists {
    gates: Gates,
    held: Arc<AtomicU32>,
    new: Arc<Mutex<Vec<(SessionKey, Bytes)>>>,
    marks: Arc<AtomicU32>,
}

impl WatchedStore {
    /// An empty store.
    pub fn new(clock: &HandClock, gates: &Gates) -> Self {
        let store = MemoryStore::with_clock(Arc::new(clock.clone()));
        let tap = SavesAndLists {
            gates: gates.clone(),
            held: Arc::default(),
            new: Arc::default(),
            marks: Arc::default(),
        };
        Self::over(store, tap)
    }

    /// From now on each list that was read, this many of them, waits at the gate `listed` before it
    /// is handed out.
    pub fn hold_lists(&self, count: u32) {
        self.tap.held.store(count, Ordering::SeqCst);
    }

    /// How many logouts left a mark.
    pub fn marks(&self) -> u32 {
        self.tap.marks.load(Ordering::SeqCst)
    }

    /// The logins that were saved, and what was put into the index with each.
    pub fn saved(&self) -> Vec<(SessionKey, Bytes)> {
        self.tap.new.lock().expect("no panic in a store").clone()
    }
}

#[async_trait]
impl Tap for SavesAndLists {
    async fn before(&self, call: Call<'_>) -> Result<(), StoreError> {
        match call {
            Call::PutIf(key, Expected::New(index)) => {
                let mut new = self.new.lock().expect("no panic in a store");
                new.push((*key, index.about.clone()));
            }
            Call::EndBy(logout) => {
                let marks = u32::from(logout.leaves_mark());
                self.marks.fetch_add(marks, Ordering::SeqCst);
            }
            _ => {}
        }
        Ok(())
    }

    async fn after(&self, call: Call<'_>) {
        if !matches!(call, Call::Of) {
            return;
        }
        let is_held = self
            .held
            .fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| {
                left.checked_sub(1)
            });
        if is_held.is_ok() {
            self.gates.wait("listed").await;
        }
    }
}
