//! The only place that talks to the provider.

mod budget;
mod cached;
mod discovery;
mod endpoint;
mod jwks;
mod pushed_authorization_request;
mod revocation_endpoint;
mod token_endpoint;
mod userinfo;

use std::sync::Arc;

use bytes::Bytes;
use http::{HeaderValue, Request, Response, header};

use self::{budget::Budget, cached::Cached};
use crate::{
    config::ProviderConfig,
    error::{LoginError, LoginErrorKind},
    protocol::{key_set::KeySet, metadata::Metadata, shown::Shown},
    seams::{Clock, Spawn},
    telemetry::ProviderRequest,
};

pub(crate) use endpoint::ProviderEndpoint;
pub(crate) use jwks::TokenSource;

/// A provider at work: its metadata and keys as last seen, and the way to ask it.
pub(crate) struct Provider {
    config: ProviderConfig,
    clock: Arc<dyn Clock>,
    spawn: Arc<dyn Spawn>,
    metadata: Cached<Metadata>,
    keys: Cached<KeySet>,
    /// What anybody's tokens may make us ask the provider.
    for_strangers: Budget,
}

impl Provider {
    pub(crate) fn new(
        config: ProviderConfig,
        clock: Arc<dyn Clock>,
        spawn: Arc<dyn Spawn>,
    ) -> Self {
        Self {
            config,
            clock,
            spawn,
            metadata: Cached::default(),
            keys: Cached::default(),
            for_strangers: Budget::default(),
        }
    }

    pub(crate) fn issuer(&self) -> &str {
        self.config.issuer()
    }

    /// Sends a request; `endpoint` names it in an error.
    async fn send(
        &self,
        endpoint: ProviderEndpoint,
        request: Request<Bytes>,
    ) -> Result<Response<Bytes>, LoginError> {
        let uri = request.uri().clone();
        let under_way = ProviderRequest::begin(endpoint.label(), &*self.clock);
        let answer = self.config.http_client.send(request).await;
        under_way.end(&answer);
        let answer = answer.map_err(|error| {
            LoginError::new(LoginErrorKind::ProviderUnavailable)
                .with_evidence("asked", endpoint)
                .with_evidence("at", uri)
                .with_evidence("what happened", &error)
                .with_source(error)
        })?;
        Ok(answer.map(without_byte_order_mark))
    }

    async fn get(
        &self,
        endpoint: ProviderEndpoint,
        url: &str,
    ) -> Result<Response<Bytes>, LoginError> {
        let mut request = Request::new(Bytes::new());
        *request.uri_mut() = url.parse().map_err(|error: http::uri::InvalidUri| {
            LoginError::new(invalid(endpoint)).with_source(error)
        })?;
        let accept = HeaderValue::from_static("application/json");
        request.headers_mut().insert(header::ACCEPT, accept);
        let response = self.send(endpoint, request).await?;
        let status = response.status();
        if status.is_success() {
            return Ok(response);
        }
        let kind = if status.is_server_error() {
            LoginErrorKind::ProviderUnavailable
        } else {
            invalid(endpoint)
        };
        let error = LoginError::new(kind)
            .with_evidence("asked", endpoint)
            .with_evidence("at", url)
            .with_evidence("status", status.as_u16());
        let location = response.headers().get(header::LOCATION);
        Err(match location.and_then(|location| location.to_str().ok()) {
            Some(location) => error
                .with_evidence("redirects to", Shown::new(location))
                .with_evidence("likely cause", NOT_FOLLOWED),
            None => error,
        })
    }
}

const NOT_FOLLOWED: &str = "redirects are not followed: the address must be the one that answers; http in place of https is often why";

/// What a document is that cannot be used.
fn invalid(endpoint: ProviderEndpoint) -> LoginErrorKind {
    match endpoint {
        ProviderEndpoint::Keys => LoginErrorKind::KeysInvalid,
        _ => LoginErrorKind::DiscoveryInvalid,
    }
}

/// Some servers write one before their JSON, and readers may ignore it (RFC 8259 §8.1).
fn without_byte_order_mark(body: Bytes) -> Bytes {
    match body.strip_prefix("\u{feff}".as_bytes()) {
        Some(text) => body.slice_ref(text),
        None => body,
    }
}
