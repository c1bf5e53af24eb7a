//! The token endpoint.

use std::sync::Arc;

use axum::{
    Json,
    extract::State,
    response::{IntoResponse, Response},
};
use http::{HeaderMap, header::CONTENT_TYPE};

use crate::{
    RefreshRotation, bend,
    client::RegisteredClient,
    client_authentication::authenticate,
    grants::CodeExchange,
    oauth_error::{NO_STORE, OAuthError},
    params::Params,
    provider::Provider,
    scope::Scope,
    tokens::TokenResponse,
};

/// [OIDC Core §3.1.3](https://openid.net/specs/openid-connect-core-1_0.html#TokenEndpoint).
pub(super) async fn post(
    State(provider): State<Arc<Provider>>,
    headers: HeaderMap,
    form: String,
) -> Response {
    match answer(&provider, &headers, &form) {
        Ok(tokens) => (NO_STORE, Json(tokens)).into_response(),
        Err(error) => {
            tracing::debug!(?error, "token request refused");
            error.into_response()
        }
    }
}

fn answer(
    provider: &Provider,
    headers: &HeaderMap,
    form: &str,
) -> Result<TokenResponse, OAuthError> {
    let form = form_of(headers, form)?;
    let client = authenticate(provider, headers, &form)?;
    match form.get("grant_type") {
        Some("authorization_code") => by_code(provider, client, &form),
        Some("refresh_token") => by_refresh_token(provider, client, &form),
        Some(_) => Err(OAuthError::new(
            "unsupported_grant_type",
            "grant_type is authorization_code or refresh_token",
        )),
        None => Err(OAuthError::invalid_request("grant_type is missing")),
    }
}

fn by_code(
    provider: &Provider,
    client: &RegisteredClient,
    form: &Params,
) -> Result<TokenResponse, OAuthError> {
    let exchange = CodeExchange {
        code: form
            .get("code")
            .ok_or(OAuthError::invalid_request("code is missing"))?,
        client_id: &client.settings.id,
        redirect_uri: form.get("redirect_uri"),
        code_verifier: form.get("code_verifier"),
    };
    let (remembered, now) = (provider.grant_remembered_until(), provider.now());
    let redeemed = provider.grants().redeem(&exchange, remembered, now);
    let grant = redeemed.map_err(OAuthError::invalid_grant)?;
    Ok(provider.issue_tokens(client, &grant, &grant.scope, grant.nonce.as_deref(), None))
}

/// [RFC 6749 §6](https://www.rfc-editor.org/rfc/rfc6749#section-6). The new ID token has no nonce, OIDC Core §12.2.
fn by_refresh_token(
    provider: &Provider,
    client: &RegisteredClient,
    form: &Params,
) -> Result<TokenResponse, OAuthError> {
    let token = form
        .get("refresh_token")
        .ok_or(OAuthError::invalid_request("refresh_token is missing"))?;
    let rotate = provider.settings.refresh_rotation == RefreshRotation::Rotate;
    let (remembered, now) = (provider.grant_remembered_until(), provider.now());
    let refreshed = provider
        .grants()
        .refresh(token, &client.settings.id, rotate, remembered, now);
    let mut grant = refreshed.map_err(OAuthError::invalid_grant)?;
    bend::refresh::bend(provider.bend(), &mut grant)?;
    let scope = match form
        .get("scope")
        .map(|scope| Scope::of(scope.split_ascii_whitespace()))
    {
        None => grant.scope.clone(),
        Some(scope) if scope.within(&grant.scope) => scope,
        Some(_) => {
            return Err(OAuthError::new(
                "invalid_scope",
                "scope is more than what was granted",
            ));
        }
    };
    let kept = (!rotate).then(|| token.to_owned());
    Ok(provider.issue_tokens(client, &grant, &scope, None, kept))
}

/// The form of a request, in which each parameter may stand once.
pub(super) fn form_of(headers: &HeaderMap, form: &str) -> Result<Params, OAuthError> {
    if !is_form(headers) {
        return Err(OAuthError::invalid_request(
            "the body must be application/x-www-form-urlencoded",
        ));
    }
    let form = Params::parse(form);
    if form.repeated().is_some() {
        return Err(OAuthError::invalid_request(
            "a parameter comes more than once",
        ));
    }
    Ok(form)
}

fn is_form(headers: &HeaderMap) -> bool {
    let content_type = headers
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    content_type
        .split(';')
        .next()
        .unwrap_or_default()
        .trim()
        .eq_ignore_ascii_case("application/x-www-form-urlencoded")
}
