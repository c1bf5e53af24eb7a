//! What happens to each request.

use std::{
    net::{IpAddr, SocketAddr},
    sync::Arc,
    task::{Context, Poll},
};

use http::{Extensions, Request, Response};
use http_body::Body as HttpBody;
use http_body_util::{BodyExt, LengthLimitError, Limited};
use oidc_login_core::{
    LoginErrorKind, MAX_BODY, RelyingParty, RequestContext, Sessions, config::Endpoint,
};
use tower_service::Service;

use crate::{body::Body, future::OidcFuture};

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
    type Future = OidcFuture<S::Future, ResBody, S::Error>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, mut request: Request<ReqBody>) -> Self::Future {
        let context = context(&self.relying_party, &request);
        if let Some(endpoint) = context.endpoint() {
            return OidcFuture::boxed(async move { Ok(serve(&context, endpoint, request).await) });
        }
        match context.enter(request.extensions_mut()) {
            Ok(None) if self.relying_party.sessions() == Sessions::App => {
                // The service that was polled ready must be the one that is called.
                let ready = self.inner.clone();
                let inner = std::mem::replace(&mut self.inner, ready);
                OidcFuture::boxed(pass_with_app_session(inner, context, request))
            }
            Ok(session) => OidcFuture::app(self.inner.call(request), context, session),
            Err(error) => {
                let answer = context.error_response(error, request.headers());
                OidcFuture::boxed(async { Ok(answer.map(Body::own)) })
            }
        }
    }
}

/// The request as the browser sent it, also inside a nested router.
fn context<B>(relying_party: &RelyingParty, request: &Request<B>) -> Arc<RequestContext> {
    let peer = peer(request.extensions());
    #[cfg(feature = "axum")]
    if let Some(original) = request.extensions().get::<axum::extract::OriginalUri>() {
        return relying_party.context(request, &original.0, peer);
    }
    relying_party.context(request, request.uri(), peer)
}

fn peer(extensions: &Extensions) -> Option<IpAddr> {
    #[cfg(feature = "axum")]
    if let Some(info) = extensions.get::<axum::extract::ConnectInfo<SocketAddr>>() {
        return Some(info.0.ip());
    }
    extensions.get::<SocketAddr>().map(SocketAddr::ip)
}

async fn serve<ReqBody, ResBody>(
    context: &Arc<RequestContext>,
    endpoint: Endpoint,
    request: Request<ReqBody>,
) -> Response<Body<ResBody>>
where
    ReqBody: HttpBody,
    ReqBody::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    let (parts, body) = request.into_parts();
    let body = Limited::new(body, MAX_BODY).collect().await;
    let body = match body {
        Ok(body) => Ok(body.to_bytes()),
        Err(error) if error.is::<LengthLimitError>() => Err(LoginErrorKind::BodyTooLarge),
        Err(_broken) => Err(LoginErrorKind::BodyBroken),
    };
    context.serve(endpoint, &parts, body).await.map(Body::own)
}

async fn pass_with_app_session<S, ReqBody, ResBody>(
    mut inner: S,
    context: Arc<RequestContext>,
    request: Request<ReqBody>,
) -> Result<Response<Body<ResBody>>, S::Error>
where
    S: Service<Request<ReqBody>, Response = Response<ResBody>>,
{
    if let Err(answer) = context.admit_with_app_session(request.headers()).await {
        return Ok(answer.map(Body::own));
    }
    let (mut parts, body) = inner.call(request).await?.into_parts();
    context.finish(&mut parts.headers);
    Ok(Response::from_parts(parts, Body::app(body)))
}
