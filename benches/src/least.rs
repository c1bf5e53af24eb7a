//! The least that a session layer can do: what any layer pays whose handlers know who is signed in.

use std::{
    collections::HashMap,
    future::Future,
    pin::Pin,
    sync::{Arc, Mutex, PoisonError},
    task::{Context, Poll, ready},
};

use aws_lc_rs::digest;
use axum::extract::FromRequestParts;
use http::{HeaderMap, HeaderValue, Request, Response, StatusCode, header, request::Parts};
use oidc_login::protocol::StandardClaims;
use tower::{Layer, Service};

/// Finds a session by the hash of its cookie and hands its claims on, with the headers that keep the
/// answer out of caches. No lifetimes, no logout, no roles, no sessions of the app's, no endpoints.
#[derive(Clone)]
pub(crate) struct LeastLayer(Arc<Sessions>);

type Sessions = Mutex<HashMap<[u8; 32], Arc<StandardClaims>>>;

/// The claims that [`LeastLayer`] found.
pub(crate) struct Found(pub(crate) Arc<StandardClaims>);

impl LeastLayer {
    /// The name of its cookie; as long as ours, which says whose it is.
    pub(crate) const COOKIE: &str = "least_session_01234567";

    /// A layer that knows one session, with this id.
    pub(crate) fn new(id: &str, claims: Arc<StandardClaims>) -> Self {
        let sessions = HashMap::from([(key(id.as_bytes()), claims)]);
        Self(Arc::new(Mutex::new(sessions)))
    }
}

fn key(id: &[u8]) -> [u8; 32] {
    let mut key = [0; 32];
    key.copy_from_slice(digest::digest(&digest::SHA256, id).as_ref());
    key
}

/// The service of [`LeastLayer`].
#[derive(Clone)]
pub(crate) struct Least<S> {
    inner: S,
    sessions: Arc<Sessions>,
}

impl<S> Layer<S> for LeastLayer {
    type Service = Least<S>;

    fn layer(&self, inner: S) -> Least<S> {
        let sessions = self.0.clone();
        Least { inner, sessions }
    }
}

impl<S> Least<S> {
    fn find(&self, headers: &HeaderMap) -> Option<Arc<StandardClaims>> {
        let pairs = headers
            .get(header::COOKIE)?
            .as_bytes()
            .split(|b| *b == b';');
        let name = LeastLayer::COOKIE.as_bytes();
        let mut ids =
            pairs.filter_map(|pair| pair.trim_ascii().strip_prefix(name)?.strip_prefix(b"="));
        let sessions = self.sessions.lock().unwrap_or_else(PoisonError::into_inner);
        sessions.get(&key(ids.next()?)).cloned()
    }
}

impl<S, Body, Answer> Service<Request<Body>> for Least<S>
where
    S: Service<Request<Body>, Response = Response<Answer>>,
    S::Future: Unpin,
{
    type Response = S::Response;
    type Error = S::Error;
    type Future = Private<S::Future>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, mut request: Request<Body>) -> Self::Future {
        if let Some(claims) = self.find(request.headers()) {
            request.extensions_mut().insert(claims);
        }
        Private(self.inner.call(request))
    }
}

/// An answer that no cache may keep.
pub(crate) struct Private<F>(F);

impl<F, B, E> Future for Private<F>
where
    F: Future<Output = Result<Response<B>, E>> + Unpin,
{
    type Output = F::Output;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let mut response = ready!(Pin::new(&mut self.0).poll(context))?;
        let headers = response.headers_mut();
        let private = HeaderValue::from_static("private, no-store");
        headers.insert(header::CACHE_CONTROL, private);
        headers.insert(header::VARY, HeaderValue::from_static("Cookie"));
        Poll::Ready(Ok(response))
    }
}

impl<S: Sync> FromRequestParts<S> for Found {
    type Rejection = StatusCode;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, StatusCode> {
        let found = parts.extensions.get::<Arc<StandardClaims>>().cloned();
        found.map(Self).ok_or(StatusCode::UNAUTHORIZED)
    }
}
