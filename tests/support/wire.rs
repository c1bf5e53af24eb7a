//! Requests from the relying party to a provider in the same process.

use async_trait::async_trait;
use axum::{Router, body::Body};
use bytes::Bytes;
use http::{HeaderValue, Request, Response, header};
use http_body_util::BodyExt as _;
use oidc_login::seams::{HttpClient, HttpError, HttpErrorKind};
use tower::ServiceExt as _;

/// The relying party's way to a provider: its router, called without a socket.
#[derive(Clone, Debug)]
pub struct Wire(pub Router);

#[async_trait]
impl HttpClient for Wire {
    async fn send(&self, request: Request<Bytes>) -> Result<Response<Bytes>, HttpError> {
        let answer = call(&self.0, request.map(Body::from)).await;
        let (parts, body) = answer.into_parts();
        match body.collect().await {
            Ok(body) => Ok(Response::from_parts(parts, body.to_bytes())),
            Err(_broken) => Err(HttpError::new(HttpErrorKind::BodyBroken)),
        }
    }
}

/// Calls a router with a request for an absolute URL, as a server would see it.
pub async fn call(router: &Router, mut request: Request<Body>) -> Response<Body> {
    let authority = request.uri().authority().cloned().expect("an absolute URL");
    let host = HeaderValue::from_str(authority.as_str()).expect("a host");
    request.headers_mut().entry(header::HOST).or_insert(host);
    let target = request.uri().path_and_query().cloned();
    let target = target.map_or_else(|| "/".to_owned(), |target| target.to_string());
    *request.uri_mut() = target.parse().expect("a path");
    let Ok(response) = router.clone().oneshot(request).await;
    response
}
