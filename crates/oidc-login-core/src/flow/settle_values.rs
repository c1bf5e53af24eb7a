//! What the app did to its values, settled when its request ends.

use tower_sessions_core::{Session, session_store};

use super::{
    app_values::{backend, session_error},
    context::RequestContext,
    session_keys::CLAIMS_KEY,
};

impl RequestContext {
    /// Whether the app deleted its values, by `flush`, `delete` or `cycle_id`.
    pub(super) fn has_deleted_values(&self) -> bool {
        self.outcome_so_far()
            .is_some_and(|outcome| outcome.values_deleted)
    }

    /// Saves what the app changed, and ends the session if the app deleted it.
    pub(super) async fn settle_values(
        &self,
        session: &Session,
        is_server_error: bool,
    ) -> session_store::Result<()> {
        let values_deleted = self.has_deleted_values();
        if values_deleted || !is_server_error {
            self.check_writable()?;
        }
        if values_deleted && self.was_flushed(session).await? {
            self.mark_asked();
            self.end_session().await.map_err(backend)?;
        }
        if session.is_modified() && !is_server_error && !session.is_empty().await {
            self.mark_asked();
            session.save().await.map_err(session_error)?;
        }
        Ok(())
    }

    /// Whether the app meant the session to end, not to get a new id: `cycle_id` keeps the claims.
    async fn was_flushed(&self, session: &Session) -> session_store::Result<bool> {
        if session.id().is_some() || session.is_empty().await {
            return Ok(true);
        }
        let claims = session.get_value(CLAIMS_KEY).await.map_err(session_error)?;
        Ok(claims.is_none() && self.loaded().await.map_err(backend)?.is_some())
    }
}
