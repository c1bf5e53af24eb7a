//! What happens to each request.

use std::{
    future::Future,
    net::{IpAddr, SocketAddr},
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
};

use http::{Request, Response, request::Parts};
use http_body::Body as HttpBody;
use http_body_util::{BodyExt, LengthLimitError, Limited};
use oidc_login_core::{LoginErrorKind, MAX_BODY, RelyingParty, RequestContext, config::Endpoint};
use tower_service::Service;
use tower_sessions_core::Session;

use crate::body::Body;

/// The service of [`OidcLayer`](crate::OidcLayer).
#[derive(Clone, Debug)]
pub struct OidcService<S> {
    inner: S,
    relying_party: RelyingParty,
}

impl<S> OidcService<S> {
    pub(crate) fn new(inner: S, relying_party: RelyingParty) -> Self {
        Self {
            inner,
            relying_party,
        }
    }
}

impl<S, ReqBody, ResBody> Service<Request<ReqBody>> for OidcService<S>
where
    S: Service<Request<ReqBody>, Response = Response<ResBody>> + Clone + Send + 'static,
    S::Future: Send,
    ReqBody: HttpBody + Send + 'static,
    ReqBody::Data: Send,
    ReqBody::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
    ResBody: Send + 'static,
{
    type Response = Response<Body<ResBody>>;
    type Error = S::Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, S::Error>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, request: Request<ReqBody>) -> Self::Future {
        let (mut parts, body) = request.into_parts();
        let context = context(&self.relying_party, &parts);
        if let Some(endpoint) = context.endpoint() {
            return Box::pin(async move { Ok(serve(&context, endpoint, parts, body).await) });
        }
        match context.own_session(&parts) {
            Err(answer) => Box::pin(async move { Ok(answer.map(Body::own)) }),
            Ok(Some(session)) => {
                parts.extensions.insert(session.clone());
                parts.extensions.insert(context.clone());
                let response = self.inner.call(Request::from_parts(parts, body));
                Box::pin(finish(context, Some(session), response))
            }
            Ok(None) => {
                // The service that was polled ready must be the one that is called.
                let ready = self.inner.clone();
                let inner = std::mem::replace(&mut self.inner, ready);
                Box::pin(pass_with_app_session(inner, context, parts, body))
            }
        }
    }
}

/// The request as the browser sent it, also inside a nested router.
fn context(relying_party: &RelyingParty, parts: &Parts) -> Arc<RequestContext> {
    let peer = peer(parts);
    #[cfg(feature = "axum")]
    if let Some(original) = parts.extensions.get::<axum::extract::OriginalUri>() {
        return relying_party.context(parts, &original.0, peer);
    }
    relying_party.context(parts, &parts.uri, peer)
}

fn peer(parts: &Parts) -> Option<IpAddr> {
    #[cfg(feature = "axum")]
    if let Some(info) = parts
        .extensions
        .get::<axum::extract::ConnectInfo<SocketAddr>>()
    {
        return Some(info.0.ip());
    }
    parts.extensions.get::<SocketAddr>().map(SocketAddr::ip)
}

async fn serve<ReqBody, ResBody>(
    context: &Arc<RequestContext>,
    endpoint: Endpoint,
    parts: Parts,
    body: ReqBody,
) -> Response<Body<ResBody>>
where
    ReqBody: HttpBody,
    ReqBody::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    let body = Limited::new(body, MAX_BODY).collect().await;
    let body = match body {
        Ok(body) => Ok(body.to_bytes()),
        Err(error) if error.is::<LengthLimitError>() => Err(LoginErrorKind::BodyTooLarge),
        Err(_broken) => Err(LoginErrorKind::BodyBroken),
    };
    context.serve(endpoint, &parts, body).await.map(Body::own)
}

/// A request whose answer is not ready. It may be dropped at any time: when the client hangs up.
struct Pending {
    context: Arc<RequestContext>,
    session: Option<Session>,
}

impl Drop for Pending {
    fn drop(&mut self) {
        if let Some(session) = self.session.take() {
            self.context.abandon(session);
        }
    }
}

async fn pass_with_app_session<S, ReqBody, ResBody>(
    mut inner: S,
    context: Arc<RequestContext>,
    mut parts: Parts,
    body: ReqBody,
) -> Result<Response<Body<ResBody>>, S::Error>
where
    S: Service<Request<ReqBody>, Response = Response<ResBody>>,
{
    if let Err(answer) = context.admit_with_app_session(&parts.headers).await {
        return Ok(answer.map(Body::own));
    }
    parts.extensions.insert(context.clone());
    let response = inner.call(Request::from_parts(parts, body));
    finish(context, None, response).await
}

async fn finish<ResBody, E>(
    context: Arc<RequestContext>,
    session: Option<Session>,
    response: impl Future<Output = Result<Response<ResBody>, E>>,
) -> Result<Response<Body<ResBody>>, E> {
    let mut pending = Pending { context, session };
    let (mut parts, body) = response.await?.into_parts();
    let (context, session) = (&pending.context, pending.session.as_ref());
    let finished = context
        .finish(session, parts.status, &mut parts.headers)
        .await;
    pending.session = None;
    let context = &pending.context;
    Ok(match finished {
        Ok(()) => Response::from_parts(parts, Body::app(body)),
        Err(error) => context.unfinished(error, &parts.headers).map(Body::own),
    })
}
