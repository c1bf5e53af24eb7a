//! The end of the session of a request: the login, what it was renewed to, and the app's values.

use std::sync::Arc;

use tower_sessions_core::session_store;

use super::context::RequestContext;
use crate::{
    relying_party::Sessions,
    session::{EndedOf, Login, Moment, SessionKey, StoreError},
};

impl RequestContext {
    /// Ends the login of this request, and what the app kept with it. Gives back the login as the
    /// store had it last.
    pub(super) async fn end_session(&self) -> Result<Option<Arc<Login>>, StoreError> {
        let inner = self.inner();
        let loaded = self.loaded().await?;
        let mut ended = loaded.map(|loaded| loaded.login.clone());
        let id = loaded.and_then(|loaded| self.id_of(loaded));
        let renewed = self.renewed().map(|id| id.key());
        let mut keys: Vec<_> = self.presented.keys().chain(renewed).collect();
        let (mut was_alive, mut number) = (false, 0);
        while let Some(key) = keys.get(number).copied() {
            if let Some(record) = inner.logins.end(&key).await? {
                was_alive = true;
                // Its tokens may have been refreshed since this request looked.
                let own = id.as_ref().filter(|id| id.key() == key);
                let last = own.and_then(|id| inner.login_records.read(id, &record).ok());
                ended = last.map(|last| Arc::new(last.login)).or(ended);
                inner.ended.mark(key, EndedOf::Login, inner.clock.now());
            }
            inner.decoded.remove(&key);
            // Only now: a renewal is known before it ends the old id.
            inner.add_followers(&mut keys, number).await?;
            number += 1;
        }
        let of = if was_alive {
            EndedOf::Login
        } else {
            EndedOf::Visitor
        };
        match self.end_values(&keys).await {
            Ok(had_values) => was_alive |= had_values,
            Err(error) if was_alive => {
                tracing::warn!(%error, "the login has ended, but its values are still there");
            }
            Err(error) => return Err(StoreError::new(error)),
        }
        // Only what was there, or anybody could fill the memory with made-up keys.
        if was_alive {
            for key in &keys {
                inner.ended.mark(*key, of, inner.clock.now());
            }
        }
        let mut outcome = self.outcome();
        outcome.is_over = true;
        outcome.has_ended |= was_alive;
        outcome.renewed = None;
        drop(outcome);
        // A login that takes this one's place ends the silence at once.
        if ended.is_some() {
            self.begin_silence();
        }
        Ok(ended)
    }

    /// Deletes the app's values; says whether there were any that were not over before.
    async fn end_values(&self, keys: &[SessionKey]) -> session_store::Result<bool> {
        let inner = self.inner();
        let mut had_values = false;
        if inner.sessions == Sessions::Own {
            for key in keys {
                let id = key.app_session_id();
                if !self.has_ended_since(key) {
                    had_values |= inner.values.exist(*key).await?;
                }
                inner.values.delete(&id).await?;
            }
        }
        Ok(had_values)
    }

    /// Whether a session was ended, or got a new id, while this request was under way.
    pub(super) fn has_ended_since(&self, key: &SessionKey) -> bool {
        let inner = self.inner();
        inner.ended.is_after(key, self.begun, inner.clock.now())
    }

    /// Whether another request ended the session, or signed somebody in, after this one began.
    pub(super) fn is_overtaken(&self, own_mark: Option<Moment>) -> bool {
        let (ended, now) = (&self.inner().ended, self.inner().clock.now());
        self.presented.keys().any(|key| {
            let moment = ended.moment(&key, now);
            moment > Some(self.begun) && moment != own_mark
        })
    }
}
