//! A login with the tokens of a refresh in place of its own.

use time::OffsetDateTime;

use crate::{
    error::LoginError,
    protocol::{
        RawIdToken,
        id_token::{self, Original, VerifiedIdToken},
        metadata::Metadata,
        token_response::TokenResponse,
    },
    relying_party::Inner,
    session::{Login, LoginRecord},
};

impl Inner {
    /// The login with the tokens of a refresh. An ID token among them is checked as at the login,
    /// and against the login's; what the answer leaves out stays as it was.
    pub(super) async fn refreshed(
        &self,
        metadata: &Metadata,
        login: &Login,
        mut tokens: TokenResponse,
    ) -> Result<Login, LoginError> {
        let mut record = login.record().clone();
        let new_id_token = match tokens.id_token.take() {
            Some(raw) => {
                let taken = self.take_id_token(metadata, login, &tokens, raw, &mut record);
                Some(taken.await?)
            }
            None => None,
        };
        record.access_token = tokens.access_token;
        let expires_at = tokens.access_token_expires_at;
        record.access_token_expires_at = expires_at.map(OffsetDateTime::unix_timestamp);
        record.refresh_token = tokens.refresh_token.or(record.refresh_token);
        record.granted_scope = tokens.scope.or(record.granted_scope);
        record.refreshed_at = Some(self.clock.now().unix_timestamp());
        let claims = self
            .renew_claims(metadata, login, new_id_token, &mut record)
            .await?;
        Ok(Login::with_claims(record, &claims))
    }

    async fn take_id_token(
        &self,
        metadata: &Metadata,
        login: &Login,
        tokens: &TokenResponse,
        raw: RawIdToken,
        record: &mut LoginRecord,
    ) -> Result<VerifiedIdToken, LoginError> {
        let claims = login.claims();
        let mut expected = id_token::Expected::new(&metadata.issuer, &self.client.client_id);
        expected.access_token = Some(tokens.access_token.secret());
        expected.refreshes = Some(Original::new(claims.as_map()));
        let verified = self.verify_id_token(metadata, &raw, expected).await?;
        record.id_token_expires_at = verified.expires_at().unix_timestamp();
        record.id_token = raw;
        Ok(verified)
    }
}
