//! The app's own values: the session store of one request, under one cookie with the login.

use std::{collections::HashMap, sync::Arc};

use async_trait::async_trait;
use time::OffsetDateTime;
use tower_sessions_core::{
    Expiry, Session, SessionStore,
    session::{self, Id, Record},
    session_store,
};

use super::{
    context::RequestContext,
    session_keys::{CLAIMS_KEY, OWNER_KEY, claims_value, may_see, owner_value},
};
use crate::session::{EndedOf, Login, SessionId, SessionKey, StoreError};

impl RequestContext {
    /// The session for the app's own values.
    pub(super) fn session(self: &Arc<Self>) -> Session {
        let fixed = self.inner().fixed_login.as_ref();
        let key = self.presented.keys().next();
        let key = key.or(fixed.map(|_| SessionKey::of_nobody()));
        let longest = self.inner().lifetimes.absolute;
        let id = key.map(SessionKey::app_session_id);
        Session::new(id, self.clone(), Some(Expiry::OnInactivity(longest)))
    }

    /// The id under which this request's values are: the login's, or the one that has any.
    async fn values_id(&self) -> session_store::Result<Option<&SessionId>> {
        if let Some(only) = self.presented.only() {
            return Ok(Some(only));
        }
        if let Some(loaded) = self.loaded().await.map_err(backend)? {
            return Ok(self.presented.id(loaded.key));
        }
        let mut found = None;
        for id in self.presented.ids() {
            let values = self.inner().values.load(id).await?;
            if values.is_some() && found.replace(id).is_some() {
                return Ok(None);
            }
        }
        Ok(found)
    }

    /// A record as it is kept: without claims, with its owner, and ending with the login, or a
    /// session's longest time after the last write.
    fn kept(&self, record: &Record, id: &SessionId, login: Option<&Login>) -> Record {
        let now = self.inner().clock.now();
        let end = login.map_or_else(|| self.inner().lifetimes.ends_at(now), Login::ends_at);
        let mut data = record.data.clone();
        data.remove(CLAIMS_KEY);
        match login {
            Some(login) => data.insert(OWNER_KEY.to_owned(), owner_value(login)),
            None => data.remove(OWNER_KEY),
        };
        // tower-sessions reckons by the system's clock.
        let left = record.expiry_date - OffsetDateTime::now_utc();
        Record {
            id: id.key().app_session_id(),
            data,
            expiry_date: now.saturating_add(left).min(end),
        }
    }
}

// No part of the API: a type of its own would cost each request one more allocation.
#[doc(hidden)]
#[async_trait]
impl SessionStore for RequestContext {
    /// Called for values without a session yet, and after `cycle_id`.
    async fn create(&self, record: &mut Record) -> session_store::Result<()> {
        self.check_writable()?;
        if self.has_ended_elsewhere() {
            return self.dropped_renewal();
        }
        let was_flushed = !record.data.contains_key(CLAIMS_KEY);
        if was_flushed && self.loaded().await.map_err(backend)?.is_some() {
            self.end_session().await.map_err(backend)?;
        }
        if let Some(renewed) = self.renewed() {
            // An id that has not left this process yet needs no renewal.
            record.id = renewed.key().app_session_id();
            self.outcome().values_deleted = false;
            return self.save(record).await;
        }
        let login = self.loaded().await.map_err(backend)?;
        let id = SessionId::fresh(&*self.inner().random);
        let values = &self.inner().values;
        let has_moved_login = login.is_some_and(|old| self.presented.id(old.key).is_some());
        let login = login.map(|loaded| &*loaded.login);
        let kept = self.kept(record, &id, login);
        let kept_at = values.create(&id, kept).await?;
        if !self.move_login(&id).await.map_err(backend)? {
            values.delete(&kept_at).await?;
            return self.dropped_renewal();
        }
        record.id = kept_at;
        {
            let mut outcome = self.outcome();
            outcome.moved_login = has_moved_login.then(|| id.clone());
            outcome.renewed = Some(id);
            outcome.values_deleted = false;
        }
        if let Err(error) = self.end_old_values().await {
            tracing::warn!(%error, "the values of a session that was renewed are still there");
        }
        Ok(())
    }

    async fn save(&self, record: &Record) -> session_store::Result<()> {
        self.check_writable()?;
        let login = self.loaded().await.map_err(backend)?;
        let renewed = self.renewed();
        let id = match &renewed {
            Some(id) => Some(id),
            None => self.values_id().await?,
        };
        let is_alive = match (&renewed, login) {
            (Some(_), _) => true,
            _ if self.has_ended_elsewhere() => false,
            (None, Some(_)) if self.inner().fixed_login.is_some() => true,
            (None, Some(loaded)) => self.is_still_alive(loaded.key).await.map_err(backend)?,
            (None, None) => !self.is_over(),
        };
        if !is_alive {
            return dropped();
        }
        let Some(id) = id else {
            return self.create(&mut record.clone()).await;
        };
        let login = login.map(|loaded| &*loaded.login);
        let kept = self.kept(record, id, login);
        if renewed.is_some() || self.has_values(id, login).await? {
            self.inner().values.save(id, kept).await
        } else if login.is_some() {
            self.make_anew(id, kept).await
        } else {
            // An id that no session of ours has was made by somebody else.
            self.create(&mut record.clone()).await
        }
    }

    async fn load(&self, id: &Id) -> session_store::Result<Option<Record>> {
        self.mark_asked();
        if self.is_degraded() {
            return Ok(None);
        }
        match self.load_values(id).await {
            Err(error) if self.may_be_a_visitors().await => self.as_visitor(error),
            loaded => loaded,
        }
    }

    /// `flush`, `delete` and `cycle_id` all come here; what was meant shows when the request ends.
    async fn delete(&self, _id: &Id) -> session_store::Result<()> {
        self.outcome().values_deleted = true;
        Ok(())
    }
}

impl RequestContext {
    async fn load_values(&self, id: &Id) -> session_store::Result<Option<Record>> {
        let values = match self.values_id().await? {
            Some(id) => self.inner().values.load(id).await?,
            None => None,
        };
        let login = self.loaded().await.map_err(backend)?;
        let login = login.map(|loaded| &*loaded.login);
        let values = values.filter(|record| may_see(record.data.get(OWNER_KEY), login));
        let mut record = match (values, login) {
            (Some(record), _) => record,
            (None, None) => return Ok(None),
            (None, Some(login)) => Record {
                id: *id,
                data: HashMap::new(),
                expiry_date: login.ends_at(),
            },
        };
        record.id = *id;
        record.data.remove(OWNER_KEY);
        record.data.remove(CLAIMS_KEY);
        if let Some(login) = login {
            let claims = claims_value(login);
            record.data.insert(CLAIMS_KEY.to_owned(), claims);
        }
        Ok(Some(record))
    }

    /// Whether nobody is known to be signed in: whose values are missing is told so.
    async fn may_be_a_visitors(&self) -> bool {
        !matches!(self.loaded().await, Ok(Some(_)))
    }

    /// Whether the session this request came with was ended by another request in the meantime.
    fn has_ended_elsewhere(&self) -> bool {
        let has_ended_here = self
            .outcome_so_far()
            .is_some_and(|outcome| outcome.has_ended || outcome.renewed.is_some());
        !has_ended_here && self.presented.keys().any(|key| self.has_ended_since(&key))
    }

    /// A renewal that came too late is not to be taken for an end of the session either.
    fn dropped_renewal(&self) -> session_store::Result<()> {
        self.outcome().values_deleted = false;
        dropped()
    }

    /// Ends what stood under the id that this request came with. Of several that are alive nobody
    /// knows which is the browser's own, so they stay.
    async fn end_old_values(&self) -> session_store::Result<()> {
        let inner = self.inner();
        let login = self.loaded().await.map_err(backend)?;
        let (key, had_login) = match (login, self.presented.only()) {
            (Some(loaded), _) => (loaded.key, true),
            (None, Some(only)) => (only.key(), false),
            (None, None) => return Ok(()),
        };
        if had_login || inner.values.exist(key).await? {
            let of = if had_login {
                EndedOf::Login
            } else {
                EndedOf::Visitor
            };
            let is_first = !self.is_overtaken(None);
            let mark = inner.ended.mark(key, of, inner.clock.now());
            self.outcome().own_mark = Some(mark).filter(|_| is_first);
            inner.values.delete(&key.app_session_id()).await?;
        }
        Ok(())
    }

    async fn is_still_alive(&self, key: SessionKey) -> Result<bool, StoreError> {
        match self.presented.id(key) {
            Some(id) => Ok(self.inner().present(id).await?.is_some()),
            None => Ok(false),
        }
    }

    /// Whether a session has values that this user may see.
    async fn has_values(
        &self,
        id: &SessionId,
        login: Option<&Login>,
    ) -> session_store::Result<bool> {
        let values = self.inner().values.load(id).await?;
        Ok(values.is_some_and(|record| may_see(record.data.get(OWNER_KEY), login)))
    }

    /// Puts values where the login has none any more: stores may only change what is there.
    async fn make_anew(&self, id: &SessionId, kept: Record) -> session_store::Result<()> {
        let values = &self.inner().values;
        let wanted = kept.id;
        let kept_at = values.create(id, kept.clone()).await?;
        if kept_at != wanted {
            // Another request was first, or what is there cannot be read; the store gave us another id.
            values.delete(&kept_at).await?;
            values.save(id, kept).await?;
        }
        // A sign-out deletes what it finds after it has ended the login; this may have come later.
        let has_login = self.inner().fixed_login.is_none();
        if has_login && !self.is_still_alive(id.key()).await.map_err(backend)? {
            values.delete(&wanted).await?;
            return dropped();
        }
        Ok(())
    }
}

/// What comes late for a session that has ended.
#[allow(clippy::unnecessary_wraps)] // the answer of every call that drops something
fn dropped() -> session_store::Result<()> {
    tracing::info!("the session ended while a request was under way; what it wrote is dropped");
    Ok(())
}

#[allow(clippy::needless_pass_by_value)] // for map_err
pub(super) fn session_error(error: session::Error) -> session_store::Error {
    session_store::Error::Backend(error.to_string())
}

#[allow(clippy::needless_pass_by_value)] // for map_err
pub(super) fn backend(error: StoreError) -> session_store::Error {
    session_store::Error::Backend(error.to_string())
}
