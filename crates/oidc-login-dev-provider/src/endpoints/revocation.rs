//! The revocation endpoint.

use std::sync::Arc;

use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use http::{HeaderMap, StatusCode};

use super::token::form_of;
use crate::{
    client_authentication::authenticate,
    oauth_error::{NO_STORE, OAuthError},
    provider::Provider,
};

/// [RFC 7009 §2](https://www.rfc-editor.org/rfc/rfc7009#section-2).
pub(super) async fn post(
    State(provider): State<Arc<Provider>>,
    headers: HeaderMap,
    form: String,
) -> Response {
    match revoke(&provider, &headers, &form) {
        Ok(()) => (StatusCode::OK, NO_STORE).into_response(),
        Err(error) => {
            tracing::debug!(?error, "revocation refused");
            error.into_response()
        }
    }
}

/// `token_type_hint` is not needed: the tokens of one kind are none of the other.
fn revoke(provider: &Provider, headers: &HeaderMap, form: &str) -> Result<(), OAuthError> {
    let form = form_of(headers, form)?;
    let client = authenticate(provider, headers, &form)?;
    let missing = OAuthError::invalid_request("token is missing");
    let token = form.get("token").ok_or(missing)?;
    let revoked = provider
        .grants()
        .revoke(token, &client.settings.id, provider.now());
    revoked.map_err(OAuthError::invalid_grant)
}
