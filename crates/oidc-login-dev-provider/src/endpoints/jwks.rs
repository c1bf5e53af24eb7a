//! The public keys.

use std::sync::Arc;

use axum::{Json, extract::State};
use serde_json::Value;

use crate::{bend, provider::Provider};

/// The public keys, [RFC 7517 §5](https://www.rfc-editor.org/rfc/rfc7517#section-5).
pub(super) async fn get(State(provider): State<Arc<Provider>>) -> Json<Value> {
    let mut jwks = provider.keys().jwks();
    bend::keys::bend(provider.bend(), &mut jwks);
    Json(jwks)
}
