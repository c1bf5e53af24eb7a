//! Whether this process should get requests, for a load balancer.

use axum::{Json, Router, extract::State, routing::get};
use http::StatusCode;
use oidc_login::{LoginErrorKind, RelyingParty, StoreReadiness};
use serde_json::{Value, json};

/// `GET /health/ready`: 200 when users can sign in, otherwise 503; and what is missing.
pub(crate) fn routes<S>(relying_party: RelyingParty) -> Router<S> {
    Router::new()
        .route("/health/ready", get(ready))
        .with_state(relying_party)
}

async fn ready(State(relying_party): State<RelyingParty>) -> (StatusCode, Json<Value>) {
    let readiness = relying_party.readiness().await;
    let status = if readiness.is_ready() {
        StatusCode::OK
    } else {
        StatusCode::SERVICE_UNAVAILABLE
    };
    let provider = if readiness.provider.is_known() {
        "known"
    } else {
        "unknown"
    };
    let store = if readiness.store == StoreReadiness::Answers {
        "answers"
    } else {
        "fails"
    };
    let answer = json!({
        "ready": readiness.is_ready(),
        "provider": provider,
        "last_failure_of_provider": readiness.provider.last_failure().map(LoginErrorKind::code),
        "store": store,
    });
    (status, Json(answer))
}
