//! A relying party whose user is always signed in, for an app's own tests.

use std::sync::Arc;

use serde_json::{Map, Value};
use time::{Duration, OffsetDateTime};

use crate::{
    config::{ClientConfig, ProviderConfig},
    protocol::{AccessTokenText, RawIdToken, claim_path, step_up::Authentication},
    relying_party::RelyingParty,
    session::{Login, LoginRecord},
};

const ISSUER: &str = "https://provider.test";

/// Every request is made by a user with these claims.
///
/// # Panics
/// When the claims are no JSON object.
pub fn signed_in(claims: Value) -> RelyingParty {
    let Value::Object(mut claims) = claims else {
        panic!("claims are a JSON object");
    };
    claims.entry("iss").or_insert_with(|| ISSUER.into());
    claims.entry("sub").or_insert_with(|| "test-user".into());
    // Nothing of it is ever asked: without an endpoint for it a sign-out asks no provider.
    let provider = ProviderConfig::builder()
        .issuer(text(&claims, "iss"))
        .without_discovery()
        .authorization_endpoint("https://provider.test/authorize")
        .token_endpoint("https://provider.test/token")
        .jwks_uri("https://provider.test/jwks")
        .build()
        .unwrap_or_else(|error| panic!("the claims fit no provider: {error}"));
    let client = ClientConfig::builder()
        .provider(provider)
        .public_client("test")
        .root_url("http://localhost")
        .valid_redirect_uris(["/*"])
        .build()
        .unwrap_or_else(|error| panic!("the claims fit no client: {error}"));
    let now = OffsetDateTime::now_utc();
    let auth_time = claims.get("auth_time").and_then(Value::as_i64);
    let authentication = Authentication {
        auth_time,
        acr: Some(text(&claims, "acr")).filter(|acr| !acr.is_empty()),
        max_age: None,
    };
    let login = Login::new(LoginRecord {
        issuer: text(&claims, "iss"),
        client_id: client.client_id.clone(),
        subject: text(&claims, "sub"),
        sid: None,
        roles: claim_path::roles(&client.role_claims, &claims),
        claims: Value::Object(claims).to_string(),
        id_token: RawIdToken::new(""),
        issued_at: now.unix_timestamp(),
        id_token_expires_at: (now + Duration::HOUR).unix_timestamp(),
        access_token: AccessTokenText::new("test-access-token"),
        access_token_expires_at: None,
        refresh_token: None,
        logged_in_at: now.unix_timestamp(),
        ends_at: (now + Duration::DAY).unix_timestamp(),
        refreshed_at: None,
        granted_scope: None,
        userinfo: None,
        authentication,
    });
    RelyingParty::always_signed_in(client, Arc::new(login))
}

fn text(claims: &Map<String, Value>, name: &str) -> String {
    claims
        .get(name)
        .and_then(Value::as_str)
        .unwrap_or_default()
        .to_owned()
}
