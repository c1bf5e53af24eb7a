//! The least that a discovery document says (OpenID Connect Discovery §3), for tests and fuzz targets.

use serde_json::{Value, json};

/// The document of an issuer that signs with one algorithm.
pub(crate) fn smallest(issuer: &str, algorithm: &str) -> Value {
    json!({
        "issuer": issuer,
        "authorization_endpoint": format!("{issuer}/authorize"),
        "token_endpoint": format!("{issuer}/token"),
        "jwks_uri": format!("{issuer}/keys"),
        "response_types_supported": ["code"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": [algorithm],
    })
}
