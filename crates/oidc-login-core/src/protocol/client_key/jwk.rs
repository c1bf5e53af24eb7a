//! Private keys as JWK ([RFC 7518 §6]).
//!
//! [RFC 7518 §6]: https://www.rfc-editor.org/rfc/rfc7518.html#section-6

use aws_lc_rs::rsa::PublicKeyComponents;
use aws_lc_rs::signature::{EcdsaKeyPair, Ed25519KeyPair, RsaKeyPair};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Map, Value};
use zeroize::Zeroizing;

use super::{CURVES, ClientKey, ClientKeyError, Pair};
use crate::protocol::signing_algorithm::SigningAlgorithm;

type Jwk = Map<String, Value>;

/// The first byte of a point whose two coordinates follow (SEC 1 §2.3.3).
pub(super) const UNCOMPRESSED: u8 = 4;

/// The private keys that sign, of a JWK set or of a single JWK.
pub(super) fn parse(text: &str) -> Result<Vec<ClientKey>, ClientKeyError> {
    let value: Value = serde_json::from_str(text).map_err(|_| ClientKeyError::NoKey)?;
    let set = value.get("keys").unwrap_or(&value);
    let keys = match set {
        Value::Array(keys) => keys.as_slice(),
        one => std::slice::from_ref(one),
    };
    let private = keys
        .iter()
        .filter_map(Value::as_object)
        .filter(|key| key.contains_key("d") && may_sign(key));
    let (mut usable, mut refused) = (Vec::new(), ClientKeyError::NoKey);
    for key in private {
        match read(key) {
            Ok(key) => usable.push(key),
            Err(error) => refused = error,
        }
    }
    if usable.is_empty() {
        return Err(refused);
    }
    Ok(usable)
}

fn may_sign(key: &Jwk) -> bool {
    let usage = key.get("use").and_then(Value::as_str);
    let operations = key.get("key_ops").and_then(Value::as_array);
    usage.is_none_or(|usage| usage == "sig")
        && operations.is_none_or(|operations| operations.iter().any(|one| one == "sign"))
}

fn read(key: &Jwk) -> Result<ClientKey, ClientKeyError> {
    let pair = pair(key).ok_or(ClientKeyError::Unusable)?;
    let mut client_key = ClientKey::new(pair);
    if let Some(name) = text(key, "alg") {
        let algorithm = name.parse().map_err(|_| ClientKeyError::Unusable)?;
        client_key = client_key.with_algorithm(algorithm)?;
    }
    Ok(match text(key, "kid") {
        Some(kid) => client_key.with_kid(kid),
        None => client_key,
    })
}

fn pair(key: &Jwk) -> Option<Pair> {
    match (text(key, "kty")?, text(key, "crv")) {
        ("RSA", _) => rsa(key),
        ("EC", Some("P-256")) => elliptic(key, SigningAlgorithm::Es256, 32),
        ("EC", Some("P-384")) => elliptic(key, SigningAlgorithm::Es384, 48),
        ("EC", Some("P-521")) => elliptic(key, SigningAlgorithm::Es512, 66),
        ("OKP", Some("Ed25519")) => {
            let (seed, public) = (number(key, "d")?, number(key, "x")?);
            let pair = Ed25519KeyPair::from_seed_and_public_key(&seed, &public);
            pair.ok().map(Pair::Ed)
        }
        _ => None,
    }
}

fn rsa(key: &Jwk) -> Option<Pair> {
    let components = aws_lc_rs::rsa::KeyPairComponents {
        public_key: PublicKeyComponents {
            n: public_number(key, "n")?,
            e: public_number(key, "e")?,
        },
        d: number(key, "d")?,
        p: number(key, "p")?,
        q: number(key, "q")?,
        dP: number(key, "dp")?,
        dQ: number(key, "dq")?,
        qInv: number(key, "qi")?,
    };
    RsaKeyPair::from_components(&components).ok().map(Pair::Rsa)
}

fn elliptic(key: &Jwk, algorithm: SigningAlgorithm, length: usize) -> Option<Pair> {
    let (_, curve) = CURVES.iter().find(|(known, _)| *known == algorithm)?;
    let fixed = |name| fixed(&number(key, name)?, length);
    let mut point = vec![UNCOMPRESSED];
    point.extend_from_slice(&fixed("x")?);
    point.extend_from_slice(&fixed("y")?);
    EcdsaKeyPair::from_private_key_and_public_key(curve, &fixed("d")?, &point)
        .ok()
        .map(Pair::Ec)
}

fn text<'a>(key: &'a Jwk, name: &str) -> Option<&'a str> {
    key.get(name).and_then(Value::as_str)
}

fn number(key: &Jwk, name: &str) -> Option<Zeroizing<Vec<u8>>> {
    let text = text(key, name)?.trim_end_matches('=');
    URL_SAFE_NO_PAD.decode(text).ok().map(Zeroizing::new)
}

/// With the zero bytes in front that belong there and that some leave out, and no others.
fn fixed(number: &[u8], length: usize) -> Option<Zeroizing<Vec<u8>>> {
    let zeros = number.iter().take_while(|byte| **byte == 0).count();
    let number = &number[zeros..];
    let missing = length.checked_sub(number.len())?;
    let mut fixed = Zeroizing::new(vec![0; length]);
    fixed[missing..].copy_from_slice(number);
    Some(fixed)
}

/// Without the zero bytes that some write in front.
fn public_number(key: &Jwk, name: &str) -> Option<Vec<u8>> {
    let number = number(key, name)?;
    let zeros = number.iter().take_while(|byte| **byte == 0).count();
    Some(number[zeros..].to_vec())
}
