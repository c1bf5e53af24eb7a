//! The userinfo endpoint.

use std::sync::Arc;

use axum::{
    Json,
    extract::State,
    response::{IntoResponse, Response},
};
use http::{
    HeaderMap, HeaderValue, StatusCode,
    header::{AUTHORIZATION, CONTENT_TYPE, WWW_AUTHENTICATE},
};
use serde_json::{Map, Value, json};

use crate::{
    SigningAlgorithm, bend, claims, jwt, oauth_error::NO_STORE, params::Params, provider::Provider,
};

const JWT: HeaderValue = HeaderValue::from_static("application/jwt");

/// [OIDC Core §5.3](https://openid.net/specs/openid-connect-core-1_0.html#UserInfo).
pub(super) async fn get(State(provider): State<Arc<Provider>>, headers: HeaderMap) -> Response {
    answer(&provider, bearer(&headers))
}

/// The token may also be in the form, [RFC 6750 §2.2](https://www.rfc-editor.org/rfc/rfc6750#section-2.2).
pub(super) async fn post(
    State(provider): State<Arc<Provider>>,
    headers: HeaderMap,
    form: String,
) -> Response {
    let form = Params::parse(&form);
    answer(&provider, bearer(&headers).or(form.get("access_token")))
}

fn answer(provider: &Provider, token: Option<&str>) -> Response {
    let Some(token) = token else {
        return challenge("Bearer");
    };
    let grants = provider.grants();
    match grants.by_access_token(token, provider.now()) {
        Some((grant, scope)) => {
            let mut claims = claims::about(&grant.user, scope);
            bend::userinfo::bend(provider.bend(), &mut claims);
            let client = provider.settings.clients.get(&grant.client_id);
            let algorithm = client.and_then(|client| client.settings.userinfo_signed_response_alg);
            match algorithm {
                None => (NO_STORE, Json(claims)).into_response(),
                Some(algorithm) => {
                    let token = signed(provider, &grant.client_id, algorithm, claims);
                    (NO_STORE, [(CONTENT_TYPE, JWT)], token).into_response()
                }
            }
        }
        None => challenge(
            "Bearer error=\"invalid_token\", error_description=\"the access token is unknown, has expired or was revoked\"",
        ),
    }
}

/// [OIDC Core §5.3.2](https://openid.net/specs/openid-connect-core-1_0.html#UserInfoResponse): it should say from whom and for whom it is.
fn signed(
    provider: &Provider,
    client_id: &str,
    algorithm: SigningAlgorithm,
    claims: Map<String, Value>,
) -> String {
    let mut claims = Value::Object(claims);
    claims["iss"] = json!(provider.settings.issuer.as_str());
    claims["aud"] = json!(client_id);
    jwt::sign(provider.keys().for_algorithm(algorithm), "JWT", &claims)
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    let (scheme, token) = headers.get(AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme
        .eq_ignore_ascii_case("bearer")
        .then_some(token.trim())
}

fn challenge(text: &'static str) -> Response {
    (
        StatusCode::UNAUTHORIZED,
        [(WWW_AUTHENTICATE, HeaderValue::from_static(text))],
    )
        .into_response()
}
