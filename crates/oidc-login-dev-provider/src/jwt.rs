//! JWTs, signed.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Value, json};

use crate::keys::{SigningKey, SigningKeys};

/// A signed JWT, [RFC 7515 §7.1](https://www.rfc-editor.org/rfc/rfc7515#section-7.1).
pub(crate) fn sign(key: &SigningKey, typ: &str, claims: &Value) -> String {
    encode(&header(key, typ), claims, |message| key.sign(message))
}

pub(crate) fn header(key: &SigningKey, typ: &str) -> Value {
    json!({ "alg": key.algorithm.name(), "typ": typ, "kid": key.kid })
}

/// The three parts, whatever they say.
pub(crate) fn encode(
    header: &Value,
    claims: &Value,
    signature: impl FnOnce(&[u8]) -> Vec<u8>,
) -> String {
    let part = |part: &Value| URL_SAFE_NO_PAD.encode(part.to_string());
    let signed = format!("{}.{}", part(header), part(claims));
    let signature = URL_SAFE_NO_PAD.encode(signature(signed.as_bytes()));
    format!("{signed}.{signature}")
}

/// A JWT that nobody has verified.
pub(crate) struct Unverified<'t> {
    pub(crate) header: Value,
    pub(crate) claims: Value,
    /// What the signature is over.
    pub(crate) signed: &'t str,
    pub(crate) signature: Vec<u8>,
}

/// Takes a JWT apart; nothing in it is known to be true.
pub(crate) fn unverified(token: &str) -> Option<Unverified<'_>> {
    let (signed, signature) = token.rsplit_once('.')?;
    let (header, claims) = signed.split_once('.')?;
    Some(Unverified {
        header: decode(header)?,
        claims: decode(claims)?,
        signed,
        signature: URL_SAFE_NO_PAD.decode(signature).ok()?,
    })
}

/// The claims of a JWT of this type that one of our keys signed, whatever they say.
pub(crate) fn verify(keys: &SigningKeys, typ: &str, token: &str) -> Option<Value> {
    let token = unverified(token)?;
    let key = keys.by_id(token.header["kid"].as_str()?)?;
    let genuine = token.header["alg"] == key.algorithm.name()
        && token.header["typ"] == typ
        && key.verify(token.signed.as_bytes(), &token.signature);
    genuine.then_some(token.claims)
}

fn decode(part: &str) -> Option<Value> {
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).ok()?).ok()
}
