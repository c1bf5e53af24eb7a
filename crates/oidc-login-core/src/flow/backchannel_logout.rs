//! `POST /auth/backchannel-logout`: the provider itself says that a session is over.

use bytes::Bytes;
use http::{Response, StatusCode};
use serde_json::json;

use super::{
    context::{RequestContext, unavailable},
    respond::json as answer,
};
use crate::{
    error::{LoginError, LoginErrorKind},
    protocol::{
        StateHash,
        key_set::KeySet,
        logout_token::{self, LogoutTokenError, VerifiedLogoutToken},
        parameters::{Parameter, Parameters},
    },
    provider::TokenSource,
    session::{Claim, EndBy},
};

impl RequestContext {
    /// Answers 200 when the sessions are over, and 400 for whatever else (Back-Channel Logout §2.8).
    ///
    /// No cookie is looked at: the request comes from the provider, not from the user's browser.
    pub(super) async fn serve_backchannel_logout(&self, body: &Bytes) -> Response<Bytes> {
        match self.backchannel_logout(body).await {
            Ok(()) => answer(StatusCode::OK, &json!({})),
            Err(error) => {
                let error = self.log(error);
                let mut response = answer(
                    StatusCode::BAD_REQUEST,
                    &json!({
                        "error": "invalid_request",
                        "error_description": format!("{} ({})", error.kind().what_happened(), error.code()),
                        "id": error.id(),
                    }),
                );
                response.extensions_mut().insert(error);
                response
            }
        }
    }

    async fn backchannel_logout(&self, body: &Bytes) -> Result<(), LoginError> {
        let parameters = Parameters::parse(body);
        let Parameter::Once(raw) = parameters.get("logout_token") else {
            return Err(LoginErrorKind::LogoutTokenMissing.into());
        };
        let token = self.verified_logout_token(raw).await?;
        let inner = self.inner();
        // Ending comes first: it may be done twice, and must not be left out because the token
        // was remembered and the store failed then.
        let ended = self.end_as_told(&token).await?;
        let hash = StateHash::of_logout_token(inner.provider.issuer(), &token.id);
        let claimed = inner.logins.claim(&hash, token.expires_at).await;
        if claimed.map_err(unavailable)? == Claim::Again {
            return Err(LoginErrorKind::LogoutTokenReplayed.into());
        }
        tracing::info!(ended, "the provider ended sessions");
        Ok(())
    }

    async fn verified_logout_token(&self, raw: &str) -> Result<VerifiedLogoutToken, LoginError> {
        let inner = self.inner();
        let metadata = inner.provider.metadata().await?;
        let client = &inner.client;
        let trusted: Vec<_> = client
            .trusted_audiences
            .iter()
            .map(String::as_str)
            .collect();
        let mut expected = logout_token::Expected::new(
            &metadata.value.issuer,
            &client.client_id,
            client.logout_token_algorithms,
        );
        expected.trusted_audiences = &trusted;
        expected.leeway = client.leeway;
        let verify = |keys: &KeySet| logout_token::verify(raw, keys, &expected, inner.clock.now());
        let verified = inner.provider.verify(
            &metadata.value,
            TokenSource::Anybody,
            verify,
            LogoutTokenError::fresh_keys_may_help,
        );
        Ok(verified.await??)
    }

    /// Ends the session that the token names, or all of the user's up to its time; says how many.
    async fn end_as_told(&self, token: &VerifiedLogoutToken) -> Result<usize, LoginError> {
        let inner = self.inner();
        let (issuer, client_id) = (inner.provider.issuer(), &inner.client.client_id);
        let ended = if let Some(sid) = &token.sid {
            let keys = inner.keys.sid_keys(issuer, client_id, sid);
            inner.end_by(EndBy::Sid(&keys)).await
        } else {
            let subject = token.subject.as_deref().unwrap_or_default();
            let keys = inner.keys.subject_keys(issuer, client_id, subject);
            let logged_in_until = token.issued_at;
            inner
                .end_by(EndBy::Subject {
                    keys: &keys,
                    logged_in_until,
                })
                .await
        };
        Ok(ended.map_err(unavailable)?.len())
    }
}
