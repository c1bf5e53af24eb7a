//! The HTTP seam filled by reqwest.

use std::{path::Path, sync::Arc, time::Duration};

use async_trait::async_trait;
use bytes::{Bytes, BytesMut};
use reqwest::redirect::Policy;

use super::http_client::{HttpClient, HttpError, HttpErrorKind};
use crate::error::ConfigError;

const MAX_BODY: usize = 1 << 20;
/// Below the five seconds after which some servers close a connection that nobody uses: a request must
/// not meet that moment, and one with a code cannot be sent twice.
const IDLE: Duration = Duration::from_secs(4);

/// Requests to the provider through reqwest: no redirects, timeouts, at most 1 MiB of body.
///
/// Connections are used again while they are busy. Where the server closed one in that moment, a `GET` is sent once
/// more ([RFC 9112 §9.3.1]); nothing else is.
///
/// [RFC 9112 §9.3.1]: https://www.rfc-editor.org/rfc/rfc9112.html#section-9.3.1
#[derive(Clone, Debug)]
pub struct ReqwestClient {
    client: reqwest::Client,
    /// For this machine: the proxies of the environment are for others.
    local: reqwest::Client,
}

/// Settings of a [`ReqwestClient`].
#[derive(Debug)]
#[must_use]
pub struct ReqwestClientBuilder {
    timeout: Duration,
    extra_roots: Vec<reqwest::Certificate>,
}

impl ReqwestClient {
    /// The client with its defaults: 10 seconds for a whole request, the platform's CAs.
    ///
    /// # Errors
    /// When the TLS set-up of the machine cannot be used.
    pub fn new() -> Result<Self, ConfigError> {
        Self::builder().build()
    }

    /// A client with other settings.
    pub fn builder() -> ReqwestClientBuilder {
        ReqwestClientBuilder {
            timeout: Duration::from_secs(10),
            extra_roots: Vec::new(),
        }
    }
}

impl ReqwestClientBuilder {
    /// How long a whole request may take. Default: 10 seconds.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// Certificates (PEM) of authorities to trust besides the platform's.
    ///
    /// # Errors
    /// When the file cannot be read or holds no certificate.
    pub fn ca_file(mut self, path: impl AsRef<Path>) -> Result<Self, ConfigError> {
        let path = path.as_ref();
        let allowed = "a readable file with at least one certificate in PEM";
        let refuse = || ConfigError::new("ca_file", path.display().to_string(), allowed);
        let pem = std::fs::read(path).map_err(|error| refuse().with_source(error))?;
        let roots = reqwest::Certificate::from_pem_bundle(&pem)
            .map_err(|error| refuse().with_source(error))?;
        if roots.is_empty() {
            return Err(refuse());
        }
        self.extra_roots.extend(roots);
        Ok(self)
    }

    /// Builds the client.
    ///
    /// # Errors
    /// When the timeout is zero, or the TLS set-up of the machine cannot be used.
    pub fn build(self) -> Result<ReqwestClient, ConfigError> {
        if self.timeout.is_zero() {
            return Err(ConfigError::new(
                "request_timeout",
                "0 s",
                "longer than an answer of the provider takes; 10 seconds by default",
            ));
        }
        let built = |builder: reqwest::ClientBuilder| {
            builder.build().map_err(|error| {
                ConfigError::new("http client", "reqwest", "a usable TLS set-up").with_source(error)
            })
        };
        Ok(ReqwestClient {
            client: built(self.settings())?,
            local: built(self.settings().no_proxy())?,
        })
    }

    fn settings(&self) -> reqwest::ClientBuilder {
        let mut builder = reqwest::Client::builder()
            .redirect(Policy::none())
            .timeout(self.timeout)
            .connect_timeout(self.timeout)
            .pool_idle_timeout(IDLE)
            .user_agent(concat!("oidc-login/", env!("CARGO_PKG_VERSION")));
        if !self.extra_roots.is_empty() {
            builder = builder.tls_certs_merge(self.extra_roots.iter().cloned());
        }
        builder
    }
}

#[async_trait]
impl HttpClient for ReqwestClient {
    async fn send(
        &self,
        request: http::Request<Bytes>,
    ) -> Result<http::Response<Bytes>, HttpError> {
        let request = reqwest::Request::try_from(request)
            .map_err(|error| HttpError::new(HttpErrorKind::Other).with_source(error))?;
        let client = if is_local(&request) {
            &self.local
        } else {
            &self.client
        };
        let again = (request.method() == http::Method::GET).then(|| request.try_clone());
        let mut response = match (client.execute(request).await, again.flatten()) {
            (Err(error), Some(again)) if broke_off(&error) => client.execute(again).await,
            (answer, _) => answer,
        }
        .map_err(http_error)?;
        let mut answer = http::Response::new(Bytes::new());
        *answer.status_mut() = response.status();
        *answer.headers_mut() = response.headers().clone();
        let mut body = BytesMut::new();
        while let Some(chunk) = response.chunk().await.map_err(http_error)? {
            if body.len() + chunk.len() > MAX_BODY {
                return Err(HttpError::new(HttpErrorKind::BodyTooLarge));
            }
            body.extend_from_slice(&chunk);
        }
        *answer.body_mut() = body.freeze();
        Ok(answer)
    }
}

fn is_local(request: &reqwest::Request) -> bool {
    matches!(
        request.url().host_str(),
        Some("localhost" | "127.0.0.1" | "[::1]")
    )
}

/// Whether a connection ended before the answer to a request on it began.
fn broke_off(error: &reqwest::Error) -> bool {
    error.is_request() && !error.is_timeout() && !error.is_connect()
}

fn http_error(error: reqwest::Error) -> HttpError {
    let kind = if error.is_timeout() {
        HttpErrorKind::Timeout
    } else if error.is_connect() {
        HttpErrorKind::Connect
    } else if error.is_body() || error.is_decode() {
        HttpErrorKind::BodyBroken
    } else {
        HttpErrorKind::Other
    };
    HttpError::new(kind).with_source(error.without_url())
}

impl From<ReqwestClient> for Arc<dyn HttpClient> {
    fn from(client: ReqwestClient) -> Self {
        Arc::new(client)
    }
}
