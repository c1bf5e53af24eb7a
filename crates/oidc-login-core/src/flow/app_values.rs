//! The app's own values: a `tower_sessions::Session` beside the login, under one cookie.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use async_trait::async_trait;
use serde_json::{Map, Value};
use tower_sessions_core::{
    Expiry, Session, SessionStore,
    session::{self, Id, Record},
    session_store,
};

use super::context::RequestContext;
use crate::session::{Expected, Login, Put, SessionId, SessionKey, StoreError};

/// Under this key of a `tower_sessions::Session` stand the claims of the user who is signed in, as
/// [`SessionClaims`] writes them. The key is ours: what an app stores under it is not kept.
pub const CLAIMS_KEY: &str = "oidc_login.claims.v1";

/// What stands under [`CLAIMS_KEY`]: the claims, never a token.
pub type SessionClaims = Map<String, Value>;

impl RequestContext {
    /// The session that goes into the request's extensions, for the app's own values.
    pub fn session(self: &Arc<Self>) -> Session {
        let id = self.presented.first().map(|key| key.app_session_id());
        let longest = self.inner().lifetimes.absolute();
        Session::new(id, self.clone(), Some(Expiry::OnInactivity(longest)))
    }

    /// The key under which this request's values are: the login's, or the one that has any.
    async fn values_key(&self) -> session_store::Result<Option<SessionKey>> {
        if let Some(loaded) = self.loaded().await.map_err(backend)? {
            return Ok(Some(loaded.key));
        }
        if let [only] = self.presented[..] {
            return Ok(Some(only));
        }
        let mut found = None;
        for key in &self.presented {
            let values = self.inner().values.load(&key.app_session_id()).await?;
            if values.is_some() && found.replace(*key).is_some() {
                return Ok(None);
            }
        }
        Ok(found)
    }

    /// The end of the app's values: with the login, or a session's longest time after the last write.
    fn bounded(&self, record: &Record, login: Option<&Login>) -> Record {
        let end = login.map_or_else(
            || self.inner().lifetimes.ends_at(self.inner().clock.now()),
            Login::ends_at,
        );
        let mut record = record.clone();
        record.data.remove(CLAIMS_KEY);
        record.expiry_date = record.expiry_date.min(end);
        record
    }

    /// Moves a login to a new id. Only if it was still alive at the old one is it alive at the new.
    async fn move_login(&self, id: &SessionId) -> Result<bool, StoreError> {
        let inner = self.inner();
        let Some(loaded) = self.loaded().await? else {
            return Ok(true);
        };
        let (key, bytes) = (id.key(), loaded.login.to_bytes());
        let index = inner.keys.index_of(&loaded.login);
        let Put::Stored(version) = inner
            .logins
            .put_if(&key, bytes, loaded.deadline, Expected::New(&index))
            .await?
        else {
            return Ok(false);
        };
        let was_alive = inner.logins.end(&loaded.key).await?;
        inner.decoded.remove(&loaded.key);
        if was_alive {
            let login = loaded.login.clone();
            inner.decoded.put(key, version, login, inner.clock.now());
        } else {
            inner.logins.end(&key).await?;
        }
        Ok(was_alive)
    }
}

#[async_trait]
impl SessionStore for RequestContext {
    /// Called for values without a session yet, and after `cycle_id`.
    async fn create(&self, record: &mut Record) -> session_store::Result<()> {
        if self.has_ended_elsewhere() {
            tracing::info!(
                "the session ended while a request was under way; what it wrote is dropped"
            );
            return Ok(());
        }
        let was_flushed = !record.data.contains_key(CLAIMS_KEY);
        if was_flushed && self.loaded().await.map_err(backend)?.is_some() {
            self.end_session().await.map_err(backend)?;
        }
        let id = SessionId::fresh(&*self.inner().random);
        if !self.move_login(&id).await.map_err(backend)? {
            tracing::info!(
                "the session ended while its id was renewed; what the app wrote is dropped"
            );
            return Ok(());
        }
        record.id = id.key().app_session_id();
        let login = self.loaded().await.map_err(backend)?;
        let mut bounded = self.bounded(record, login.map(|loaded| &*loaded.login));
        self.inner().values.create(&mut bounded).await?;
        for old in &self.presented {
            self.inner().values.delete(&old.app_session_id()).await?;
            self.inner().mark_ended(*old);
        }
        let mut outcome = self.outcome();
        outcome.renewed = Some(id);
        outcome.values_deleted = false;
        Ok(())
    }

    async fn save(&self, record: &Record) -> session_store::Result<()> {
        let renewed = self.outcome().renewed.as_ref().map(SessionId::key);
        let key = match renewed {
            Some(key) => Some(key),
            None => self.values_key().await?,
        };
        let login = self.loaded().await.map_err(backend)?;
        let is_alive = match (renewed, login) {
            (Some(_), _) => true,
            (None, Some(loaded)) => self.is_still_alive(loaded.key).await.map_err(backend)?,
            (None, None) => !self.outcome().has_ended && !self.has_ended_elsewhere(),
        };
        let Some(key) = key.filter(|_| is_alive) else {
            tracing::info!(
                "the session ended while a request was under way; what it wrote is dropped"
            );
            return Ok(());
        };
        let mut bounded = self.bounded(record, login.map(|loaded| &*loaded.login));
        bounded.id = key.app_session_id();
        self.inner().values.save(&bounded).await
    }

    async fn load(&self, id: &Id) -> session_store::Result<Option<Record>> {
        self.mark_asked();
        let Some(key) = self.values_key().await? else {
            return Ok(None);
        };
        let values = self.inner().values.load(&key.app_session_id()).await?;
        let login = self.loaded().await.map_err(backend)?;
        let mut record = match (values, login) {
            (Some(record), _) => record,
            (None, None) => return Ok(None),
            (None, Some(loaded)) => Record {
                id: *id,
                data: HashMap::new(),
                expiry_date: loaded.login.ends_at(),
            },
        };
        record.id = *id;
        record.data.remove(CLAIMS_KEY);
        if let Some(loaded) = login {
            record
                .data
                .insert(CLAIMS_KEY.to_owned(), claims_value(&loaded.login));
        }
        Ok(Some(record))
    }

    /// `flush`, `delete` and `cycle_id` all come here; what was meant shows when the request ends.
    async fn delete(&self, _id: &Id) -> session_store::Result<()> {
        self.outcome().values_deleted = true;
        Ok(())
    }
}

impl RequestContext {
    /// Whether the session this request came with was ended by another request in the meantime.
    fn has_ended_elsewhere(&self) -> bool {
        let has_ended_here = {
            let outcome = self.outcome();
            outcome.has_ended || outcome.renewed.is_some()
        };
        !has_ended_here && self.presented.iter().any(|key| self.inner().was_ended(key))
    }

    async fn is_still_alive(&self, key: SessionKey) -> Result<bool, StoreError> {
        let inner = self.inner();
        let now = inner.clock.now();
        Ok(inner
            .decoded
            .load(&*inner.logins, key, now)
            .await?
            .is_some())
    }

    /// Saves what the app changed, and ends the session if the app deleted it.
    pub(super) async fn settle_values(
        &self,
        session: &Session,
        is_server_error: bool,
    ) -> session_store::Result<()> {
        let (values_deleted, has_ended) = {
            let outcome = self.outcome();
            (outcome.values_deleted, outcome.has_ended)
        };
        if !values_deleted && !session.is_modified() {
            return Ok(());
        }
        let was_cycled = session.id().is_none() && !session.is_empty().await;
        if values_deleted && !was_cycled && !has_ended {
            self.mark_asked();
            self.end_session().await.map_err(backend)?;
        } else if session.is_modified() && !is_server_error && !session.is_empty().await {
            self.mark_asked();
            session.save().await.map_err(session_error)?;
        }
        Ok(())
    }

    /// Brings the claims in the app's own session into line with the login.
    pub(super) async fn copy_claims(&self) -> session_store::Result<()> {
        let Some(session) = &self.app_session else {
            return Ok(());
        };
        let login = self.loaded().await.map_err(backend)?;
        let wanted = login.map(|loaded| claims_value(&loaded.login));
        let present = session.get_value(CLAIMS_KEY).await.map_err(session_error)?;
        match wanted {
            Some(claims) if present.as_ref() != Some(&claims) => {
                session
                    .insert_value(CLAIMS_KEY, claims)
                    .await
                    .map_err(session_error)?;
            }
            None if present.is_some() => {
                session
                    .remove_value(CLAIMS_KEY)
                    .await
                    .map_err(session_error)?;
            }
            _ => (),
        }
        Ok(())
    }
}

/// Holds what is put into a session before that session exists, for `on_login`.
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
        for (key, value) in values {
            session
                .insert_value(&key, value)
                .await
                .map_err(session_error)?;
        }
        let claims = claims_value(login);
        session
            .insert_value(CLAIMS_KEY, claims)
            .await
            .map_err(session_error)?;
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
        values.remove(CLAIMS_KEY);
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

/// The claims as they stand in a session, decoded only when an app looks into its session.
pub(super) fn claims_value(login: &Login) -> Value {
    Value::Object(login.claims().as_map().clone())
}

#[allow(clippy::needless_pass_by_value)] // what `map_err` hands over
pub(super) fn session_error(error: session::Error) -> session_store::Error {
    session_store::Error::Backend(error.to_string())
}

#[allow(clippy::needless_pass_by_value)] // what `map_err` hands over
fn backend(error: StoreError) -> session_store::Error {
    session_store::Error::Backend(error.to_string())
}
