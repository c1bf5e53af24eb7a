//! The authorization endpoint.

use std::sync::Arc;

use axum::{
    extract::{RawQuery, State},
    response::{IntoResponse, Response},
};
use http::{HeaderMap, StatusCode};

use super::{AUTHORIZATION, consent, sign_in};
use crate::{
    authorization_request::{AuthorizationRequest, Prompt, Refusal},
    authorization_response::AuthorizationResponse,
    bend,
    grants::{Code, Grant},
    params::Params,
    provider::Provider,
    pushed_requests::asked_for,
    redirect,
    sessions::Session,
};

/// [OIDC Core §3.1.2](https://openid.net/specs/openid-connect-core-1_0.html#AuthorizationEndpoint).
pub(super) async fn get(
    State(provider): State<Arc<Provider>>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Response {
    let query = match asked_for(&provider, query.unwrap_or_default()) {
        Ok(query) => query,
        Err(page) => return page.respond(StatusCode::BAD_REQUEST),
    };
    let request = match AuthorizationRequest::parse(&provider, &Params::parse(&query)) {
        Ok(request) => request,
        Err(refusal) => return refusal.into_response(),
    };
    let session = provider.session(&headers);
    let known = session
        .as_ref()
        .map(|session| session.user.username.clone());
    match session.filter(|session| request.is_satisfied_by(session, &provider)) {
        Some(session) => consent::go_on(&provider, &headers, request, session, &query),
        None if request.prompt == Prompt::Never => {
            let text = "nobody is signed in, or not recently enough, or somebody else is; prompt none allows no sign-in page";
            AuthorizationResponse::error(
                &request.return_address,
                &provider.settings.issuer,
                "login_required",
                text,
            )
            .into_response()
        }
        None => {
            let known = known.filter(|_| request.prompt != Prompt::Always);
            let username = request.login_hint.clone().or(known).unwrap_or_default();
            sign_in::page(
                &provider,
                &headers,
                sign_in::Attempt::First,
                &request,
                &query,
                &username,
            )
        }
    }
}

/// A form from the app's site comes without our cookies, which are `SameSite=Lax`; the redirect that follows has them.
pub(super) async fn post(State(provider): State<Arc<Provider>>, form: String) -> Response {
    redirect::to_self(&provider, AUTHORIZATION, &form)
}

impl AuthorizationRequest<'_> {
    fn is_satisfied_by(&self, session: &Session, provider: &Provider) -> bool {
        let age = provider.now() - session.auth_time;
        // With 0 the person signs in again, also within the same second.
        let recent = self
            .max_age
            .is_none_or(|max_age| !max_age.is_zero() && age <= max_age);
        // The wish for an acr is voluntary: it never fails a request that allows no page.
        let strong = self.prompt == Prompt::Never || session.acr >= self.acr;
        self.prompt != Prompt::Always && recent && strong && self.is_about(session)
    }

    /// Whether this is the person `id_token_hint` speaks of.
    pub(super) fn is_about(&self, session: &Session) -> bool {
        self.expected_sub
            .as_ref()
            .is_none_or(|sub| *sub == session.user.sub)
    }
}

pub(crate) fn issue_code(
    provider: &Provider,
    request: AuthorizationRequest<'_>,
    session: Session,
) -> AuthorizationResponse {
    let now = provider.now();
    let value = provider.random_token();
    provider.join(&session.sid, &request.client.settings.id);
    let code = Code {
        grant: Grant {
            id: provider.random_token(),
            client_id: request.client.settings.id.clone(),
            user: session.user,
            scope: request.scope,
            nonce: request.nonce,
            sid: session.sid,
            auth_time: session.auth_time,
            acr: session.acr,
        },
        redirect_uri: request.redirect_uri,
        challenge: request.code_challenge,
        expires: now + provider.settings.code_lifetime,
        used: false,
    };
    provider
        .grants()
        .add_code(value.clone(), code, provider.grant_remembered_until(), now);
    let issuer = &provider.settings.issuer;
    let mut answer = AuthorizationResponse::code(&request.return_address, issuer, &value);
    bend::authorization_response::bend(provider.bend(), &mut answer.params);
    answer
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        match self {
            Self::Page(page) => page.respond(StatusCode::BAD_REQUEST),
            Self::Answer(answer, _) => answer.into_response(),
        }
    }
}
