//! ID tokens, signed rightly or wrongly.

use std::sync::Arc;

use aws_lc_rs::{
    digest, hmac,
    rand::SystemRandom,
    signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _},
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Value, json};

/// An ES256 key.
#[derive(Clone)]
pub struct Key {
    kid: String,
    pair: Arc<EcdsaKeyPair>,
}

/// How an ID token is signed.
#[derive(Clone)]
pub enum Signature {
    /// By this key, whatever the header says.
    By(Key),
    /// By HMAC-SHA-256 with these bytes as the key.
    Hmac(Vec<u8>),
    /// By this key, with one bit wrong.
    Broken(Key),
    /// Not at all: an empty signature.
    Empty,
}

/// An ID token before it is signed.
pub struct IdToken {
    /// The header.
    pub header: Value,
    /// The claims.
    pub claims: Value,
    /// The signature to come.
    pub signature: Signature,
}

impl Key {
    /// A fresh key.
    pub fn new(kid: &str) -> Self {
        let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).expect("a key");
        Self {
            kid: kid.to_owned(),
            pair: Arc::new(pair),
        }
    }

    /// Its id.
    pub fn kid(&self) -> &str {
        &self.kid
    }

    /// Its public half as a JSON Web Key.
    pub fn jwk(&self) -> Value {
        let (x, y) = self.public()[1..].split_at(32);
        json!({
            "kty": "EC", "crv": "P-256", "use": "sig", "alg": "ES256", "kid": self.kid,
            "x": URL_SAFE_NO_PAD.encode(x), "y": URL_SAFE_NO_PAD.encode(y),
        })
    }

    /// Its public half as a point.
    pub fn public(&self) -> &[u8] {
        self.pair.public_key().as_ref()
    }

    fn sign(&self, message: &[u8]) -> Vec<u8> {
        let signature = self.pair.sign(&SystemRandom::new(), message);
        signature.expect("a signature").as_ref().to_vec()
    }
}

impl IdToken {
    /// Removes a claim.
    pub fn without(&mut self, claim: &str) {
        let claims = self.claims.as_object_mut().expect("an object");
        claims.remove(claim).expect("a claim to remove");
    }

    pub(super) fn to_jws(&self) -> String {
        let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let input = format!("{}.{}", part(&self.header), part(&self.claims));
        let signature = match &self.signature {
            Signature::By(key) => key.sign(input.as_bytes()),
            Signature::Broken(key) => {
                let mut signature = key.sign(input.as_bytes());
                signature[40] ^= 1;
                signature
            }
            Signature::Hmac(secret) => {
                let key = hmac::Key::new(hmac::HMAC_SHA256, secret);
                hmac::sign(&key, input.as_bytes()).as_ref().to_vec()
            }
            Signature::Empty => Vec::new(),
        };
        format!("{input}.{}", URL_SAFE_NO_PAD.encode(signature))
    }
}

/// The left half of the access token's hash (OpenID Connect Core §3.1.3.6).
pub(super) fn at_hash(access_token: &str) -> String {
    let hash = digest::digest(&digest::SHA256, access_token.as_bytes());
    URL_SAFE_NO_PAD.encode(&hash.as_ref()[..16])
}
