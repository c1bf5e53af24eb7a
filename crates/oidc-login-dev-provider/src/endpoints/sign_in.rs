//! Where the sign-in form goes.

use std::sync::Arc;

use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use http::{HeaderMap, StatusCode, header::SET_COOKIE};

use super::{SIGN_IN, consent};
use crate::{
    acr::{Acr, ONE_TIME_CODE},
    authorization_request::AuthorizationRequest,
    authorization_response::AuthorizationResponse,
    cookies::{self, Purpose},
    csrf::Form,
    pages::{self, ErrorPage, Hint, SignInPage},
    params::Params,
    provider::Provider,
};

/// Takes user name and password, and goes on with the authorization request that asked for them.
pub(super) async fn post(
    State(provider): State<Arc<Provider>>,
    headers: HeaderMap,
    form: String,
) -> Response {
    let (form, issuer) = (Params::parse(&form), &provider.settings.issuer);
    if !provider
        .csrf
        .check(Form::SignIn, &headers, issuer, form.get("csrf"))
    {
        let title = "This form was not shown in this browser";
        let text = "Its protection against forged requests does not fit: cookies may be switched off, \
                    or the provider was started again. Go back to the app and sign in again.";
        return ErrorPage::new(title, text).respond(StatusCode::FORBIDDEN);
    }
    let encoded = form.get("request").unwrap_or_default();
    let request = match AuthorizationRequest::parse(&provider, &Params::parse(encoded)) {
        Ok(request) => request,
        Err(refusal) => return refusal.into_response(),
    };
    let answer_error = |error, text| {
        AuthorizationResponse::error(&request.return_address, issuer, error, text).into_response()
    };
    if form.get("action") == Some("cancel") {
        return answer_error("access_denied", "the person did not want to sign in");
    }
    let (username, password) = (
        form.get("username").unwrap_or_default(),
        form.get("password").unwrap_or_default(),
    );
    let acr = match form.get("code").unwrap_or_default().trim() {
        "" => Some(Acr::Password),
        ONE_TIME_CODE => Some(Acr::TwoFactors),
        _ => None,
    };
    let (Some(user), Some(acr)) = (provider.user(username, password), acr) else {
        return page(
            &provider,
            &headers,
            Attempt::Failed,
            &request,
            encoded,
            username,
        );
    };
    let (cookie, session) = provider.start_session(Arc::clone(user), acr, &headers);
    let set_cookie = cookies::set(Purpose::Session, issuer, &cookie);
    let mut response = if request.is_about(&session) {
        consent::go_on(&provider, &headers, request, session, encoded)
    } else {
        let text = "somebody else signed in than id_token_hint speaks of";
        answer_error("login_required", text)
    };
    response.headers_mut().append(SET_COOKIE, set_cookie);
    response
}

/// Whether the page is shown again because user name, password and code did not fit.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Attempt {
    First,
    Failed,
}

pub(super) fn page(
    provider: &Provider,
    headers: &HeaderMap,
    attempt: Attempt,
    request: &AuthorizationRequest<'_>,
    encoded: &str,
    username: &str,
) -> Response {
    let issuer = &provider.settings.issuer;
    let csrf = provider
        .csrf
        .issue(Form::SignIn, headers, issuer, &provider.random);
    let page = SignInPage {
        action: &issuer.endpoint(SIGN_IN),
        client: &request.client.settings.name,
        issuer: issuer.as_str(),
        request: encoded,
        csrf: &csrf.token,
        username,
        failed: attempt == Attempt::Failed,
        code: (request.acr == Acr::TwoFactors).then_some(ONE_TIME_CODE),
        hints: hints(provider),
    };
    let status = match attempt {
        Attempt::First => StatusCode::OK,
        Attempt::Failed => StatusCode::UNPROCESSABLE_ENTITY,
    };
    let mut response = pages::respond(status, &page);
    response
        .headers_mut()
        .extend(csrf.set_cookie.map(|cookie| (SET_COOKIE, cookie)));
    response
}

/// Passwords are shown on this machine only.
fn hints(provider: &Provider) -> Vec<Hint<'_>> {
    const SHOWN: usize = 6;
    if provider.settings.listen_on.is_some() {
        return Vec::new();
    }
    provider
        .settings
        .users
        .iter()
        .take(SHOWN)
        .map(|user| Hint {
            username: &user.username,
            password: &user.password,
            roles: user.roles.join(", "),
        })
        .collect()
}
