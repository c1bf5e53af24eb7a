//! The question whether a client may know a person, and the answer to it.

use std::sync::Arc;

use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use http::{HeaderMap, StatusCode, header::SET_COOKIE};

use super::{CONSENT, authorization::issue_code};
use crate::{
    authorization_request::{AuthorizationRequest, Prompt},
    authorization_response::AuthorizationResponse,
    csrf::Form,
    pages::{self, ConsentPage, ErrorPage},
    params::Params,
    provider::Provider,
    sessions::Session,
};

/// Goes on with the request of somebody who is signed in: with a code, or first with the question whether they want that,
/// [OIDC Core §3.1.2.4](https://openid.net/specs/openid-connect-core-1_0.html#Consent).
pub(super) fn go_on(
    provider: &Provider,
    headers: &HeaderMap,
    request: AuthorizationRequest<'_>,
    session: Session,
    encoded: &str,
) -> Response {
    if !provider.consents.is_missing(&request, &session) {
        return issue_code(provider, request, session).into_response();
    }
    if request.prompt == Prompt::Never {
        let text = "the person did not allow this yet; prompt none allows no page that asks";
        return error(provider, &request, "consent_required", text);
    }
    page(provider, headers, &request, &session, encoded)
}

/// Takes *Allow* or *Deny*.
pub(super) async fn post(
    State(provider): State<Arc<Provider>>,
    headers: HeaderMap,
    form: String,
) -> Response {
    let (form, issuer) = (Params::parse(&form), &provider.settings.issuer);
    let encoded = form.get("request").unwrap_or_default();
    let asked = provider.session(&headers).filter(|session| {
        let sid = &session.sid;
        let shown = Form::Consent { sid, encoded };
        provider
            .csrf
            .check(shown, &headers, issuer, form.get("csrf"))
    });
    let Some(session) = asked else {
        return ErrorPage::new(
            "This question was not asked in this browser",
            "Its protection against forged requests does not fit: somebody signed out or in meanwhile, cookies may be \
             switched off, or the provider was started again. Go back to the app and sign in again.",
        )
        .respond(StatusCode::FORBIDDEN);
    };
    let request = match AuthorizationRequest::parse(&provider, &Params::parse(encoded)) {
        Ok(request) => request,
        Err(refusal) => return refusal.into_response(),
    };
    if form.get("action") != Some("allow") {
        let text = "the person did not allow this";
        return error(&provider, &request, "access_denied", text);
    }
    provider.consents.add(&request, &session);
    issue_code(&provider, request, session).into_response()
}

fn error(
    provider: &Provider,
    request: &AuthorizationRequest<'_>,
    error: &str,
    text: &str,
) -> Response {
    let issuer = &provider.settings.issuer;
    AuthorizationResponse::error(&request.return_address, issuer, error, text).into_response()
}

/// The form is for this request and this session: neither can be exchanged for one that was not asked about.
fn page(
    provider: &Provider,
    headers: &HeaderMap,
    request: &AuthorizationRequest<'_>,
    session: &Session,
    encoded: &str,
) -> Response {
    let (issuer, sid) = (&provider.settings.issuer, &session.sid);
    let form = Form::Consent { sid, encoded };
    let csrf = provider.csrf.issue(form, headers, issuer, &provider.random);
    let page = ConsentPage {
        action: &issuer.endpoint(CONSENT),
        client: &request.client.settings.name,
        person: &session.user.full_name(),
        issuer: issuer.as_str(),
        request: encoded,
        csrf: &csrf.token,
        scopes: request.scope.in_words(),
    };
    let mut response = pages::respond(StatusCode::OK, &page);
    response
        .headers_mut()
        .extend(csrf.set_cookie.map(|cookie| (SET_COOKIE, cookie)));
    response
}
