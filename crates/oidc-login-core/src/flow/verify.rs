//! Tokens of our own token requests, checked with the provider's keys.

use serde_json::{Map, Value};

use crate::{
    config::AccessTokenRoles,
    error::LoginError,
    protocol::{
        AccessTokenText, RawIdToken,
        access_token::{self, AccessTokenError, VerifiedAccessToken},
        claim_path,
        id_token::{self, IdTokenError, VerifiedIdToken},
        key_set::KeySet,
        metadata::Metadata,
    },
    provider::TokenSource,
    relying_party::Inner,
};

impl Inner {
    /// Verifies an ID token by what is expected of it and by the settings of the client, once more
    /// with fresh keys where they may help.
    pub(super) async fn verify_id_token(
        &self,
        metadata: &Metadata,
        raw: &RawIdToken,
        expected: id_token::Expected<'_>,
    ) -> Result<VerifiedIdToken, LoginError> {
        let client = &self.client;
        let trusted = client.trusted_audiences.iter().map(String::as_str);
        let trusted: Vec<_> = trusted.collect();
        let expected = id_token::Expected {
            algorithms: client.algorithms,
            leeway: client.leeway,
            trusted_audiences: &trusted,
            ..expected
        };
        let verify =
            |keys: &KeySet| id_token::verify(raw.secret(), keys, &expected, self.clock.now());
        let verified = self.provider.verify(
            metadata,
            TokenSource::OwnRequest,
            verify,
            IdTokenError::fresh_keys_may_help,
        );
        Ok(verified.await??)
    }

    /// The roles in the claims and, where allowed, in the access token.
    pub(super) async fn roles(
        &self,
        metadata: &Metadata,
        claims: &Map<String, Value>,
        access_token: &AccessTokenText,
    ) -> Option<Vec<String>> {
        let own = claim_path::roles(&self.client.role_claims, claims);
        if self.client.access_token_roles == AccessTokenRoles::Ignored {
            return own;
        }
        let verified = self.verify_access_token(metadata, access_token).await;
        let more = verified
            .and_then(|verified| claim_path::roles(&self.client.role_claims, verified.claims()));
        match (own, more) {
            (Some(mut own), Some(more)) => {
                own.extend(more);
                own.sort_unstable();
                own.dedup();
                Some(own)
            }
            (own, more) => own.or(more),
        }
    }

    /// An access token that was issued to us and can be read. Without an ID token beside it, it is
    /// the first to be signed by a new key.
    async fn verify_access_token(
        &self,
        metadata: &Metadata,
        raw: &AccessTokenText,
    ) -> Option<VerifiedAccessToken> {
        let mut expected = access_token::Expected::new(&metadata.issuer, &self.client.client_id);
        expected.leeway = self.client.leeway;
        let verify =
            |keys: &KeySet| access_token::verify(raw.secret(), keys, &expected, self.clock.now());
        let verified = self.provider.verify(
            metadata,
            TokenSource::OwnRequest,
            verify,
            AccessTokenError::fresh_keys_may_help,
        );
        let verified = verified.await.ok()?;
        verified
            .inspect_err(|error| {
                tracing::info!(code = error.code(), %error, "no roles are read from the access token");
            })
            .ok()
    }
}
