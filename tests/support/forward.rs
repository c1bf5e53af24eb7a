//! Requests sent on over a socket, as they came.

use std::{error::Error, fmt, net::SocketAddr};

use axum::{
    Router,
    body::Body,
    extract::Request,
    response::{IntoResponse as _, Response},
};
use bytes::Bytes;
use http::{HeaderMap, HeaderName, StatusCode, Uri, header};
use http_body_util::{BodyExt as _, Full};
use hyper_util::{
    client::legacy::{Client, connect::HttpConnector},
    rt::TokioExecutor,
};

const LARGEST_BODY: usize = 1024 * 1024;

/// Headers about one connection, not about the request ([RFC 9110 §7.6.1](https://www.rfc-editor.org/rfc/rfc9110#section-7.6.1)).
const HOP_BY_HOP: [HeaderName; 6] = [
    header::CONNECTION,
    HeaderName::from_static("keep-alive"),
    header::TE,
    header::TRAILER,
    header::TRANSFER_ENCODING,
    header::UPGRADE,
];

/// The way to other servers. Clones share their connections.
#[derive(Clone)]
pub struct Forward(Client<HttpConnector, Full<Bytes>>);

/// Why there is no answer.
#[derive(Debug)]
pub enum NoAnswer {
    /// Nobody listens there: nothing was sent, so another server may be asked.
    NotThere,
    /// It is not known whether the request was carried out.
    Broken(Box<dyn Error + Send + Sync>),
}

impl Forward {
    /// A way without connections yet.
    pub fn new() -> Self {
        Self(Client::builder(TokioExecutor::new()).build_http())
    }

    /// Sends a request to this address; host, cookies and everything else stay as they are.
    ///
    /// # Errors
    /// When nobody listens there, or a whole answer does not come.
    pub async fn send(
        &self,
        to: SocketAddr,
        request: &Request<Bytes>,
    ) -> Result<Response, NoAnswer> {
        let target = request.uri().path_and_query();
        let uri = format!(
            "http://{to}{}",
            target.map_or("/", |target| target.as_str())
        );
        let mut passed = Request::new(Full::new(request.body().clone()));
        *passed.method_mut() = request.method().clone();
        *passed.uri_mut() = Uri::try_from(uri).map_err(broken)?;
        *passed.headers_mut() = end_to_end(request.headers().clone());
        let answer = self.0.request(passed).await;
        let answer = answer.map_err(|error| {
            if error.is_connect() {
                NoAnswer::NotThere
            } else {
                broken(error)
            }
        })?;
        let (mut parts, body) = answer.into_parts();
        parts.headers = end_to_end(parts.headers);
        let body = body.collect().await.map_err(broken)?.to_bytes();
        Ok(Response::from_parts(parts, Body::from(body)))
    }
}

impl Default for Forward {
    fn default() -> Self {
        Self::new()
    }
}

/// The request with its whole body.
///
/// # Errors
/// 413 for one of more than 1 MiB, and for one that breaks off.
pub async fn whole(request: Request) -> Result<Request<Bytes>, StatusCode> {
    let (parts, body) = request.into_parts();
    let body = axum::body::to_bytes(body, LARGEST_BODY).await;
    let body = body.map_err(|_| StatusCode::PAYLOAD_TOO_LARGE)?;
    Ok(Request::from_parts(parts, body))
}

/// A server at this address, as a site for a [`UserAgent`](crate::user_agent::UserAgent).
pub fn site(address: SocketAddr) -> Router {
    let forward = Forward::new();
    Router::new().fallback(async move |request: Request| {
        let request = whole(request).await?;
        let answer = forward.send(address, &request).await;
        Ok::<_, StatusCode>(
            answer.unwrap_or_else(|error| {
                (StatusCode::BAD_GATEWAY, error.to_string()).into_response()
            }),
        )
    })
}

fn end_to_end(mut headers: HeaderMap) -> HeaderMap {
    for name in HOP_BY_HOP {
        headers.remove(name);
    }
    headers
}

fn broken(error: impl Error + Send + Sync + 'static) -> NoAnswer {
    NoAnswer::Broken(Box::new(error))
}

impl fmt::Display for NoAnswer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NotThere => "nobody listens there",
            Self::Broken(_) => "the connection ended before the answer",
        })
    }
}

impl Error for NoAnswer {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::NotThere => None,
            Self::Broken(error) => Some(&**error),
        }
    }
}
