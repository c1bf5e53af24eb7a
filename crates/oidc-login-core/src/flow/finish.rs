//! The end of a request: what it did to the session goes out with the answer.

use std::sync::Arc;

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Response, StatusCode, header};
use tower_sessions_core::Session;

use super::{context::RequestContext, navigation::text, respond::keep_private};
use crate::error::{LoginError, LoginErrorKind};

impl RequestContext {
    /// Saves the app's values, sets our cookies and the cache headers.
    ///
    /// `session` is the one made by [`own_session`](Self::own_session), for an answer of the app.
    ///
    /// # Errors
    /// When the store does not take the app's values; the answer must then not go out.
    pub async fn finish(
        &self,
        session: Option<&Session>,
        status: StatusCode,
        headers: &mut HeaderMap,
    ) -> Result<(), LoginError> {
        if let Some(session) = session.filter(|session| self.has_changed_values(session)) {
            // Boxed, so that the future of every request need not have room for it.
            Box::pin(self.settle_values(session, status.is_server_error()))
                .await
                .map_err(|error| {
                    LoginError::new(LoginErrorKind::StoreUnavailable).with_source(error)
                })?;
        }
        self.set_cookies(headers);
        if self.was_asked() {
            keep_private(headers);
        }
        Ok(())
    }

    /// The answer instead of the app's, after [`finish`](Self::finish) failed. A session that was
    /// renewed or ended before that still reaches the browser.
    pub fn unfinished(&self, error: LoginError, headers: &HeaderMap) -> Response<Bytes> {
        let mut request = HeaderMap::new();
        if text(headers, "content-type").starts_with("text/") {
            request.insert(header::ACCEPT, HeaderValue::from_static("text/html"));
        }
        let mut response = self.error_response(error, &request);
        self.set_cookies(response.headers_mut());
        keep_private(response.headers_mut());
        response
    }

    /// Ends the session that an app flushed, where nobody waits for the answer any more: the client
    /// hung up, or the handler panicked.
    pub fn abandon(self: &Arc<Self>, session: Session) {
        if !self.outcome().values_deleted {
            return;
        }
        let context = self.clone();
        self.inner().spawn.spawn(Box::pin(async move {
            if let Err(error) = context.settle_values(&session, true).await {
                tracing::error!(%error, "a session that was flushed is still there");
            }
        }));
    }

    /// Our session cookie is set only by a request that itself made, renewed or ended a session: a
    /// late answer never touches the cookie of a newer login.
    fn set_cookies(&self, headers: &mut HeaderMap) {
        let names = &self.inner().names;
        let mut outcome = self.outcome();
        let session = match (&outcome.renewed, outcome.has_ended) {
            // Somebody signed out, or in, before this answer was ready.
            (Some(id), _) if self.has_ended_since(&id.key()) => None,
            (Some(id), _) => Some(names.set_session(id)),
            (None, true) => Some(names.remove_session()),
            (None, false) => None,
        };
        for line in outcome.cookies.drain(..).chain(session) {
            headers.append(header::SET_COOKIE, line);
            self.mark_asked();
            // Whatever the app said: a cache must not hand our cookie to others.
            if !text(headers, "cache-control").contains("no-store") {
                headers.remove(header::CACHE_CONTROL);
            }
        }
    }
}
