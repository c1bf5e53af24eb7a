//! The tokens of a login that is over are revoked (RFC 7009), after the answer.

use std::sync::Arc;

use url::Url;

use crate::{
    config::TokenRevocation,
    error::LoginError,
    protocol::{
        metadata::Metadata,
        revocation_request::{RevocationRequest, Revoked, TokenKind},
    },
    relying_party::{Inner, RelyingParty},
    seams::within,
    session::Login,
};

impl RelyingParty {
    /// Revokes the tokens of a login that is over, in a task of its own: no answer waits for it,
    /// and nothing depends on how it ends.
    pub(super) fn revoke_later(&self, login: Arc<Login>) {
        let inner = &self.0;
        if inner.client.token_revocation == TokenRevocation::Off {
            return;
        }
        let rp = self.clone();
        inner.spawn.spawn(Box::pin(async move {
            let inner = &rp.0;
            // One request for each of the two tokens.
            let limit = inner.provider.request_timeout().saturating_mul(2);
            match within(&*inner.timer, limit, inner.revoke(&login)).await {
                Some(Ok(())) => {}
                Some(Err(error)) => {
                    tracing::warn!(%error, evidence = ?error.evidence(), "the tokens of a login that is over are not revoked");
                }
                None => {
                    tracing::warn!("the revocation of tokens takes too long and is left");
                }
            }
        }));
    }
}

impl Inner {
    /// The refresh token first: with it the provider takes back what came of it as well, or should
    /// (RFC 7009 §2.1).
    ///
    /// Where that request brings no answer, there is no second one: it would bring none either, a
    /// provider that is down need not be asked twice by everybody who signs out, and an access token
    /// soon ends by itself. An answer of any kind is another thing: it is about that token alone.
    async fn revoke(&self, login: &Login) -> Result<(), LoginError> {
        let record = login.record();
        let metadata = self.provider.metadata().await?;
        let Some(endpoint) = &metadata.value.revocation_endpoint else {
            return Ok(());
        };
        if let Some(token) = &record.refresh_token {
            let token = (TokenKind::Refresh, token.secret());
            self.revoke_one(&metadata.value, endpoint, token).await?;
        }
        let now = self.clock.now();
        let has_ended = login
            .access_token_expires_at()
            .is_some_and(|end| now >= end);
        if !has_ended {
            let token = (TokenKind::Access, record.access_token.secret());
            self.revoke_one(&metadata.value, endpoint, token).await?;
        }
        Ok(())
    }

    async fn revoke_one(
        &self,
        metadata: &Metadata,
        endpoint: &Url,
        (kind, token): (TokenKind, &str),
    ) -> Result<(), LoginError> {
        let request = RevocationRequest {
            endpoint,
            client: self.client_proof(metadata)?,
            token,
            kind,
        };
        let kind = kind.hint();
        match self.provider.revoke(request).await? {
            Revoked::Done => tracing::debug!(kind, "a token is revoked"),
            Revoked::Unsupported => {
                tracing::debug!(kind, "the provider revokes no tokens of this kind");
            }
            Revoked::Refused(status) => {
                let status = status.as_u16();
                tracing::warn!(kind, status, "the provider refused to revoke a token");
            }
        }
        Ok(())
    }
}
