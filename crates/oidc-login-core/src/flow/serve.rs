//! Which request is for which endpoint, and how it is answered.

use std::{net::IpAddr, sync::Arc};

use bytes::Bytes;
use http::{
    Extensions, HeaderMap, HeaderValue, Method, Request, Response, Uri, header, request::Parts,
};

use tower_sessions_core::Session;
use tracing::Instrument as _;

use super::context::RequestContext;
use crate::{
    config::{Endpoint, FrontchannelLogout, ResponseMode},
    error::{LoginError, LoginErrorKind},
    relying_party::{RelyingParty, Sessions},
    telemetry,
};

const POSTED: &str = "the provider posts its answer, and this app asked for it in the address: the app's \
    administrator sets the response mode to form_post";

/// The most bytes of a request's body that an endpoint reads.
pub const MAX_BODY: usize = 64 * 1024;

impl RelyingParty {
    /// Looks at a request: what it is for, and later, on demand, who makes it.
    ///
    /// `uri` is the one the browser asked for, before any router cut something off; `peer` is the
    /// address the connection comes from, where it is known.
    pub fn context<B>(
        &self,
        request: &Request<B>,
        uri: &Uri,
        peer: Option<IpAddr>,
    ) -> Arc<RequestContext> {
        // What a router cuts off is part of the path.
        if uri.path() != request.uri().path() {
            let base_path = self.0.client.endpoints.base();
            self.0.layout.saw_nesting(uri, request.uri(), base_path);
        }
        Arc::new(RequestContext::new(self, request, uri, peer))
    }
}

impl RequestContext {
    /// Answers a request for one of our endpoints. `body` is why there is none, when it could not be read.
    pub async fn serve(
        self: &Arc<Self>,
        endpoint: Endpoint,
        parts: &Parts,
        body: Result<Bytes, LoginErrorKind>,
    ) -> Response<Bytes> {
        let served = self.served(endpoint, parts, body);
        served.instrument(telemetry::span_of(endpoint)).await
    }

    async fn served(
        self: &Arc<Self>,
        endpoint: Endpoint,
        parts: &Parts,
        body: Result<Bytes, LoginErrorKind>,
    ) -> Response<Bytes> {
        self.inner().layout.saw_an_endpoint();
        let headers = &parts.headers;
        let served = match body {
            Ok(body) => self.dispatch(endpoint, headers, &body).await,
            Err(kind) => Err(kind.into()),
        };
        self.count(endpoint, &served);
        let mut response = served.unwrap_or_else(|error| self.error_response(error, headers));
        if response.status() == http::StatusCode::METHOD_NOT_ALLOWED {
            let allowed = HeaderValue::from_static(self.allowed_methods(endpoint));
            response.headers_mut().insert(header::ALLOW, allowed);
        }
        self.finish(response.headers_mut());
        response
    }

    async fn dispatch(
        self: &Arc<Self>,
        endpoint: Endpoint,
        headers: &HeaderMap,
        body: &Bytes,
    ) -> Result<Response<Bytes>, LoginError> {
        self.check_session_layer()?;
        if !self.has(endpoint) {
            return Err(LoginErrorKind::UnknownEndpoint.into());
        }
        if !self.accepts(endpoint) {
            let error = LoginError::from(LoginErrorKind::MethodNotAllowed);
            return Err(
                if endpoint == Endpoint::Callback && self.method == Method::POST {
                    error.with_evidence("likely cause", POSTED)
                } else {
                    error
                },
            );
        }
        match endpoint {
            Endpoint::Login => self.serve_login(headers).await,
            Endpoint::Callback if self.method == Method::POST => {
                self.serve_posted_answer(headers, body)
            }
            Endpoint::Callback => self.serve_callback(headers).await,
            Endpoint::Initiate => self.serve_initiate(headers, body).await,
            Endpoint::Logout => self.serve_logout(headers, body).await,
            Endpoint::LogoutCallback => Ok(self.serve_logout_callback()),
            Endpoint::BackchannelLogout => Ok(self.serve_backchannel_logout(body).await),
            Endpoint::FrontchannelLogout => self.serve_frontchannel_logout().await,
            Endpoint::Session => self.serve_session().await,
            Endpoint::Jwks => self.serve_jwks(),
            Endpoint::Unknown => Err(LoginErrorKind::UnknownEndpoint.into()),
        }
    }

    /// Puts this context, and the session for the app's own values, into a request's extensions, and
    /// returns that session; `None` where the app brings its own, or keeps none.
    ///
    /// # Errors
    /// When somebody else brought a session already; the answer to send is
    /// [`error_response`](Self::error_response).
    pub fn enter(
        self: &Arc<Self>,
        extensions: &mut Extensions,
    ) -> Result<Option<Session>, LoginError> {
        let session = match self.inner().sessions {
            Sessions::App => None,
            Sessions::LoginsOnly if extensions.get::<Session>().is_none() => None,
            Sessions::LoginsOnly => return Err(doubled(extensions)),
            Sessions::Own => {
                let session = self.session();
                if extensions.insert(session.clone()).is_some() {
                    return Err(doubled(extensions));
                }
                Some(session)
            }
        };
        extensions.insert(self.clone());
        Ok(session)
    }

    /// Brings the app's own session into line with the login.
    ///
    /// # Errors
    /// The answer to send instead.
    pub async fn admit_with_app_session(
        &self,
        headers: &HeaderMap,
    ) -> Result<(), Box<Response<Bytes>>> {
        let prepared = self.prepare_app_session().await;
        prepared.map_err(|error| Box::new(self.error_response(error, headers)))
    }

    async fn prepare_app_session(&self) -> Result<(), LoginError> {
        self.check_session_layer()?;
        self.copy_claims()
            .await
            .map_err(|error| LoginError::new(LoginErrorKind::StoreUnavailable).with_source(error))
    }

    fn check_session_layer(&self) -> Result<(), LoginError> {
        if self.inner().sessions == Sessions::App && self.app_session().is_none() {
            return Err(LoginErrorKind::SessionLayerMissing.into());
        }
        Ok(())
    }

    /// Whether there is such an endpoint, with these settings.
    fn has(&self, endpoint: Endpoint) -> bool {
        match endpoint {
            Endpoint::FrontchannelLogout => {
                self.inner().client.frontchannel_logout == FrontchannelLogout::On
            }
            Endpoint::Unknown => false,
            _ => true,
        }
    }

    fn allowed_methods(&self, endpoint: Endpoint) -> &'static str {
        match endpoint {
            Endpoint::Callback if self.inner().client.response_mode == ResponseMode::FormPost => {
                "GET, POST"
            }
            Endpoint::Initiate | Endpoint::Logout => "GET, POST",
            Endpoint::BackchannelLogout => "POST",
            _ => "GET",
        }
    }

    fn accepts(&self, endpoint: Endpoint) -> bool {
        self.allowed_methods(endpoint)
            .split(", ")
            .any(|allowed| allowed == self.method)
    }
}

/// Whose session is there already: that of this layer, added twice, or of the app's own.
fn doubled(extensions: &Extensions) -> LoginError {
    if extensions.get::<Arc<RequestContext>>().is_some() {
        LoginErrorKind::LayerDoubled.into()
    } else {
        LoginErrorKind::SessionLayerDoubled.into()
    }
}
