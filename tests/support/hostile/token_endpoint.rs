//! The token endpoint: codes and refresh tokens become tokens.

use bytes::Bytes;
use http::Response;
use serde_json::json;

use super::{IdToken, Seen, Signature, State, front_channel::Grant, oauth_error, ok};
use crate::world::ISSUER;

impl State {
    pub(super) fn tokens(&mut self, seen: &Seen) -> Response<Bytes> {
        if seen.form.get("grant_type").map(String::as_str) == Some("refresh_token") {
            return self.refresh(seen);
        }
        // Checks what an honest provider checks, so that a login that works says something.
        let code = seen.form.get("code").cloned().unwrap_or_default();
        let Some(grant) = self.grants.remove(&code).filter(|grant| grant.fits(seen)) else {
            return oauth_error("invalid_grant", "this code is unknown, used, or not yours");
        };
        self.issue(grant, true)
    }

    fn refresh(&mut self, seen: &Seen) -> Response<Bytes> {
        let token = seen.form.get("refresh_token").cloned();
        let token = token.unwrap_or_default();
        let grant = self.refresh_tokens.get(&token).cloned();
        let Some(mut grant) = grant.filter(|grant| grant.is_of_client(seen)) else {
            return oauth_error("invalid_grant", "this refresh token is unknown or used");
        };
        // OpenID Connect Core §12.2: a refreshed ID token has none.
        grant.nonce = None;
        if self.keeps_refresh_tokens {
            return self.issue(grant, false);
        }
        self.refresh_tokens.remove(&token);
        self.issue(grant, true)
    }

    fn issue(&mut self, grant: Grant, gives_refresh_token: bool) -> Response<Bytes> {
        let number = self.issued.len();
        let access_token = format!("access-token-{number}-0a6c5e1f94");
        let refresh_token = format!("refresh-token-{number}-77b1d03e2c");
        self.userinfo.remember(&access_token, &grant.user);
        let mut token = self.honest_id_token(&grant, &access_token);
        if let Some(bend) = &self.id_token {
            bend(&mut token);
        }
        let id_token = token.to_jws();
        let mut tokens = json!({
            "access_token": access_token,
            "token_type": "Bearer",
            "expires_in": 300,
            "id_token": id_token,
        });
        self.issued.extend([access_token, id_token]);
        if gives_refresh_token {
            tokens["refresh_token"] = json!(refresh_token);
            self.issued.push(refresh_token.clone());
            self.refresh_tokens.insert(refresh_token, grant);
        }
        if let Some(bend) = &self.tokens {
            bend(&mut tokens);
        }
        ok(&tokens)
    }

    fn honest_id_token(&self, grant: &Grant, access_token: &str) -> IdToken {
        let now = self.clock.seconds();
        let mut token = IdToken {
            header: self.signing_key.header("JWT"),
            claims: json!({
                "iss": ISSUER,
                "aud": grant.client_id,
                "sub": format!("{}-id", grant.user),
                "preferred_username": grant.user,
                "iat": now,
                "exp": now + 300,
                "at_hash": self.signing_key.at_hash(access_token),
                "sid": format!("sid-of-{}", grant.user),
            }),
            signature: Signature::By(self.signing_key.clone()),
        };
        if let Some(nonce) = &grant.nonce {
            token.claims["nonce"] = json!(nonce);
        }
        token
    }
}
