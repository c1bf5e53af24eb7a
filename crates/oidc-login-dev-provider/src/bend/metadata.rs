//! Lies in the discovery document.

use serde_json::{Value, json};

use super::Bend;

pub(crate) fn bend(bend: Option<Bend>, metadata: &mut Value) {
    match bend {
        Some(Bend::DiscoveryIssuer) => metadata["issuer"] = json!("https://provider.invalid"),
        Some(Bend::DiscoveryPlainHttp) => {
            metadata["token_endpoint"] = json!("http://provider.invalid/token");
        }
        Some(Bend::DiscoveryNoJwksUri) => super::remove(metadata, "jwks_uri"),
        _ => {}
    }
}
