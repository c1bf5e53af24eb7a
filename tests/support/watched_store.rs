//! A store of logins that a test looks into and holds.

use std::sync::{
    Arc, Mutex, MutexGuard,
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

/// What was saved, and which calls wait.
#[derive(Clone, Debug)]
pub struct SavesAndLists {
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
        let store = MemoryStore::with_clock(Arc::new(clock.clone()));
        let tap = SavesAndLists {
            gates: gates.clone(),
            held: Arc::default(),
            new: Arc::default(),
            marks: Arc::default(),
            leases: Arc::default(),
            points: Arc::default(),
        };
        Self::over(store, tap)
    }

    /// The next call waits at the gate of this name: `end` before it ends a login, `changed` after it
    /// tried to change one.
    pub fn hold_next(&self, point: &'static str) {
        self.tap.points().push(point);
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

    /// How often somebody asked for a lease.
    pub fn leases(&self) -> u32 {
        self.tap.leases.load(Ordering::SeqCst)
    }

    /// The logins that were saved, and what was put into the index with each.
    pub fn saved(&self) -> Vec<(SessionKey, Bytes)> {
        self.tap.new.lock().expect("no panic in a store").clone()
    }
}

impl SavesAndLists {
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

    async fn pass_list(&self) {
        let is_held = self
            .held
            .fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| {
                left.checked_sub(1)
            });
        if is_held.is_ok() {
            self.gates.wait("listed").await;
        }
    }

    fn points(&self) -> MutexGuard<'_, Vec<&'static str>> {
        self.points.lock().expect("no panic in a store")
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
            Call::End => self.pass("end").await,
            Call::Lease => drop(self.leases.fetch_add(1, Ordering::SeqCst)),
            _ => {}
        }
        Ok(())
    }

    async fn after(&self, call: Call<'_>) {
        match call {
            Call::PutIf(_, Expected::At(_) | Expected::Held(..)) => self.pass("changed").await,
            Call::Of => self.pass_list().await,
            _ => {}
        }
    }
}
