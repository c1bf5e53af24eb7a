//! The same provider behind a real socket, reached by the client that apps use.

use std::net::SocketAddr;

use async_trait::async_trait;
use axum::{Router, body::Body, extract::Request};
use bytes::Bytes;
use http::{Response, StatusCode};
use oidc_login::seams::{HttpClient, HttpError, ReqwestClient};
use tokio::net::TcpListener;

use super::HostileProvider;

/// Requests for the provider, sent to where it really listens.
#[derive(Clone, Debug)]
pub struct OverSocket {
    client: ReqwestClient,
    address: SocketAddr,
}

impl OverSocket {
    /// A port on loopback for a provider that is not there yet, and the way to it.
    pub async fn new() -> (Self, TcpListener) {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let over = Self {
            client: ReqwestClient::new().expect("a client"),
            address: listener.local_addr().expect("an address"),
        };
        (over, listener)
    }
}

#[async_trait]
impl HttpClient for OverSocket {
    async fn send(&self, mut request: http::Request<Bytes>) -> Result<Response<Bytes>, HttpError> {
        let target = request.uri().path_and_query();
        let target = target.map_or("/", |target| target.as_str());
        let uri = format!("http://{}{target}", self.address);
        *request.uri_mut() = uri.parse().expect("a URI");
        self.client.send(request).await
    }
}

impl HostileProvider {
    /// Answers whoever connects, as long as the runtime lives.
    pub fn serve(&self, listener: TcpListener) {
        let provider = self.clone();
        let answer = move |request: Request| {
            let provider = provider.clone();
            async move {
                let (parts, body) = request.into_parts();
                let body = axum::body::to_bytes(body, usize::MAX).await;
                let request = http::Request::from_parts(parts, body.unwrap_or_default());
                let no_answer = |_| {
                    let mut response = Response::new(Bytes::new());
                    *response.status_mut() = StatusCode::NOT_FOUND;
                    response
                };
                let response = provider.send(request).await.unwrap_or_else(no_answer);
                response.map(Body::from)
            }
        };
        let router = Router::new().fallback(answer);
        tokio::spawn(async move { axum::serve(listener, router).await });
    }
}
