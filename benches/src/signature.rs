//! The check of a token's signature and of nothing else.

use std::hint::black_box;

use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED, ParsedPublicKey, RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents,
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::Value;

use crate::world::OneClient;

/// A signature that was cut off its token, with the key made ready.
pub struct BareSignature {
    key: ParsedPublicKey,
    input: Vec<u8>,
    signature: Vec<u8>,
}

impl BareSignature {
    /// The signature of an ID token of this client, and the provider's key for it.
    ///
    /// # Panics
    /// When this is no such token, or the key is not among the keys.
    pub fn of(client: OneClient, id_token: &str, jwks: &[u8]) -> Self {
        let (input, signature) = id_token.rsplit_once('.').expect("a token");
        Self {
            key: public_key(client, jwks),
            input: input.as_bytes().to_owned(),
            signature: URL_SAFE_NO_PAD.decode(signature).expect("base64url"),
        }
    }

    /// Checks it.
    ///
    /// # Panics
    /// When it is not good.
    pub fn check(&self) {
        let verified = self.key.verify_sig(black_box(&self.input), &self.signature);
        verified.expect("a good signature");
    }
}

pub(crate) fn public_key(client: OneClient, jwks: &[u8]) -> ParsedPublicKey {
    let jwks: Value = serde_json::from_slice(jwks).expect("JSON");
    let kty = match client {
        OneClient::Rs256 => "RSA",
        OneClient::Es256 => "EC",
    };
    let keys = jwks["keys"].as_array().expect("keys");
    let key = keys.iter().find(|key| key["kty"] == kty).expect("a key");
    let number = |name: &str| {
        let text = key[name].as_str().expect("a number");
        URL_SAFE_NO_PAD.decode(text).expect("base64url")
    };
    match client {
        OneClient::Rs256 => {
            let (n, e) = (number("n"), number("e"));
            let key = RsaPublicKeyComponents { n, e };
            let key = key.to_parsed_public_key(&RSA_PKCS1_2048_8192_SHA256);
            key.expect("an RSA key")
        }
        OneClient::Es256 => {
            let point = [vec![4], number("x"), number("y")].concat();
            ParsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point).expect("a P-256 key")
        }
    }
}
