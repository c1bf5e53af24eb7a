//! One file for each endpoint.

mod authorization;
mod consent;
mod discovery;
mod end_session;
mod jwks;
mod pushed_authorization_request;
mod revocation;
mod sign_in;
mod token;
mod userinfo;

pub(crate) use authorization::issue_code;

use std::sync::Arc;

use axum::{
    Router,
    extract::{DefaultBodyLimit, Request, State},
    middleware::{Next, from_fn_with_state},
    response::Response,
    routing::{MethodRouter, get, post},
};
use http::StatusCode;

use crate::{
    control::{Endpoint, watched},
    pages::ErrorPage,
    provider::Provider,
};

const DISCOVERY: &str = "/.well-known/openid-configuration";
const JWKS: &str = "/jwks";
const AUTHORIZATION: &str = "/authorize";
const SIGN_IN: &str = "/sign-in";
const CONSENT: &str = "/consent";
const PUSHED_AUTHORIZATION_REQUEST: &str = "/par";
pub(crate) const TOKEN: &str = "/token";
const USERINFO: &str = "/userinfo";
const END_SESSION: &str = "/end-session";
const REVOCATION: &str = "/revoke";
const CONFIRM: &str = "/end-session/confirm";

const LARGEST_BODY: usize = 64 * 1024;

pub(crate) fn router(provider: Arc<Provider>) -> Router {
    let path = |path: &str| format!("{}{path}", provider.settings.issuer.base_path());
    let watch = |endpoint: Endpoint, methods: MethodRouter<Arc<Provider>>| {
        methods.layer(from_fn_with_state(
            (Arc::clone(&provider), endpoint),
            watched,
        ))
    };
    Router::new()
        .route(
            &path(DISCOVERY),
            watch(Endpoint::Discovery, get(discovery::get)),
        )
        .route(&path(JWKS), watch(Endpoint::Jwks, get(jwks::get)))
        .route(
            &path(AUTHORIZATION),
            watch(
                Endpoint::Authorization,
                get(authorization::get).post(authorization::post),
            ),
        )
        .route(&path(SIGN_IN), post(sign_in::post))
        .route(&path(CONSENT), post(consent::post))
        .route(
            &path(PUSHED_AUTHORIZATION_REQUEST),
            watch(
                Endpoint::PushedAuthorizationRequest,
                post(pushed_authorization_request::post),
            ),
        )
        .route(&path(TOKEN), watch(Endpoint::Token, post(token::post)))
        .route(
            &path(USERINFO),
            watch(Endpoint::UserInfo, get(userinfo::get).post(userinfo::post)),
        )
        .route(
            &path(REVOCATION),
            watch(Endpoint::Revocation, post(revocation::post)),
        )
        .route(
            &path(END_SESSION),
            watch(
                Endpoint::EndSession,
                get(end_session::get).post(end_session::post),
            ),
        )
        .route(&path(CONFIRM), post(end_session::confirmed))
        .fallback(not_found)
        .layer(DefaultBodyLimit::max(LARGEST_BODY))
        .layer(from_fn_with_state(Arc::clone(&provider), only_for_us))
        .with_state(provider)
}

async fn only_for_us(
    State(provider): State<Arc<Provider>>,
    request: Request,
    next: Next,
) -> Response {
    let issuer = &provider.settings.issuer;
    if issuer.is_asked_for(&request) {
        return next.run(request).await;
    }
    ErrorPage::new(
        "Not the name of this provider",
        "It answers only to the host in its issuer, so that no other name can be pointed at it.",
    )
    .fact("Issuer", [issuer.as_str()])
    .respond(StatusCode::MISDIRECTED_REQUEST)
}

async fn not_found(State(provider): State<Arc<Provider>>) -> Response {
    let issuer = &provider.settings.issuer;
    ErrorPage::new("Nothing to see here", "This is an OpenID provider for development. People come here from an app that they sign in to.")
        .fact("Issuer", [issuer.as_str()])
        .fact("Its description for apps", [issuer.endpoint(DISCOVERY)])
        .respond(StatusCode::NOT_FOUND)
}
