//! The one way a request leaves for the provider.

use std::fmt;

use async_trait::async_trait;
use bytes::Bytes;

/// Sends one request to the provider.
///
/// ```
/// # use oidc_login_core as oidc_login;
/// use oidc_login::{
///     async_trait,
///     bytes::Bytes,
///     http::{HeaderValue, Request, Response},
///     seams::{HttpClient, HttpError},
/// };
///
/// /// Tells a gateway in front of the provider who asks.
/// struct ByGateway<C>(C);
///
/// #[async_trait]
/// impl<C: HttpClient> HttpClient for ByGateway<C> {
///     async fn send(&self, mut request: Request<Bytes>) -> Result<Response<Bytes>, HttpError> {
///         let name = HeaderValue::from_static("intranet");
///         request.headers_mut().insert("x-gateway-client", name);
///         self.0.send(request).await
///     }
/// }
/// ```
///
/// # Security
/// An implementation follows no redirects, has a timeout, and reads at most 1 MiB of body,
/// counted after decompression. The provider's answers are not trusted.
#[async_trait]
pub trait HttpClient: Send + Sync + 'static {
    /// Sends the request and reads the whole answer.
    ///
    /// # Errors
    /// When there is no answer, or none that fits the limits. A status of 400 or 500 is an answer.
    async fn send(&self, request: http::Request<Bytes>)
    -> Result<http::Response<Bytes>, HttpError>;
}

/// Why there is no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum HttpErrorKind {
    /// No connection: name not found, refused, reset, TLS.
    Connect,
    /// No whole answer in time.
    Timeout,
    /// A body over the limit.
    BodyTooLarge,
    /// A body that ended early, or cannot be decoded.
    BodyBroken,
    /// Anything else.
    Other,
}

/// There was no answer to a request.
#[derive(Debug)]
pub struct HttpError {
    kind: HttpErrorKind,
    source: Option<Box<dyn std::error::Error + Send + Sync>>,
}

impl HttpError {
    /// An error of this kind.
    pub fn new(kind: HttpErrorKind) -> Self {
        Self { kind, source: None }
    }

    /// Adds the cause.
    ///
    /// # Security
    /// The cause is logged: it must not hold the request's body or headers.
    pub fn with_source(mut self, source: impl std::error::Error + Send + Sync + 'static) -> Self {
        self.source = Some(Box::new(source));
        self
    }

    /// What happened.
    pub fn kind(&self) -> HttpErrorKind {
        self.kind
    }
}

impl fmt::Display for HttpError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.kind {
            HttpErrorKind::Connect => "no connection to the provider",
            HttpErrorKind::Timeout => "no answer from the provider in time",
            HttpErrorKind::BodyTooLarge => "the provider's answer is larger than 1 MiB",
            HttpErrorKind::BodyBroken => "the provider's answer broke off or cannot be decoded",
            HttpErrorKind::Other => "the request to the provider failed",
        })
    }
}

impl std::error::Error for HttpError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.source
            .as_deref()
            .map(|source| source as &(dyn std::error::Error + 'static))
    }
}
