//! The client's public keys, for a provider that fetches them (`jwks_uri` of the client, OpenID
//! Connect Registration §2).

use bytes::Bytes;
use http::{Response, StatusCode, header};

use super::{
    context::RequestContext,
    respond::{json, set},
};
use crate::{
    config::ClientAuthentication,
    error::{LoginError, LoginErrorKind},
};

/// A provider that keeps the answer learns of a new key within five minutes.
const CACHE: &str = "public, max-age=300";

impl RequestContext {
    pub(super) fn serve_jwks(&self) -> Result<Response<Bytes>, LoginError> {
        let authentication = &self.inner().client.authentication;
        let ClientAuthentication::PrivateKeyJwt(keys) = authentication else {
            return Err(LoginErrorKind::UnknownEndpoint.into());
        };
        let mut response = json(StatusCode::OK, &keys.read()?.public_jwks());
        set(response.headers_mut(), header::CACHE_CONTROL, CACHE);
        Ok(response)
    }
}
