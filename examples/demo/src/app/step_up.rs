//! Pages that ask for more than a login: the layer around each sees to it.

use std::time::Duration;

use axum::{Router, response::Response, routing::get};
use http::StatusCode;
use oidc_login::{Claims, RequireLoginLayer};

use super::App;
use crate::pages::{StepUpPage, page};

/// How long ago people may have typed their password, for `/recent`.
const RECENT: Duration = Duration::from_secs(60);

/// `/recent`, for who signed in lately, and `/strong`, for who signed in in a certain way.
pub(super) fn routes(strong_acr: &[String]) -> Router<App> {
    let recent = RequireLoginLayer::new().max_age(RECENT);
    let strong = RequireLoginLayer::new().acr_values(strong_acr);
    Router::new()
        .route("/recent", get(recently).route_layer(recent))
        .route("/strong", get(strongly).route_layer(strong))
}

async fn recently(claims: Claims) -> Response {
    page(StatusCode::OK, &StepUpPage::new("recent", claims.login()))
}

async fn strongly(claims: Claims) -> Response {
    page(StatusCode::OK, &StepUpPage::new("strong", claims.login()))
}
