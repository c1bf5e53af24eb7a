//! Lies in the public keys.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Value, json};

use super::Bend;

/// A point on P-256 that anybody has the private key of: the curve's own base point, SEC 2 §2.4.2.
const POINT: [&str; 2] = [
    "axfR8uEsQkf4vOblY6RA8ncDfYEt6zOg9KE5RdiYwpY",
    "T-NC4v4af5uO5-tKfA-eFivOM1drMV7Oy7ZAaDe_UfU",
];

pub(crate) fn bend(bend: Option<Bend>, jwks: &mut Value) {
    match bend {
        Some(Bend::KeysNone) => jwks["keys"] = json!([]),
        Some(Bend::KeysOther) => {
            let keys = jwks["keys"].as_array_mut().into_iter().flatten();
            keys.for_each(exchange);
        }
        _ => {}
    }
}

fn exchange(key: &mut Value) {
    if key["kty"] == "EC" {
        [key["x"], key["y"]] = POINT.map(|coordinate| json!(coordinate));
    } else {
        let mut modulus = URL_SAFE_NO_PAD
            .decode(key["n"].as_str().unwrap_or_default())
            .unwrap_or_default();
        let middle = modulus.len() / 2;
        modulus[middle..]
            .iter_mut()
            .take(1)
            .for_each(|byte| *byte ^= 1);
        key["n"] = json!(URL_SAFE_NO_PAD.encode(modulus));
    }
}
