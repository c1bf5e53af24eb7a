//! ID tokens, signed rightly or wrongly.

use std::sync::{Arc, OnceLock};

use aws_lc_rs::{
    digest, hmac,
    rand::SystemRandom,
    rsa::{self, KeySize},
    signature::{
        ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _, RSA_PKCS1_SHA256,
        RSA_PKCS1_SHA512,
    },
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Value, json};

/// A key for ES256, RS256 or RS512.
#[derive(Clone)]
pub struct Key {
    kid: String,
    algorithm: &'static str,
    pair: Pair,
}

#[derive(Clone)]
enum Pair {
    Ec(Arc<EcdsaKeyPair>),
    Rsa(&'static rsa::KeyPair),
}

/// Making an RSA key takes long, so all tests of a program share these.
fn rsa_pairs() -> &'static [rsa::KeyPair; 3] {
    static PAIRS: OnceLock<[rsa::KeyPair; 3]> = OnceLock::new();
    PAIRS.get_or_init(|| {
        std::array::from_fn(|_| rsa::KeyPair::generate(KeySize::Rsa2048).expect("a key"))
    })
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
    /// A fresh key for ES256.
    pub fn new(kid: &str) -> Self {
        let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).expect("a key");
        Self {
            kid: kid.to_owned(),
            algorithm: "ES256",
            pair: Pair::Ec(Arc::new(pair)),
        }
    }

    /// One of three keys for RS256, under this name.
    pub fn rsa(kid: &str, which: usize) -> Self {
        Self {
            kid: kid.to_owned(),
            algorithm: "RS256",
            pair: Pair::Rsa(&rsa_pairs()[which]),
        }
    }

    /// The same one for RS512.
    pub fn rs512(kid: &str, which: usize) -> Self {
        Self {
            algorithm: "RS512",
            ..Self::rsa(kid, which)
        }
    }

    /// Its id.
    pub fn kid(&self) -> &str {
        &self.kid
    }

    /// The header of a token that it signs.
    pub(super) fn header(&self, typ: &str) -> Value {
        json!({ "alg": self.algorithm, "typ": typ, "kid": self.kid })
    }

    /// Its public half as a JSON Web Key.
    pub fn jwk(&self) -> Value {
        let mut jwk = match &self.pair {
            Pair::Ec(_) => {
                let (x, y) = self.public()[1..].split_at(32);
                let [x, y] = [x, y].map(|part| URL_SAFE_NO_PAD.encode(part));
                json!({ "kty": "EC", "crv": "P-256", "x": x, "y": y })
            }
            Pair::Rsa(pair) => {
                let public = pair.public_key();
                let (n, e) = (public.modulus(), public.exponent());
                let [n, e] = [n, e]
                    .map(|part| URL_SAFE_NO_PAD.encode(part.big_endian_without_leading_zero()));
                json!({ "kty": "RSA", "n": n, "e": e })
            }
        };
        jwk["use"] = json!("sig");
        jwk["alg"] = json!(self.algorithm);
        jwk["kid"] = json!(self.kid);
        jwk
    }

    /// Its public half: a point, or the `RSAPublicKey` of RFC 8017.
    pub fn public(&self) -> &[u8] {
        match &self.pair {
            Pair::Ec(pair) => pair.public_key().as_ref(),
            Pair::Rsa(pair) => pair.public_key().as_ref(),
        }
    }

    /// The left half of the access token's hash (OpenID Connect Core §3.1.3.6).
    pub(super) fn at_hash(&self, access_token: &str) -> String {
        let algorithm = match self.algorithm {
            "RS512" => &digest::SHA512,
            _ => &digest::SHA256,
        };
        let hash = digest::digest(algorithm, access_token.as_bytes());
        URL_SAFE_NO_PAD.encode(&hash.as_ref()[..hash.as_ref().len() / 2])
    }

    fn sign(&self, message: &[u8]) -> Vec<u8> {
        let random = SystemRandom::new();
        match &self.pair {
            Pair::Ec(pair) => {
                let signature = pair.sign(&random, message);
                signature.expect("a signature").as_ref().to_vec()
            }
            Pair::Rsa(pair) => {
                let padding = match self.algorithm {
                    "RS512" => &RSA_PKCS1_SHA512,
                    _ => &RSA_PKCS1_SHA256,
                };
                let mut signature = vec![0; pair.public_modulus_len()];
                pair.sign(padding, &random, message, &mut signature)
                    .expect("a signature");
                signature
            }
        }
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
