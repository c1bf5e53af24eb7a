//! The pushed authorization request endpoint.

use bytes::Bytes;
use http::Request;

use super::Provider;
use crate::{
    error::LoginError,
    protocol::pushed_authorization_request::{ENDPOINT, RequestUri},
};

impl Provider {
    /// Pushes an authorization request.
    pub(crate) async fn push(&self, request: Request<Bytes>) -> Result<RequestUri, LoginError> {
        RequestUri::parse(&self.send(ENDPOINT, request).await?)
    }
}
