//! The tokens of a grant, and how long they live.

use aws_lc_rs::digest;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::Serialize;
use serde_json::{Value, json};
use time::OffsetDateTime;

use crate::{
    SigningAlgorithm, bend, claims,
    client::RegisteredClient,
    grants::Grant,
    jwt,
    provider::Provider,
    scope::{self, Scope},
};

/// When an application may go on without the person signing in again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum RefreshTokens {
    /// With every sign-in, as Keycloak does.
    #[default]
    Always,
    /// Only when the scope `offline_access` was granted.
    OfflineAccess,
    /// Never.
    Never,
}

/// What happens to a refresh token that is used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum RefreshRotation {
    /// It is replaced by a new one; using it again ends all tokens of the sign-in.
    #[default]
    Rotate,
    /// It stays.
    Keep,
}

/// Whether the token endpoint says how long an access token lives, which is only recommended
/// ([RFC 6749 §5.1](https://www.rfc-editor.org/rfc/rfc6749#section-5.1)).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum ExpiresIn {
    /// In `expires_in`.
    #[default]
    Told,
    /// Not at all: a client notices when the token is refused.
    Untold,
}

/// A successful answer of the token endpoint, [RFC 6749 §5.1](https://www.rfc-editor.org/rfc/rfc6749#section-5.1).
#[derive(Serialize)]
pub(crate) struct TokenResponse {
    access_token: String,
    pub(crate) token_type: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    expires_in: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    refresh_token: Option<String>,
    /// Always there, unless it is bent away.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) id_token: Option<String>,
    scope: String,
}

impl Provider {
    /// Makes the tokens of a grant. `scope` may be less than what was granted; `nonce` is for the first ID token only.
    pub(crate) fn issue_tokens(
        &self,
        client: &RegisteredClient,
        grant: &Grant,
        scope: &Scope,
        nonce: Option<&str>,
        refresh_token: Option<String>,
    ) -> TokenResponse {
        let now = self.now();
        let access_token = self.access_token(client, grant, scope, now);
        let id_token = self.id_token(client, grant, scope, nonce, &access_token, now);
        let mut grants = self.grants();
        let expires = now + self.settings.access_token_lifetime;
        grants.add_access_token(access_token.clone(), grant, scope.clone(), expires, now);
        let refresh_token = refresh_token.or_else(|| {
            let wanted = match self.settings.refresh_tokens {
                RefreshTokens::Always => true,
                RefreshTokens::OfflineAccess => grant.scope.contains(scope::OFFLINE_ACCESS),
                RefreshTokens::Never => false,
            };
            wanted.then(|| {
                let token = self.random_token();
                grants.add_refresh_token(
                    token.clone(),
                    grant,
                    now + self.settings.refresh_token_lifetime,
                    now,
                );
                token
            })
        });
        let mut tokens = TokenResponse {
            access_token,
            token_type: "Bearer",
            expires_in: match self.settings.expires_in {
                ExpiresIn::Told => Some(self.settings.access_token_lifetime.as_secs()),
                ExpiresIn::Untold => None,
            },
            refresh_token,
            id_token: Some(id_token),
            scope: scope.to_string(),
        };
        bend::token_response::bend(self.bend(), &mut tokens);
        tokens
    }

    /// [RFC 9068](https://www.rfc-editor.org/rfc/rfc9068), with `azp` as in Keycloak.
    fn access_token(
        &self,
        client: &RegisteredClient,
        grant: &Grant,
        scope: &Scope,
        now: OffsetDateTime,
    ) -> String {
        let mut claims = Value::Object(claims::about(&grant.user, scope));
        claims["iss"] = json!(self.settings.issuer.as_str());
        claims["aud"] = one_or_many(&client.settings.audience);
        claims["azp"] = json!(client.settings.id);
        claims["client_id"] = json!(client.settings.id);
        claims["scope"] = json!(scope.to_string());
        claims["sid"] = json!(grant.sid);
        claims["jti"] = json!(self.random_token());
        claims["iat"] = json!(now.unix_timestamp());
        claims["exp"] = json!((now + self.settings.access_token_lifetime).unix_timestamp());
        claims["auth_time"] = json!(grant.auth_time.unix_timestamp());
        claims["acr"] = json!(grant.acr.as_str());
        jwt::sign(
            self.keys().for_algorithm(SigningAlgorithm::Rs256),
            "at+jwt",
            &claims,
        )
    }

    /// [OIDC Core §2](https://openid.net/specs/openid-connect-core-1_0.html#IDToken).
    fn id_token(
        &self,
        client: &RegisteredClient,
        grant: &Grant,
        scope: &Scope,
        nonce: Option<&str>,
        access_token: &str,
        now: OffsetDateTime,
    ) -> String {
        let mut claims = claims::about(&grant.user, scope);
        if !client.settings.roles_in_id_token {
            claims.retain(|name, _| name != "roles" && name != "realm_access");
        }
        if !client.settings.claims_in_id_token {
            claims.retain(|name, _| name == "sub");
        }
        let mut claims = Value::Object(claims);
        claims["iss"] = json!(self.settings.issuer.as_str());
        claims["aud"] = json!(client.settings.id);
        claims["azp"] = json!(client.settings.id);
        claims["sid"] = json!(grant.sid);
        claims["iat"] = json!(now.unix_timestamp());
        claims["exp"] = json!((now + self.settings.id_token_lifetime).unix_timestamp());
        claims["auth_time"] = json!(grant.auth_time.unix_timestamp());
        claims["acr"] = json!(grant.acr.as_str());
        claims["amr"] = json!(grant.acr.methods());
        claims["at_hash"] = json!(at_hash(access_token));
        if let Some(nonce) = nonce {
            claims["nonce"] = json!(nonce);
        }
        let keys = self.keys();
        let key = keys.for_algorithm(client.settings.id_token_signed_response_alg);
        bend::id_token::sign(self.bend(), client, key, claims, now)
    }
}

/// [OIDC Core §3.1.3.6](https://openid.net/specs/openid-connect-core-1_0.html#CodeIDToken): the left half; both our algorithms hash with SHA-256.
fn at_hash(access_token: &str) -> String {
    URL_SAFE_NO_PAD.encode(&digest::digest(&digest::SHA256, access_token.as_bytes()).as_ref()[..16])
}

fn one_or_many(audience: &[String]) -> Value {
    match audience {
        [one] => json!(one),
        many => json!(many),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_at_hash_of_oidc_core() {
        assert_eq!(
            at_hash("jHkWEdUXMU1BwAsC4vtUsZwnNvTIxEl0z9K3vx5KF0Y"),
            "77QmUPtjPfzWtF2AnpK9RQ"
        );
    }
}
