//! The pushed authorization request endpoint.

use std::sync::Arc;

use axum::{
    Json,
    extract::State,
    response::{IntoResponse, Response},
};
use http::{HeaderMap, StatusCode};
use serde_json::{Value, json};
use url::form_urlencoded;

use super::token::form_of;
use crate::{
    authorization_request::{AuthorizationRequest, Refusal},
    client_authentication::authenticate,
    oauth_error::{NO_STORE, OAuthError},
    params::Params,
    provider::Provider,
    pushed_requests::{LIFETIME, PushedRequests},
};

/// What proves who the client is, and is no part of its request.
const PROOF: [&str; 3] = ["client_assertion", "client_assertion_type", "client_secret"];

/// [RFC 9126 §2](https://www.rfc-editor.org/rfc/rfc9126#section-2).
pub(super) async fn post(
    State(provider): State<Arc<Provider>>,
    headers: HeaderMap,
    form: String,
) -> Response {
    if provider.settings.pushed_requests == PushedRequests::Off {
        return StatusCode::NOT_FOUND.into_response();
    }
    match push(&provider, &headers, &form) {
        Ok(answer) => (StatusCode::CREATED, NO_STORE, Json(answer)).into_response(),
        Err(error) => {
            tracing::debug!(?error, "pushed authorization request refused");
            error.into_response()
        }
    }
}

fn push(provider: &Provider, headers: &HeaderMap, form: &str) -> Result<Value, OAuthError> {
    let invalid = OAuthError::invalid_request;
    let params = form_of(headers, form)?;
    let client = authenticate(provider, headers, &params)?;
    if params.contains("request_uri") {
        return Err(invalid("request_uri cannot be pushed"));
    }
    let client_id = &client.settings.id;
    let request = without_proof(form, client_id);
    match AuthorizationRequest::parse(provider, &Params::parse(&request)) {
        Ok(_) => {}
        Err(Refusal::Page(_)) => {
            return Err(invalid("redirect_uri is not registered for this client"));
        }
        Err(Refusal::Answer(_, error)) => {
            let text = "the authorization request is refused for this reason";
            return Err(OAuthError::new(error, text));
        }
    }
    let token = provider.random_token();
    let request_uri = provider
        .pushed
        .add(&token, client_id, request, provider.now());
    Ok(json!({ "request_uri": request_uri, "expires_in": LIFETIME.whole_seconds() }))
}

/// The request goes into our sign-in page, the client's secret does not.
fn without_proof(form: &str, client_id: &str) -> String {
    let pairs = form_urlencoded::parse(form.as_bytes());
    let pairs = pairs.filter(|(name, _)| name != "client_id" && !PROOF.contains(&&**name));
    form_urlencoded::Serializer::new(String::new())
        .extend_pairs(pairs)
        .append_pair("client_id", client_id)
        .finish()
}
