//! JWTs that are signed wrongly, or not at all.

use aws_lc_rs::hmac;
use serde_json::{Value, json};

use crate::{jwt, keys::SigningKey};

/// A JWT before it is signed, rightly or not.
pub(super) struct Unsigned<'k> {
    pub(super) header: Value,
    pub(super) claims: Value,
    pub(super) signature: Signature<'k>,
}

pub(super) enum Signature<'k> {
    By(&'k SigningKey),
    Damaged(&'k SigningKey),
    Hmac(Vec<u8>),
    None,
}

impl<'k> Unsigned<'k> {
    pub(super) fn new(key: &'k SigningKey, typ: &str, claims: Value) -> Self {
        Self {
            header: jwt::header(key, typ),
            claims,
            signature: Signature::By(key),
        }
    }

    pub(super) fn without_signature(&mut self) {
        self.header = json!({ "alg": "none", "typ": self.header["typ"] });
        self.signature = Signature::None;
    }

    /// With HS256, under the `kid` of the key that should have signed.
    pub(super) fn by_secret(&mut self, secret: &[u8]) {
        self.header["alg"] = json!("HS256");
        self.signature = Signature::Hmac(secret.to_vec());
    }

    pub(super) fn sign(&self) -> String {
        jwt::encode(&self.header, &self.claims, |message| {
            match &self.signature {
                Signature::By(key) => key.sign(message),
                Signature::Damaged(key) => {
                    let mut signature = key.sign(message);
                    signature[20] ^= 1;
                    signature
                }
                Signature::Hmac(secret) => {
                    let key = hmac::Key::new(hmac::HMAC_SHA256, secret);
                    hmac::sign(&key, message).as_ref().to_vec()
                }
                Signature::None => Vec::new(),
            }
        })
    }
}
