//! Another HTTP service, on a port of its own: what `/api/downstream` calls unless
//! `OIDC_RESOURCE_URL` names one. It knows no session, only access tokens.

use std::io;

use axum::{
    Json, Router,
    extract::State,
    response::{IntoResponse, Response},
    routing::get,
};
use http::{HeaderMap, StatusCode, header};
use serde_json::json;
use tokio::net::TcpListener;

use crate::services::{ServiceError, Services};

/// Serves it until the demo ends.
pub(crate) async fn serve(listener: TcpListener, services: Services) -> io::Result<()> {
    axum::serve(listener, router(services)).await
}

fn router(services: Services) -> Router {
    let router = Router::new().route("/whoami", get(whoami));
    router.with_state(services)
}

/// Asks the provider whose token it is: an access token need not be readable.
async fn whoami(State(services): State<Services>, headers: HeaderMap) -> Response {
    let Some(token) = bearer(&headers) else {
        return refused("Bearer");
    };
    match services.userinfo_of(token).await {
        Ok(user) => {
            let name = user.get("preferred_username");
            let caller = json!({ "sub": user.get("sub"), "preferred_username": name });
            Json(json!({ "service": "oidc-login demo resource", "called_by": caller }))
                .into_response()
        }
        Err(ServiceError::Status(StatusCode::UNAUTHORIZED)) => {
            refused(r#"Bearer error="invalid_token""#)
        }
        Err(error) => {
            tracing::warn!(%error, "the service cannot ask whose token it got");
            StatusCode::BAD_GATEWAY.into_response()
        }
    }
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    let line = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    line.strip_prefix("Bearer ")
}

fn refused(challenge: &'static str) -> Response {
    let challenge = [(header::WWW_AUTHENTICATE, challenge)];
    (StatusCode::UNAUTHORIZED, challenge).into_response()
}
