//! The end of the session of a request, asked for by its user.

use std::sync::Arc;

use tokio::sync::oneshot;

use super::context::{RequestContext, unavailable};
use crate::{
    error::{LoginError, LoginErrorKind},
    hooks::{LOGOUT_LIMIT, unpanicking},
    seams::within,
    session::Login,
    telemetry::{self, LogoutBy, OK},
};

impl RequestContext {
    /// Ends the session of this request and tells the app; says whose login it was. All of it is
    /// done, also where the client hangs up meanwhile.
    pub(super) async fn sign_out_here(self: &Arc<Self>) -> Result<Option<Arc<Login>>, LoginError> {
        let (context, (done, signed_out)) = (self.clone(), oneshot::channel());
        self.inner().spawn.spawn(Box::pin(async move {
            // Whoever hung up needs no answer.
            let _ = done.send(context.sign_out().await);
        }));
        let signed_out = signed_out.await;
        signed_out.unwrap_or_else(|_| Err(LoginErrorKind::Internal.into()))
    }

    async fn sign_out(&self) -> Result<Option<Arc<Login>>, LoginError> {
        let inner = self.inner();
        let loaded = self.loaded().await.map_err(unavailable)?;
        let id = loaded.and_then(|loaded| self.id_of(loaded));
        let ended = self.end_session().await.map_err(unavailable)?;
        let unsaved = id.and_then(|id| inner.refreshes.take_unsaved(id.key(), inner.clock.now()));
        let ended = ended.map(|ended| unsaved.map_or(ended, |unsaved| unsaved.login));
        if let Some(session) = self.app_session()
            && let Err(error) = session.end().await
        {
            tracing::warn!(%error, "the app's session cannot be emptied");
        }
        let Some(login) = &ended else {
            return Ok(None);
        };
        self.tell_app(login).await;
        self.rp.revoke_later(login.clone());
        telemetry::logout(LogoutBy::User, OK);
        tracing::info!(issuer = login.issuer(), "a user signed out");
        Ok(ended)
    }

    /// The app's word comes too late to change anything, so neither its failure nor its silence
    /// keeps the user from the provider's logout, nor their tokens from revocation.
    async fn tell_app(&self, login: &Arc<Login>) {
        let inner = self.inner();
        let Some(hook) = &inner.hooks.on_logout else {
            return;
        };
        let told = unpanicking(async { hook(login.clone()).await });
        match within(&*inner.timer, LOGOUT_LIMIT, told).await {
            Some(Ok(())) => {}
            Some(Err(error)) => tracing::error!(%error, "on_logout failed"),
            None => tracing::warn!(
                "on_logout takes longer than {} s and is left, the sign-out goes on",
                LOGOUT_LIMIT.as_secs()
            ),
        }
    }
}
