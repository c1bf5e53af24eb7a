//! The app's values in their store.

use std::{collections::HashMap, sync::Arc};

use base64::{Engine as _, engine::general_purpose::STANDARD_NO_PAD};
use serde_json::Value;
use tower_sessions_core::{
    SessionStore,
    session::{Id, Record},
    session_store,
};

use super::{
    id::{SessionId, SessionKey},
    record_seal::{RecordSeal, Unreadable},
    seal::Purpose,
};
use crate::config::StoreEntries;

/// Under this key stand all values of a session, where they are encrypted.
const SEALED_KEY: &str = "oidc_login.sealed.v1";

/// The app's values of every session: the one way to their store.
pub(crate) struct Values {
    store: Arc<dyn SessionStore>,
    seal: Arc<RecordSeal>,
    entries: StoreEntries,
}

impl Values {
    pub(crate) fn new(
        store: Arc<dyn SessionStore>,
        seal: Arc<RecordSeal>,
        entries: StoreEntries,
    ) -> Self {
        Self {
            store,
            seal,
            entries,
        }
    }

    /// How entries are written.
    #[cfg(test)]
    pub(crate) fn entries(&self) -> StoreEntries {
        self.entries
    }

    /// The values of a session. Those that cannot be read count as none: the next write replaces
    /// them.
    pub(crate) async fn load(&self, id: &SessionId) -> session_store::Result<Option<Record>> {
        let Some(mut record) = self.store.load(&id.key().app_session_id()).await? else {
            return Ok(None);
        };
        match self.read(id, std::mem::take(&mut record.data)) {
            Ok(data) => Ok(Some(Record { data, ..record })),
            Err(reason) => {
                tracing::warn!(%reason, "the values of a session in the store cannot be read");
                Ok(None)
            }
        }
    }

    /// Whether there is anything under a session's key, whoever can read it.
    pub(crate) async fn exist(&self, key: SessionKey) -> session_store::Result<bool> {
        Ok(self.store.load(&key.app_session_id()).await?.is_some())
    }

    /// Puts values where there are none; returns where the store put them.
    pub(crate) async fn create(&self, id: &SessionId, record: Record) -> session_store::Result<Id> {
        let mut written = self.written(id, record);
        self.store.create(&mut written).await?;
        Ok(written.id)
    }

    /// Changes the values of a session.
    pub(crate) async fn save(&self, id: &SessionId, record: Record) -> session_store::Result<()> {
        self.store.save(&self.written(id, record)).await
    }

    /// Deletes what is kept under an id of the store.
    pub(crate) async fn delete(&self, id: &Id) -> session_store::Result<()> {
        self.store.delete(id).await
    }

    fn written(&self, id: &SessionId, mut record: Record) -> Record {
        match self.entries {
            StoreEntries::Plain => {
                record.data.remove(SEALED_KEY);
            }
            StoreEntries::Encrypted => {
                let plain = serde_json::to_vec(&record.data).expect("JSON values serialize");
                let sealed = self.seal.seal(Purpose::SessionValues, id, &plain);
                let sealed = Value::String(STANDARD_NO_PAD.encode(sealed));
                record.data = HashMap::from([(SEALED_KEY.to_owned(), sealed)]);
            }
        }
        record
    }

    fn read(
        &self,
        id: &SessionId,
        data: HashMap<String, Value>,
    ) -> Result<HashMap<String, Value>, Unreadable> {
        let sealed = match (data.get(SEALED_KEY), self.entries) {
            (None, StoreEntries::Plain) => return Ok(data),
            (None, StoreEntries::Encrypted) => return Err(Unreadable::Plain),
            (Some(sealed), _) => sealed.as_str().ok_or(Unreadable::Format)?,
        };
        let sealed = STANDARD_NO_PAD.decode(sealed);
        let sealed = sealed.map_err(|_| Unreadable::Format)?;
        let opened = self.seal.open(Purpose::SessionValues, id, &sealed)?;
        serde_json::from_slice(&opened.plain).map_err(|_| Unreadable::Format)
    }
}

#[cfg(test)]
mod tests;
