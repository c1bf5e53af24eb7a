//! A session before it exists, for `on_login`.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use async_trait::async_trait;
use serde_json::Value;
use tower_sessions_core::{
    Session, SessionStore,
    session::{Id, Record},
    session_store,
};

use super::{
    app_values::session_error,
    session_keys::{CLAIMS_KEY, OWNER_KEY, claims_value},
};
use crate::session::Login;

/// Holds what is put into a session before that session exists.
#[derive(Debug, Default)]
pub(super) struct Handover(Mutex<Option<Record>>);

impl Handover {
    /// A session with these values and this user's claims, which saves into the handover.
    pub(super) async fn session(
        self: &Arc<Self>,
        values: HashMap<String, Value>,
        login: &Login,
    ) -> session_store::Result<Session> {
        let session = Session::new(None, self.clone(), None);
        let claims = [(CLAIMS_KEY.to_owned(), claims_value(login))];
        for (key, value) in values.into_iter().chain(claims) {
            session
                .insert_value(&key, value)
                .await
                .map_err(session_error)?;
        }
        Ok(session)
    }

    /// The app's values of a session made by [`session`](Self::session).
    pub(super) async fn take(
        &self,
        session: &Session,
    ) -> session_store::Result<HashMap<String, Value>> {
        session.save().await.map_err(session_error)?;
        let record = self.record().take();
        let mut values = record.map(|record| record.data).unwrap_or_default();
        values.retain(|key, _| key != CLAIMS_KEY && key != OWNER_KEY);
        Ok(values)
    }

    fn record(&self) -> MutexGuard<'_, Option<Record>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl SessionStore for Handover {
    async fn save(&self, record: &Record) -> session_store::Result<()> {
        *self.record() = Some(record.clone());
        Ok(())
    }

    async fn load(&self, _id: &Id) -> session_store::Result<Option<Record>> {
        Ok(self.record().clone())
    }

    async fn create(&self, record: &mut Record) -> session_store::Result<()> {
        self.save(record).await
    }

    async fn delete(&self, _id: &Id) -> session_store::Result<()> {
        *self.record() = None;
        Ok(())
    }
}
