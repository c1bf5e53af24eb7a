//! The discovery document.

use std::sync::Arc;

use axum::{Json, extract::State};
use serde_json::{Value, json};

use super::{
    AUTHORIZATION, END_SESSION, JWKS, PUSHED_AUTHORIZATION_REQUEST, REVOCATION, TOKEN, USERINFO,
};
use crate::{PushedRequests, acr::Acr, bend, provider::Provider, scope};

/// [OpenID Connect Discovery §3](https://openid.net/specs/openid-connect-discovery-1_0.html#ProviderMetadata).
pub(super) async fn get(State(provider): State<Arc<Provider>>) -> Json<Value> {
    let issuer = &provider.settings.issuer;
    let mut metadata = json!({
        "issuer": issuer.as_str(),
        "authorization_endpoint": issuer.endpoint(AUTHORIZATION),
        "token_endpoint": issuer.endpoint(TOKEN),
        "userinfo_endpoint": issuer.endpoint(USERINFO),
        "jwks_uri": issuer.endpoint(JWKS),
        "revocation_endpoint": issuer.endpoint(REVOCATION),
        "end_session_endpoint": issuer.endpoint(END_SESSION),
        "frontchannel_logout_supported": true,
        "frontchannel_logout_session_supported": true,
        "backchannel_logout_supported": true,
        "backchannel_logout_session_supported": true,
        "scopes_supported": scope::SUPPORTED,
        "response_types_supported": ["code"],
        "response_modes_supported": ["query", "form_post"],
        "grant_types_supported": ["authorization_code", "refresh_token"],
        "acr_values_supported": Acr::ALL.map(Acr::as_str),
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["RS256", "ES256"],
        "token_endpoint_auth_methods_supported": [
            "none", "client_secret_basic", "client_secret_post", "client_secret_jwt", "private_key_jwt",
        ],
        "token_endpoint_auth_signing_alg_values_supported": [
            "RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA",
            "HS256", "HS384", "HS512",
        ],
        "userinfo_signing_alg_values_supported": ["RS256", "ES256"],
        "code_challenge_methods_supported": ["S256"],
        "prompt_values_supported": ["none", "login", "select_account", "consent"],
        "claims_supported": [
            "iss", "sub", "aud", "azp", "exp", "iat", "auth_time", "nonce", "at_hash", "acr", "amr", "sid",
            "preferred_username", "name", "given_name", "family_name", "email", "email_verified", "roles", "realm_access",
        ],
        "claims_parameter_supported": false,
        "request_parameter_supported": false,
        "request_uri_parameter_supported": false,
        "authorization_response_iss_parameter_supported": true,
    });
    let pushed = provider.settings.pushed_requests;
    if pushed != PushedRequests::Off {
        let endpoint = issuer.endpoint(PUSHED_AUTHORIZATION_REQUEST);
        metadata["pushed_authorization_request_endpoint"] = json!(endpoint);
        metadata["require_pushed_authorization_requests"] =
            json!(pushed == PushedRequests::Required);
    }
    bend::metadata::bend(provider.bend(), &mut metadata);
    Json(metadata)
}
