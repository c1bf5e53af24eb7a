use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Value, json};

use crate::keys::{SigningKey, SigningKeys};

/// A signed JWT, [RFC 7515 §7.1](https://www.rfc-editor.org/rfc/rfc7515#section-7.1).
pub(crate) fn sign(key: &SigningKey, typ: &str, claims: &Value) -> String {
    let header = json!({ "alg": key.algorithm.name(), "typ": typ, "kid": key.kid });
    let encode = |part: &Value| URL_SAFE_NO_PAD.encode(part.to_string());
    let signed = format!("{}.{}", encode(&header), encode(claims));
    let signature = URL_SAFE_NO_PAD.encode(key.sign(signed.as_bytes()));
    format!("{signed}.{signature}")
}

/// The claims of a JWT of this type that one of our keys signed, whatever they say.
pub(crate) fn verify(keys: &SigningKeys, typ: &str, token: &str) -> Option<Value> {
    let (signed, signature) = token.rsplit_once('.')?;
    let (header, claims) = signed.split_once('.')?;
    let header: Value = decode(header)?;
    let key = keys.by_id(header["kid"].as_str()?)?;
    let genuine = header["alg"] == key.algorithm.name()
        && header["typ"] == typ
        && key.verify(signed.as_bytes(), &URL_SAFE_NO_PAD.decode(signature).ok()?);
    genuine.then(|| decode(claims)).flatten()
}

fn decode(part: &str) -> Option<Value> {
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).ok()?).ok()
}
