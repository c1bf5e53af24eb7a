//! The app's values.

use async_trait::async_trait;
use tower_sessions_core::{
    SessionStore,
    session::{Id, Record},
    session_store,
};

use super::MemoryStore;

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
