//! The public half of a key as JWK (RFC 7517 §4), made anew, so that no private member can slip in.

use aws_lc_rs::signature::KeyPair as _;
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Value, json};

use super::{ClientKey, Pair, jwk::UNCOMPRESSED};
use crate::protocol::signing_algorithm::SigningAlgorithm;

impl ClientKey {
    /// The public key, for signatures by this key's algorithm alone.
    pub(super) fn public_jwk(&self) -> Value {
        let encode = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
        let mut jwk = match &*self.pair {
            Pair::Rsa(pair) => {
                let key = pair.public_key();
                let (n, e) = (key.modulus(), key.exponent());
                json!({
                    "kty": "RSA",
                    "n": encode(n.big_endian_without_leading_zero()),
                    "e": encode(e.big_endian_without_leading_zero()),
                })
            }
            Pair::Ec(pair) => {
                let point = pair.public_key().as_ref();
                let coordinates = point.strip_prefix(&[UNCOMPRESSED]).unwrap_or(point);
                let (x, y) = coordinates.split_at(coordinates.len() / 2);
                json!({ "kty": "EC", "crv": self.curve(), "x": encode(x), "y": encode(y) })
            }
            Pair::Ed(pair) => {
                let x = encode(pair.public_key().as_ref());
                json!({ "kty": "OKP", "crv": "Ed25519", "x": x })
            }
        };
        jwk["use"] = "sig".into();
        jwk["alg"] = self.algorithm.as_str().into();
        if let Some(kid) = self.kid() {
            jwk["kid"] = kid.into();
        }
        jwk
    }

    /// The curve that goes with the algorithm (RFC 7518 §3.4).
    fn curve(&self) -> &'static str {
        match self.algorithm {
            SigningAlgorithm::Es384 => "P-384",
            SigningAlgorithm::Es512 => "P-521",
            _ => "P-256",
        }
    }
}
