//! A store for tests: as strict or as careless as published ones, with a hand that reaches in
//! between two steps.

#![allow(clippy::unwrap_used)]

use std::{
    collections::HashMap,
    future::Future,
    pin::Pin,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
};

use async_trait::async_trait;
use tower_sessions_core::{
    SessionStore,
    session::{Id, Record},
    session_store::{Error, Result},
};

/// What `create` does with an id that is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Taken {
    GivesAnother,
    Fails,
    Overwrites,
}

/// What `save` does where nothing is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Absent {
    Makes,
    Drops,
}

type Interruption = Pin<Box<dyn Future<Output = ()> + Send>>;

#[derive(Clone)]
pub(super) struct Shelf(Arc<Inner>);

struct Inner {
    records: Mutex<HashMap<Id, Record>>,
    taken: Taken,
    absent: Absent,
    is_down: AtomicBool,
    /// What happens before the call after so many others.
    interruption: Mutex<Option<(usize, Interruption)>>,
}

impl Shelf {
    pub(super) fn new(taken: Taken, absent: Absent) -> Self {
        Self(Arc::new(Inner {
            records: Mutex::default(),
            taken,
            absent,
            is_down: AtomicBool::new(false),
            interruption: Mutex::default(),
        }))
    }

    /// Runs this before the call after so many others; its own calls do not count.
    pub(super) fn interrupt(
        &self,
        after: usize,
        interruption: impl Future<Output = ()> + Send + 'static,
    ) {
        *self.0.interruption.lock().unwrap() = Some((after, Box::pin(interruption)));
    }

    /// From the call after so many others on, every call fails, or none when there is no such call.
    pub(super) fn break_down(&self, after: usize) {
        let inner = self.0.clone();
        self.interrupt(after, async move {
            inner.is_down.store(true, Ordering::SeqCst);
        });
    }

    /// It works again; says whether it had been interrupted.
    pub(super) fn recover(&self) -> bool {
        self.0.is_down.store(false, Ordering::SeqCst);
        self.0.interruption.lock().unwrap().take().is_none()
    }

    pub(super) fn records(&self) -> Vec<Record> {
        self.0.records.lock().unwrap().values().cloned().collect()
    }

    pub(super) fn change(&self, id: Id, change: impl FnOnce(&mut Record)) {
        change(self.0.records.lock().unwrap().get_mut(&id).unwrap());
    }

    /// What a call to a database is: others come in between.
    async fn step(&self) -> Result<()> {
        tokio::task::yield_now().await;
        let due =
            self.0
                .interruption
                .lock()
                .unwrap()
                .take_if(|(left, _)| match left.checked_sub(1) {
                    Some(fewer) => {
                        *left = fewer;
                        false
                    }
                    None => true,
                });
        if let Some((_, interruption)) = due {
            interruption.await;
        }
        if self.0.is_down.load(Ordering::SeqCst) {
            return Err(Error::Backend("the store of this test is down".to_owned()));
        }
        Ok(())
    }
}

#[async_trait]
impl SessionStore for Shelf {
    async fn create(&self, record: &mut Record) -> Result<()> {
        self.step().await?;
        let mut records = self.0.records.lock().unwrap();
        if records.contains_key(&record.id) {
            match self.0.taken {
                Taken::GivesAnother => record.id = Id::default(),
                Taken::Fails => return Err(Error::Backend("taken".to_owned())),
                Taken::Overwrites => (),
            }
        }
        records.insert(record.id, record.clone());
        Ok(())
    }

    async fn save(&self, record: &Record) -> Result<()> {
        self.step().await?;
        let mut records = self.0.records.lock().unwrap();
        if self.0.absent == Absent::Makes || records.contains_key(&record.id) {
            records.insert(record.id, record.clone());
        }
        Ok(())
    }

    async fn load(&self, id: &Id) -> Result<Option<Record>> {
        self.step().await?;
        Ok(self.0.records.lock().unwrap().get(id).cloned())
    }

    async fn delete(&self, id: &Id) -> Result<()> {
        self.step().await?;
        self.0.records.lock().unwrap().remove(id);
        Ok(())
    }
}

impl std::fmt::Debug for Shelf {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Shelf")
    }
}
