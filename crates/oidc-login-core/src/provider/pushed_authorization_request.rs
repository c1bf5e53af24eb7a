//! The pushed authorization request endpoint.

use bytes::Bytes;
use http::Request;

use super::{Provider, ProviderEndpoint};
use crate::{error::LoginError, protocol::pushed_authorization_request::RequestUri};

impl Provider {
    /// Pushes an authorization request.
    pub(crate) async fn push(&self, request: Request<Bytes>) -> Result<RequestUri, LoginError> {
        RequestUri::parse(
            &self
                .send(ProviderEndpoint::PushedAuthorizationRequest, request)
                .await?,
        )
    }
}
