//! The app's values.

use async_trait::async_trait;
use serde_json::Value;
use time::OffsetDateTime;
use tower_sessions_core::{
    SessionStore,
    session::{Id, Record},
    session_store,
};

use super::{BLOCK, MemoryStore};
use crate::session::expiring_map::Refused;

/// The values of one session. Most have few or none, so they need no table.
pub(super) struct Kept {
    values: Box<[(Box<str>, Value)]>,
    ends_at: OffsetDateTime,
}

impl Kept {
    fn new(record: &Record) -> Self {
        let values = record.data.iter();
        Self {
            values: values
                .map(|(name, value)| (name.as_str().into(), value.clone()))
                .collect(),
            ends_at: record.expiry_date,
        }
    }

    fn record(&self, id: Id) -> Record {
        let values = self.values.iter();
        let data = values.map(|(name, value)| (String::from(&**name), value.clone()));
        Record {
            id,
            data: data.collect(),
            expiry_date: self.ends_at,
        }
    }

    pub(super) fn heap_bytes(&self) -> usize {
        let value = |(name, value): &(Box<str>, Value)| BLOCK + name.len() + bytes_of(value);
        let values = self.values.iter().map(value).sum::<usize>();
        BLOCK + size_of_val(&*self.values) + values
    }
}

/// What a value has on the heap, about.
fn bytes_of(value: &Value) -> usize {
    match value {
        Value::Null | Value::Bool(_) | Value::Number(_) => 0,
        Value::String(text) => BLOCK + text.len(),
        Value::Array(values) => {
            BLOCK + size_of_val(&**values) + values.iter().map(bytes_of).sum::<usize>()
        }
        Value::Object(members) => {
            // A node has room for eleven, and is half full at least.
            let member = |(name, value): (&String, &Value)| {
                let inline = 2 * (size_of::<String>() + size_of::<Value>());
                inline + BLOCK + name.len() + bytes_of(value)
            };
            BLOCK + members.iter().map(member).sum::<usize>()
        }
    }
}

#[async_trait]
impl SessionStore for MemoryStore {
    async fn create(&self, record: &mut Record) -> session_store::Result<()> {
        let (now, deadline) = (self.now(), record.expiry_date.unix_timestamp());
        loop {
            let put = self
                .0
                .values
                .insert_new(record.id.0, Kept::new(record), deadline, now);
            match put {
                Ok(gone) => {
                    self.0.evicted_values.add(gone.evicted.len(), now);
                    return Ok(());
                }
                Err(Refused::Taken) => record.id = Id::default(),
                Err(Refused::TooLarge) => return Err(too_large()),
            }
        }
    }

    /// Saves what is there; a deleted record is not brought back.
    async fn save(&self, record: &Record) -> session_store::Result<()> {
        let (now, kept) = (self.now(), Kept::new(record));
        if !self.0.values.fits(kept.heap_bytes()) {
            return Err(too_large());
        }
        let saved = self.0.values.update(&record.id.0, now, |present, end| {
            *end = kept.ends_at.unix_timestamp();
            *present = kept;
        });
        let evicted = saved.map_or(0, |((), gone)| gone.evicted.len());
        self.0.evicted_values.add(evicted, now);
        Ok(())
    }

    async fn load(&self, id: &Id) -> session_store::Result<Option<Record>> {
        let read = |kept: &Kept, _| kept.record(*id);
        Ok(self.0.values.read(&id.0, self.now(), read))
    }

    async fn delete(&self, id: &Id) -> session_store::Result<()> {
        self.0.values.remove(&id.0, self.now());
        Ok(())
    }
}

fn too_large() -> session_store::Error {
    let text = "the values of a session are larger than the memory store takes";
    session_store::Error::Backend(text.to_owned())
}
