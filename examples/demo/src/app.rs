//! The app: one layer, and handlers that take who is signed in as an argument.

mod admin;
mod failed;
mod sessions;
mod step_up;

use axum::{
    Json, Router,
    extract::{OriginalUri, State},
    response::Response,
    routing::{get, post},
};
use http::StatusCode;
use oidc_login::{Claims, Oidc, OidcLayer, RequireLoginLayer};
use serde_json::{Value, json};
use time::OffsetDateTime;

use crate::{
    health,
    pages::{Claim, HomePage, Lifetime, NotFoundPage, Person, SecurePage, page, style},
    services::Services,
};

mod tokens;

/// What the handlers know besides the request.
#[derive(Clone)]
pub(crate) struct App {
    /// The provider is the embedded one, whose users and passwords are no secret.
    pub(crate) users_are_known: bool,
    /// The values of `acr` with which `/strong` opens.
    pub(crate) strong_acr: Vec<String>,
    pub(crate) services: Services,
}

/// The routes, and the login around all of them. In tests it is one without a provider.
pub(crate) fn app(login: OidcLayer, state: App) -> Router {
    Router::new()
        .route("/admin", get(admin::page_of))
        .route("/admin/end-sessions", post(admin::end_sessions))
        .route_layer(RequireLoginLayer::role("admin"))
        .merge(step_up::routes(&state.strong_acr))
        .route("/secure", get(secure))
        .route("/sessions", get(sessions::list))
        .route("/sessions/end", post(sessions::end))
        .route("/sessions/end-others", post(sessions::end_others))
        .route("/api/me", get(me))
        .route("/api/refresh", post(tokens::refresh))
        .route("/api/downstream", get(tokens::downstream))
        .route("/", get(home))
        .route("/style.css", get(style))
        .merge(health::routes(login.relying_party().clone()))
        .fallback(not_found)
        .with_state(state)
        .layer(login)
}

/// Open to everybody: without a login, `claims` is `None`.
async fn home(claims: Option<Claims>, oidc: Oidc, State(app): State<App>) -> Response {
    page(
        StatusCode::OK,
        &HomePage {
            person: claims.as_deref().map(Person::new),
            sign_in: oidc.login_url("/"),
            sign_out: oidc.logout_url(),
            users_are_known: app.users_are_known,
        },
    )
}

/// Asking for `Claims` is what makes this page secure: a visitor is sent to sign in, and comes back.
async fn secure(claims: Claims, oidc: Oidc) -> Response {
    let idle_until = oidc.idle_until().await.ok().flatten();
    page(
        StatusCode::OK,
        &SecurePage {
            person: Person::new(&claims),
            claims: Claim::all(&claims),
            lifetimes: Lifetime::all(claims.login(), idle_until),
            now: OffsetDateTime::now_utc(),
            sign_out: oidc.logout_url(),
        },
    )
}

/// For scripts: 401 in place of a redirect, whoever asks.
async fn me(claims: Option<Claims>) -> (StatusCode, Json<Value>) {
    match claims {
        Some(claims) => (StatusCode::OK, Json(json!(claims.as_map()))),
        None => (
            StatusCode::UNAUTHORIZED,
            Json(json!({ "error": "not_signed_in" })),
        ),
    }
}

async fn not_found(OriginalUri(uri): OriginalUri) -> Response {
    let path = uri.path().to_owned();
    page(StatusCode::NOT_FOUND, &NotFoundPage { path })
}

#[cfg(test)]
mod tests;
