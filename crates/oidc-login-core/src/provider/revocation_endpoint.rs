//! The revocation endpoint.

use super::{Provider, ProviderEndpoint};
use crate::{
    error::LoginError,
    protocol::revocation_request::{self, RevocationRequest, Revoked},
};

impl Provider {
    /// Tells the provider that a token is no longer needed.
    pub(crate) async fn revoke(
        &self,
        request: RevocationRequest<'_>,
    ) -> Result<Revoked, LoginError> {
        let response = self
            .send(ProviderEndpoint::Revocation, request.into_http())
            .await?;
        Ok(revocation_request::answer(&response))
    }
}
