//! The app's own `tower_sessions::Session`, where it brings one: the claims are copied into it.

use std::collections::HashMap;

use serde_json::Value;
use tower_sessions_core::{Session, session_store};

use super::{
    app_values::{backend, session_error},
    context::RequestContext,
    session_keys::{CLAIMS_KEY, OWNER_KEY, claims_value, may_see, owner_value},
};
use crate::session::Login;

impl RequestContext {
    /// The app's own session, where it brings one.
    pub(super) fn app_session(&self) -> Option<&Session> {
        self.app_session.as_ref()
    }

    /// Whether the browser sent the cookie of the app's own session.
    pub(super) fn has_app_session_cookie(&self) -> bool {
        let session = self.app_session();
        session.is_some_and(|session| session.id().is_some())
    }

    /// Brings the claims in the app's own session into line with the login.
    pub(super) async fn copy_claims(&self) -> session_store::Result<()> {
        let Some(session) = self.app_session() else {
            return Ok(());
        };
        let login = self.loaded().await.map_err(backend)?;
        let Some(loaded) = login else {
            return end(session).await;
        };
        let present = session.get_value(CLAIMS_KEY).await.map_err(session_error)?;
        let present = present.as_ref().and_then(Value::as_object);
        if present == Some(loaded.login.claims().as_map()) {
            return Ok(());
        }
        write_claims(session, &loaded.login).await
    }
}

/// The session of whoever signs in gets a new id, and keeps only what was theirs or nobody's.
pub(super) async fn renew(
    session: &Session,
    login: &Login,
    values: HashMap<String, Value>,
    may_keep: bool,
) -> session_store::Result<()> {
    let owner = session.get_value(OWNER_KEY).await.map_err(session_error)?;
    if !may_keep || !may_see(owner.as_ref(), Some(login)) {
        session.flush().await.map_err(session_error)?;
    }
    // After a flush as well: tower-sessions would create the next record under the old id.
    session.cycle_id().await.map_err(session_error)?;
    for (key, value) in values {
        session
            .insert_value(&key, value)
            .await
            .map_err(session_error)?;
    }
    write_claims(session, login).await?;
    session.save().await.map_err(session_error)
}

/// Empties the session of a user who is no longer signed in; a visitor's own is left alone.
pub(super) async fn end(session: &Session) -> session_store::Result<()> {
    let owner = session.get_value(OWNER_KEY).await.map_err(session_error)?;
    if owner.is_some() {
        return session.flush().await.map_err(session_error);
    }
    let claims = session.get_value(CLAIMS_KEY).await.map_err(session_error)?;
    if claims.is_some() {
        let removed = session.remove_value(CLAIMS_KEY).await;
        removed.map_err(session_error)?;
    }
    Ok(())
}

async fn write_claims(session: &Session, login: &Login) -> session_store::Result<()> {
    for (key, value) in [
        (CLAIMS_KEY, claims_value(login)),
        (OWNER_KEY, owner_value(login)),
    ] {
        session
            .insert_value(key, value)
            .await
            .map_err(session_error)?;
    }
    Ok(())
}
