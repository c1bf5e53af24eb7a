//! The app's own `tower_sessions::Session`, where it brings one: the claims are copied into it.

use std::{collections::HashMap, future::Future};

use serde_json::Value;
use tower_sessions_core::{Session, session, session_store};

use super::{
    app_values::{backend, session_error},
    context::RequestContext,
    session_keys::{CLAIMS_KEY, OWNER_KEY, claims_value, may_see, owner_value},
};
use crate::session::{Login, Patience};

/// The app's own session. Its store is the app's, and waited for as long as any other.
pub(super) struct AppSession<'a> {
    session: &'a Session,
    patience: &'a Patience,
}

impl RequestContext {
    /// The app's own session, where it brings one.
    pub(super) fn app_session(&self) -> Option<AppSession<'_>> {
        let session = self.app_session.as_ref()?;
        let patience = &self.inner().patience;
        Some(AppSession { session, patience })
    }

    /// Whether the browser sent the cookie of the app's own session.
    pub(super) fn has_app_session_cookie(&self) -> bool {
        let session = self.app_session.as_ref();
        session.is_some_and(|session| session.id().is_some())
    }

    /// Brings the claims in the app's own session into line with the login.
    pub(super) async fn copy_claims(&self) -> session_store::Result<()> {
        let Some(session) = self.app_session() else {
            return Ok(());
        };
        let login = self.loaded().await.map_err(backend)?;
        let Some(loaded) = login else {
            return session.end().await;
        };
        let present = session.value(CLAIMS_KEY).await?;
        let present = present.as_ref().and_then(Value::as_object);
        if present == Some(loaded.login.claims().as_map()) {
            return Ok(());
        }
        session.write_claims(&loaded.login).await
    }
}

impl AppSession<'_> {
    /// The session of whoever signs in gets a new id, and keeps only what was theirs or nobody's.
    pub(super) async fn renew(
        &self,
        login: &Login,
        values: HashMap<String, Value>,
        may_keep: bool,
    ) -> session_store::Result<()> {
        let owner = self.value(OWNER_KEY).await?;
        if !may_keep || !may_see(owner.as_ref(), Some(login)) {
            self.wait(self.session.flush()).await?;
        }
        // After a flush as well: tower-sessions would create the next record under the old id.
        self.wait(self.session.cycle_id()).await?;
        for (key, value) in values {
            self.insert(&key, value).await?;
        }
        self.write_claims(login).await?;
        self.wait(self.session.save()).await
    }

    /// Empties the session of a user who is no longer signed in; a visitor's own is left alone.
    pub(super) async fn end(&self) -> session_store::Result<()> {
        if self.value(OWNER_KEY).await?.is_some() {
            // First: a session that was emptied and could not be deleted is saved by the app's layer,
            // which waits for that as long as it takes.
            self.wait(self.session.delete()).await?;
            return self.wait(self.session.flush()).await;
        }
        if self.value(CLAIMS_KEY).await?.is_some() {
            self.wait(self.session.remove_value(CLAIMS_KEY)).await?;
        }
        Ok(())
    }

    async fn write_claims(&self, login: &Login) -> session_store::Result<()> {
        self.insert(CLAIMS_KEY, claims_value(login)).await?;
        self.insert(OWNER_KEY, owner_value(login)).await
    }

    async fn value(&self, key: &str) -> session_store::Result<Option<Value>> {
        self.wait(self.session.get_value(key)).await
    }

    async fn insert(&self, key: &str, value: Value) -> session_store::Result<()> {
        let inserted = self.wait(self.session.insert_value(key, value)).await;
        inserted.map(drop)
    }

    async fn wait<T>(
        &self,
        call: impl Future<Output = Result<T, session::Error>>,
    ) -> session_store::Result<T> {
        let call = async { call.await.map_err(session_error) };
        self.patience.values(call).await
    }
}
