//! The end of a request: what it did to the session goes out with the answer.

use std::sync::Arc;

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Response, StatusCode, header};
use tower_sessions_core::Session;

use super::{context::RequestContext, navigation::text, respond::keep_private};
use crate::{
    error::{LoginError, LoginErrorKind},
    session::{EndedOf, SessionId},
};

impl RequestContext {
    /// Whether the app changed its values or ended the session: then [`settle`](Self::settle) comes
    /// before [`finish`](Self::finish).
    ///
    /// `session` is the one made by [`enter`](Self::enter).
    pub fn is_unsettled(&self, session: &Session) -> bool {
        session.is_modified() || self.has_deleted_values() || self.moved_login().is_some()
    }

    /// Saves the app's values, and ends the session if the app deleted it.
    ///
    /// # Errors
    /// When the store does not take the app's values; the answer must then not go out, but
    /// [`unfinished`](Self::unfinished).
    pub async fn settle(&self, session: &Session, status: StatusCode) -> Result<(), LoginError> {
        let settled = self.settle_values(session, status.is_server_error());
        settled.await.map_err(|error| {
            LoginError::new(LoginErrorKind::StoreUnavailable).with_source(error)
        })?;
        self.notice_end_elsewhere().await;
        if let Some(id) = self.overtaken()
            && let Err(error) = self.inner().values.delete(&id.key().app_session_id()).await
        {
            tracing::warn!(%error, "values that no browser gets are still there");
        }
        Ok(())
    }

    /// The id that the app gave to a session in which somebody is signed in.
    fn moved_login(&self) -> Option<SessionId> {
        let outcome = self.outcome_so_far()?;
        outcome.moved_login.clone().filter(|_| !outcome.has_ended)
    }

    /// Another node may have ended the session by its old id: its new one is to reach no browser.
    async fn notice_end_elsewhere(&self) {
        let Some(id) = self.moved_login() else {
            return;
        };
        let inner = self.inner();
        // Where the store cannot tell, an id that leads nowhere does no harm.
        if let Ok(None) = inner.present(&id).await {
            inner
                .ended
                .mark(id.key(), EndedOf::Login, inner.clock.now());
        }
    }

    /// The id that this request gave to the session, where somebody signed out, or in, before the
    /// answer was ready: it reaches no browser.
    fn overtaken(&self) -> Option<SessionId> {
        let outcome = self.outcome_so_far()?;
        let id = outcome.renewed.clone()?;
        let is_by_app = self.endpoint().is_none() && !outcome.has_ended;
        let is_late =
            self.has_ended_since(&id.key()) || (is_by_app && self.is_overtaken(outcome.own_mark));
        is_late.then_some(id)
    }

    /// Sets our cookies and the cache headers.
    pub fn finish(&self, headers: &mut HeaderMap) {
        self.set_cookies(headers);
        if self.was_asked() {
            keep_private(headers);
        }
    }

    /// The answer instead of the app's, after [`settle`](Self::settle) failed. A session that was
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
        if !self.has_deleted_values() {
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
        let is_overtaken = self.overtaken().is_some();
        let Some(mut outcome) = self.outcome_so_far() else {
            return;
        };
        let names = &self.inner().names;
        let session = match (&outcome.renewed, outcome.has_ended) {
            (Some(_), _) if is_overtaken => None,
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
