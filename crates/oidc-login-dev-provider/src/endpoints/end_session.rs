//! The end-session endpoint.

use std::sync::Arc;

use axum::{
    extract::{RawQuery, State},
    response::Response,
};
use http::{HeaderMap, StatusCode, header::SET_COOKIE};
use url::Url;

use super::{CONFIRM, END_SESSION};
use crate::{
    cookies::{self, Purpose},
    csrf::Form,
    end_session_request::EndSessionRequest,
    pages::{self, ConfirmPage, ErrorPage, SignedOutPage},
    params::Params,
    provider::Provider,
    redirect,
    sessions::Session,
};

/// [RP-Initiated Logout §2](https://openid.net/specs/openid-connect-rpinitiated-1_0.html#RPLogout).
pub(super) async fn get(
    State(provider): State<Arc<Provider>>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Response {
    let query = query.unwrap_or_default();
    let request = match EndSessionRequest::parse(&provider, &Params::parse(&query)) {
        Ok(request) => request,
        Err(page) => return page.respond(StatusCode::BAD_REQUEST),
    };
    match provider.session(&headers) {
        Some(session) if !request.is_from_an_app_of(&session) => {
            confirm(&provider, &headers, &request, &session, &query)
        }
        _ => end(&provider, &headers, &request).await,
    }
}

/// As at the authorization endpoint: a form from another site comes without our cookies, the redirect has them.
pub(super) async fn post(State(provider): State<Arc<Provider>>, form: String) -> Response {
    redirect::to_self(&provider, END_SESSION, &form)
}

/// The person said yes.
pub(super) async fn confirmed(
    State(provider): State<Arc<Provider>>,
    headers: HeaderMap,
    form: String,
) -> Response {
    let form = Params::parse(&form);
    if !provider.csrf.check(
        Form::EndSession,
        &headers,
        &provider.settings.issuer,
        form.get("csrf"),
    ) {
        return ErrorPage::new(
            "This form was not shown in this browser",
            "Its protection against forged requests does not fit. Nobody was signed out.",
        )
        .respond(StatusCode::FORBIDDEN);
    }
    match EndSessionRequest::parse(
        &provider,
        &Params::parse(form.get("request").unwrap_or_default()),
    ) {
        Ok(request) => end(&provider, &headers, &request).await,
        Err(page) => page.respond(StatusCode::BAD_REQUEST),
    }
}

async fn end(
    provider: &Provider,
    headers: &HeaderMap,
    request: &EndSessionRequest<'_>,
) -> Response {
    let frames = match provider.end_session(headers) {
        Some(session) => provider.tell_apps(&session).await,
        None => Vec::new(),
    };
    let issuer = &provider.settings.issuer;
    let return_to = request.return_to.as_ref().map(Url::as_str);
    let mut response = match return_to {
        Some(return_to) if frames.is_empty() => redirect::to(return_to),
        _ => pages::respond_framing(
            StatusCode::OK,
            &SignedOutPage {
                issuer: issuer.as_str(),
                frames: &frames,
                return_to,
            },
            &frames,
        ),
    };
    response
        .headers_mut()
        .append(SET_COOKIE, cookies::set(Purpose::Session, issuer, ""));
    response
}

fn confirm(
    provider: &Provider,
    headers: &HeaderMap,
    request: &EndSessionRequest<'_>,
    session: &Session,
    encoded: &str,
) -> Response {
    let issuer = &provider.settings.issuer;
    let csrf = provider
        .csrf
        .issue(Form::EndSession, headers, issuer, &provider.random);
    let page = ConfirmPage {
        action: &issuer.endpoint(CONFIRM),
        issuer: issuer.as_str(),
        client: request.client.map(|client| client.settings.name.as_str()),
        person: &session.user.full_name(),
        request: encoded,
        csrf: &csrf.token,
    };
    let mut response = pages::respond(StatusCode::OK, &page);
    response
        .headers_mut()
        .extend(csrf.set_cookie.map(|cookie| (SET_COOKIE, cookie)));
    response
}
