//! Requests to open routes while the session store fails.

use std::sync::{Arc, atomic::Ordering};

use time::OffsetDateTime;
use tower_sessions_core::session_store;

use super::context::RequestContext;
use crate::{
    config::StoreFailure,
    error::{LoginError, LoginErrorKind},
    session::Login,
};

impl RequestContext {
    /// Who makes this request, for a route that is open to everybody: where the store fails, and the
    /// app chose [`StoreFailure::Anonymous`], nobody.
    ///
    /// # Errors
    /// When the session store does not answer, and the app did not choose that.
    pub async fn login_if_known(&self) -> Result<Option<Arc<Login>>, LoginError> {
        if self.is_degraded() {
            return Ok(None);
        }
        let login = self.login().await;
        login.or_else(|error| self.as_visitor(error))
    }

    /// When the login of this request ends if nobody uses it, for a route that is open to everybody.
    ///
    /// # Errors
    /// As [`login_if_known`](Self::login_if_known).
    pub async fn idle_until_if_known(&self) -> Result<Option<OffsetDateTime>, LoginError> {
        if self.is_degraded() {
            return Ok(None);
        }
        let idle_until = self.idle_until().await;
        idle_until.or_else(|error| self.as_visitor(error))
    }

    /// The user counts as a visitor from here on, where the app chose that.
    pub(super) fn as_visitor<T, E: std::error::Error>(&self, error: E) -> Result<Option<T>, E> {
        match self.inner().store_failure {
            StoreFailure::Unavailable => Err(error),
            StoreFailure::Anonymous => {
                tracing::warn!(%error, "the session store fails, the user counts as a visitor");
                self.is_degraded.store(true, Ordering::Relaxed);
                Ok(None)
            }
        }
    }

    /// Whether the user was taken for a visitor because the store failed.
    pub(super) fn is_degraded(&self) -> bool {
        self.is_degraded.load(Ordering::Relaxed)
    }

    /// Refuses to write: who could not be read must not be overwritten.
    pub(super) fn check_writable(&self) -> session_store::Result<()> {
        if !self.is_degraded() {
            return Ok(());
        }
        let error = LoginError::new(LoginErrorKind::StoreUnavailable);
        Err(session_store::Error::Backend(error.to_string()))
    }
}
