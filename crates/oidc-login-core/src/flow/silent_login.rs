//! Visitors of open pages who are signed in without a question (`prompt=none`).

use std::sync::Arc;

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Method, Response};

use super::{
    context::RequestContext,
    navigation::{RequestKind, text},
    refused_login::Asked,
    respond::redirect,
};
use crate::{
    config::{ReturnTo, SilentLogin},
    error::LoginError,
    protocol::{LoginParameters, State},
    session::{Login, SilentMark},
};

/// The attempt of every silent login: it is never tried again with a question that nobody asked
/// for, and an answer that lost its cookie still tells that it was one.
pub(super) const SILENT_ATTEMPT: u8 = u8::MAX;

impl RequestContext {
    /// Who makes a request for a page that is open to everybody. With
    /// [`SilentLogin::OnVisits`] a visitor may be sent to the provider first.
    ///
    /// # Errors
    /// The answer to send instead.
    pub async fn admit_anybody(
        &self,
        headers: &HeaderMap,
    ) -> Result<Option<Arc<Login>>, Box<Response<Bytes>>> {
        if !self.is_degraded()
            && let Some(login) = self.login_now()
        {
            return Ok(Some(login.clone()));
        }
        // Boxed, so that the future of every request need not have room for it.
        Box::pin(self.admit_visitor(headers)).await
    }

    async fn admit_visitor(
        &self,
        headers: &HeaderMap,
    ) -> Result<Option<Arc<Login>>, Box<Response<Bytes>>> {
        match self.login_if_known().await {
            Ok(None) => match self.silent_login(headers) {
                Some(answer) => Err(Box::new(answer)),
                None => Ok(None),
            },
            Ok(login) => Ok(login),
            Err(error) => Err(Box::new(self.error_response(error, headers))),
        }
    }

    /// Sends a visitor to the provider, where that may be.
    fn silent_login(&self, headers: &HeaderMap) -> Option<Response<Bytes>> {
        if !self.may_be_silent(headers) {
            return None;
        }
        let inner = self.inner();
        let now = inner.clock.unix_timestamp();
        match SilentMark::find(&inner.names, headers) {
            // Only a browser that is seen to keep our cookies is not sent round and round.
            None => {
                self.mark(SilentMark::Seen);
                None
            }
            Some(mark) if mark.is_due(now) => {
                self.mark(SilentMark::Tried(now));
                inner.layout.saw_redirect_to_login();
                let target = Some(self.path_and_query());
                Some(redirect(
                    &self.login_url_with(target, &LoginParameters::silent()),
                ))
            }
            Some(_) => None,
        }
    }

    /// Whether a person opens a page that a login can come back to, and nothing speaks against it.
    fn may_be_silent(&self, headers: &HeaderMap) -> bool {
        let inner = self.inner();
        let says = |name, value| text(headers, name) == value;
        let leads_back = || {
            let client = &inner.client;
            let target = ReturnTo::parse(self.path_and_query(), &client.root_url);
            target.is_ok_and(|target| client.endpoints.of(target.path()).is_none())
        };
        inner.silent_login == SilentLogin::OnVisits
            && self.method == Method::GET
            && says("sec-fetch-mode", "navigate")
            && says("sec-fetch-dest", "document")
            && RequestKind::of(&self.method, headers) == RequestKind::Navigation
            && !self.is_degraded()
            && !self.is_over()
            && !inner.names.is_signed_out(headers)
            && leads_back()
    }

    /// A silent login that failed ends where it began, with a visitor.
    pub(super) fn failed(
        &self,
        state: &State,
        asked: &Asked,
        error: LoginError,
        headers: &HeaderMap,
    ) -> Result<Response<Bytes>, LoginError> {
        self.meet(&error);
        if !asked.parameters.is_silent() {
            return Err(error);
        }
        self.drop_pending_login(state, headers);
        self.end_round(asked.round, headers);
        Ok(stays_visitor(&error, &asked.return_to))
    }

    /// Somebody signed in: for now there is nothing to try.
    pub(super) fn end_silence(&self) {
        let now = self.inner().clock.unix_timestamp();
        self.mark(SilentMark::Tried(now));
    }

    /// Somebody signed out: nobody is signed in again before they ask for it.
    pub(super) fn begin_silence(&self) {
        self.mark(SilentMark::SignedOut);
    }

    fn mark(&self, mark: SilentMark) {
        let inner = self.inner();
        if inner.silent_login == SilentLogin::Off {
            return;
        }
        let own = format!("{}=", inner.names.silent());
        let mut outcome = self.outcome();
        let others = |line: &HeaderValue| !line.as_bytes().starts_with(own.as_bytes());
        outcome.cookies.retain(others);
        outcome.cookies.push(mark.line(&inner.names));
    }
}

/// Sends the browser back to the page that it opened.
pub(super) fn stays_visitor(error: &LoginError, return_to: &str) -> Response<Bytes> {
    tracing::warn!(
        code = error.code(),
        evidence = ?error.evidence(),
        provider = ?error.said_by_provider(),
        "nobody was signed in silently, as that failed"
    );
    redirect(return_to)
}
