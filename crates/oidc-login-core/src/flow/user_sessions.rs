//! The sessions of a user: to list them, and to end one or all.

use std::sync::Arc;

use bytes::Bytes;

use super::context::{RequestContext, unavailable};
use crate::{
    error::LoginError,
    relying_party::{Inner, RelyingParty},
    session::{
        EndBy, ListedSession, LoadedLogin, Login, SessionHandle, SessionKey, StoreError,
        SubjectKey, UserSession, at,
    },
    telemetry::{self, LogoutBy, OK},
};

/// How often to look for sessions that got a new id while the others were being ended.
const ROUNDS: u8 = 5;

/// For administrators and jobs: no request of the user is needed.
impl RelyingParty {
    /// The living sessions of a user of this client, newest first, at most
    /// [`MAX_SESSIONS_OF_USER`](crate::session::MAX_SESSIONS_OF_USER).
    ///
    /// # Errors
    /// When the session store does not answer.
    pub async fn sessions_of(&self, sub: &str) -> Result<Vec<ListedSession>, LoginError> {
        let found = self.0.of(sub).await?;
        Ok(self.0.listed(&found, sub, None))
    }

    /// Ends all logins of a user of this client up to this second, on every node, and what the app
    /// kept with them; says how many it found, of which some may have been over before.
    ///
    /// A login that is still on its way is refused. A later one is not: who may no longer come in
    /// at all is refused by the provider, or by [`on_login`](crate::RelyingPartyBuilder::on_login).
    /// What is later is decided by the earlier one of the provider's clock and ours. `on_logout`
    /// is not called.
    ///
    /// # Errors
    /// When the session store does not answer: then some logins may be ended and others not, and
    /// the same call again ends the rest.
    pub async fn end_sessions_of(&self, sub: &str) -> Result<usize, LoginError> {
        let logout = EndBy::Subject {
            keys: &self.0.subject_keys(sub),
            logged_in_until: self.0.clock.now(),
        };
        let ended = self.0.end_by(logout).await.map_err(unavailable)?.len();
        telemetry::logout(LogoutBy::App, OK);
        tracing::info!(ended, "all sessions of a user were ended");
        Ok(ended)
    }
}

impl RequestContext {
    /// The sessions of the user who makes this request, newest first; none of a visitor.
    ///
    /// # Errors
    /// When the session store does not answer.
    pub async fn sessions(&self) -> Result<Vec<ListedSession>, LoginError> {
        let Some(loaded) = self.user().await? else {
            return Ok(Vec::new());
        };
        let (sub, this) = (loaded.login.subject(), self.this_key(loaded));
        let mut found = self.inner().of(sub).await?;
        // One whose index was made with secrets that are gone is alive all the same.
        if found.iter().all(|session| session.key != this) {
            found.insert(0, without_index(loaded, this));
        }
        Ok(self.inner().listed(&found, sub, Some(this)))
    }

    /// Ends one session of the user who makes this request, by its handle; says whether there was
    /// one. If it is this very session, the user signs out here.
    ///
    /// # Errors
    /// When the session store does not answer.
    pub async fn end_listed_session(
        self: &Arc<Self>,
        handle: &SessionHandle,
    ) -> Result<bool, LoginError> {
        let Some(loaded) = self.user().await? else {
            return Ok(false);
        };
        let inner = self.inner();
        let is_meant = |key: &SessionKey| inner.keys.is_session_handle(handle, key);
        if is_meant(&self.this_key(loaded)) {
            return self.sign_out_here().await.map(|ended| ended.is_some());
        }
        let found = inner.of(loaded.login.subject()).await?;
        let Some(other) = found.iter().find(|session| is_meant(&session.key)) else {
            tracing::info!("a session that was to be ended is none of this user's");
            return Ok(false);
        };
        let was_alive = inner.end_one(&other.key).await.map_err(unavailable)?;
        telemetry::logout(LogoutBy::User, OK);
        tracing::info!("a user ended another session of theirs");
        Ok(was_alive)
    }

    /// Ends all sessions of the user who makes this request but this one; says how many there were.
    /// A login that is still on its way is not ended.
    ///
    /// # Errors
    /// When the session store does not answer: then some may be ended and others not, and the same
    /// call again ends the rest.
    pub async fn end_other_sessions(&self) -> Result<usize, LoginError> {
        let Some(loaded) = self.user().await? else {
            return Ok(0);
        };
        let (inner, this) = (self.inner(), self.this_key(loaded));
        let mut ended = 0;
        for _ in 0..ROUNDS {
            let mut others = inner.of(loaded.login.subject()).await?;
            // Only now: another request may have given this session a new id meanwhile.
            let own = inner.line_of(this).await.map_err(unavailable)?;
            others.retain(|session| !own.contains(&session.key));
            if others.is_empty() {
                break;
            }
            for other in others {
                let was_alive = inner.end_one(&other.key).await.map_err(unavailable)?;
                ended += usize::from(was_alive);
            }
        }
        telemetry::logout(LogoutBy::User, OK);
        tracing::info!(ended, "a user ended their other sessions");
        Ok(ended)
    }

    async fn user(&self) -> Result<Option<&LoadedLogin>, LoginError> {
        self.mark_asked();
        self.loaded().await.map_err(unavailable)
    }

    /// The key of this session, which may have got a new id by this very request.
    fn this_key(&self, loaded: &LoadedLogin) -> SessionKey {
        self.renewed().map_or(loaded.key, |id| id.key())
    }
}

impl Inner {
    /// What the index holds about a session, as it is.
    pub(super) async fn about(
        &self,
        login: &Arc<Login>,
        key: SessionKey,
    ) -> Result<Bytes, StoreError> {
        let found = self.logins.of(&self.subject_keys(login.subject())).await?;
        let session = found.into_iter().find(|session| session.key == key);
        Ok(session.map(|session| session.about).unwrap_or_default())
    }

    async fn of(&self, sub: &str) -> Result<Vec<UserSession>, LoginError> {
        let found = self.logins.of(&self.subject_keys(sub)).await;
        found.map_err(unavailable)
    }

    /// Issuer, client and `sub`: who a user is.
    pub(super) fn user<'a>(&'a self, sub: &'a str) -> [&'a str; 3] {
        [self.client.provider.issuer(), &self.client.client_id, sub]
    }

    fn subject_keys(&self, sub: &str) -> Vec<SubjectKey> {
        let [issuer, client_id, sub] = self.user(sub);
        self.keys.subject_keys(issuer, client_id, sub)
    }

    fn listed(
        &self,
        found: &[UserSession],
        sub: &str,
        this: Option<SessionKey>,
    ) -> Vec<ListedSession> {
        let (keys, user) = (&self.keys, self.user(sub));
        let listed = |session| ListedSession::new(session, keys, &user, this);
        found.iter().map(listed).collect()
    }
}

fn without_index(loaded: &LoadedLogin, key: SessionKey) -> UserSession {
    UserSession {
        key,
        logged_in_at: loaded.login.logged_in_at(),
        deadline: at(loaded.ends_idle_at),
        about: Bytes::new(),
    }
}
