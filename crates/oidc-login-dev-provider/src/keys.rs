//! The keys that the provider signs with.

use std::{fmt, sync::Arc};

use aws_lc_rs::{
    digest,
    rand::SystemRandom,
    rsa::{self, KeySize},
    signature::{
        ECDSA_P256_SHA256_FIXED, ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair,
        RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_SHA256, UnparsedPublicKey,
    },
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Value, json};

use crate::ConfigError;

/// An algorithm the provider signs with, [RFC 7518 §3.1](https://www.rfc-editor.org/rfc/rfc7518#section-3.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum SigningAlgorithm {
    /// RSA, PKCS #1 v1.5, SHA-256: what providers use unless told otherwise.
    #[default]
    Rs256,
    /// ECDSA on P-256 with SHA-256.
    Es256,
}

impl SigningAlgorithm {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Rs256 => "RS256",
            Self::Es256 => "ES256",
        }
    }
}

/// The provider's keys: one for each [`SigningAlgorithm`]. Cloning is cheap.
///
/// A provider makes its own at each start. Give it some where that costs too much time, as in tests: generate once, clone often.
#[derive(Clone)]
pub struct SigningKeys(Arc<[SigningKey; 2]>);

impl SigningKeys {
    /// Makes new keys: RSA with 2048 bits, and P-256.
    ///
    /// # Errors
    ///
    /// When the cryptographic library cannot make a key.
    pub fn generate() -> Result<Self, ConfigError> {
        let failed =
            |_| ConfigError::new("keys", "generate", "a system that can make RSA and EC keys");
        let rsa = rsa::KeyPair::generate(KeySize::Rsa2048).map_err(failed)?;
        let ec = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).map_err(failed)?;
        Ok(Self::new(rsa, ec))
    }

    /// Reads keys from PKCS #8 documents (DER), for the same keys at every start.
    ///
    /// # Errors
    ///
    /// When `rsa` is not an RSA key of at least 2048 bits, or `ec` is not a P-256 key.
    pub fn from_pkcs8(rsa: &[u8], ec: &[u8]) -> Result<Self, ConfigError> {
        let rsa = rsa::KeyPair::from_pkcs8(rsa)
            .ok()
            .filter(|key| key.public_modulus_len() >= 256)
            .ok_or_else(|| {
                ConfigError::redacted(
                    "keys.rsa",
                    "PKCS #8 (DER) of an RSA key with at least 2048 bits",
                )
            })?;
        let ec = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, ec)
            .map_err(|_| ConfigError::redacted("keys.ec", "PKCS #8 (DER) of a P-256 key"))?;
        Ok(Self::new(rsa, ec))
    }

    fn new(rsa: rsa::KeyPair, ec: EcdsaKeyPair) -> Self {
        Self(Arc::new([SigningKey::rsa(rsa), SigningKey::ec(ec)]))
    }

    /// The identifier (`kid`) of the key for an algorithm; it changes when the key does.
    pub fn key_id(&self, algorithm: SigningAlgorithm) -> &str {
        &self.for_algorithm(algorithm).kid
    }

    pub(crate) fn for_algorithm(&self, algorithm: SigningAlgorithm) -> &SigningKey {
        match algorithm {
            SigningAlgorithm::Rs256 => &self.0[0],
            SigningAlgorithm::Es256 => &self.0[1],
        }
    }

    pub(crate) fn by_id(&self, kid: &str) -> Option<&SigningKey> {
        self.0.iter().find(|key| key.kid == kid)
    }

    pub(crate) fn jwks(&self) -> Value {
        json!({ "keys": self.0.each_ref().map(|key| &key.jwk) })
    }
}

impl fmt::Debug for SigningKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ids = self.0.each_ref().map(|key| &key.kid);
        f.debug_tuple("SigningKeys").field(&ids).finish()
    }
}

pub(crate) struct SigningKey {
    pub(crate) kid: String,
    pub(crate) algorithm: SigningAlgorithm,
    jwk: Value,
    private: PrivateKey,
}

enum PrivateKey {
    Rsa(Box<rsa::KeyPair>),
    Ec(Box<EcdsaKeyPair>),
}

impl SigningKey {
    fn rsa(key: rsa::KeyPair) -> Self {
        let n =
            URL_SAFE_NO_PAD.encode(key.public_key().modulus().big_endian_without_leading_zero());
        let e = URL_SAFE_NO_PAD.encode(
            key.public_key()
                .exponent()
                .big_endian_without_leading_zero(),
        );
        let kid = thumbprint(&json!({ "e": e, "kty": "RSA", "n": n }));
        let jwk = json!({ "kty": "RSA", "use": "sig", "alg": "RS256", "kid": kid, "n": n, "e": e });
        Self {
            kid,
            algorithm: SigningAlgorithm::Rs256,
            jwk,
            private: PrivateKey::Rsa(Box::new(key)),
        }
    }

    fn ec(key: EcdsaKeyPair) -> Self {
        // SEC 1 §2.3.3: 04, then the two coordinates.
        let (x, y) = key.public_key().as_ref()[1..].split_at(32);
        let (x, y) = (URL_SAFE_NO_PAD.encode(x), URL_SAFE_NO_PAD.encode(y));
        let kid = thumbprint(&json!({ "crv": "P-256", "kty": "EC", "x": x, "y": y }));
        let jwk = json!({ "kty": "EC", "use": "sig", "alg": "ES256", "kid": kid, "crv": "P-256", "x": x, "y": y });
        Self {
            kid,
            algorithm: SigningAlgorithm::Es256,
            jwk,
            private: PrivateKey::Ec(Box::new(key)),
        }
    }

    pub(crate) fn sign(&self, message: &[u8]) -> Vec<u8> {
        let random = SystemRandom::new();
        match &self.private {
            PrivateKey::Rsa(key) => {
                let mut signature = vec![0; key.public_modulus_len()];
                key.sign(&RSA_PKCS1_SHA256, &random, message, &mut signature)
                    .expect("the buffer has the length of the modulus");
                signature
            }
            PrivateKey::Ec(key) => key
                .sign(&random, message)
                .expect("a P-256 key signs any message")
                .as_ref()
                .to_vec(),
        }
    }

    /// Its public half: an `RSAPublicKey` of RFC 8017, or a point.
    pub(crate) fn public(&self) -> &[u8] {
        match &self.private {
            PrivateKey::Rsa(key) => key.public_key().as_ref(),
            PrivateKey::Ec(key) => key.public_key().as_ref(),
        }
    }

    pub(crate) fn verify(&self, message: &[u8], signature: &[u8]) -> bool {
        match &self.private {
            PrivateKey::Rsa(key) => {
                UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, key.public_key())
                    .verify(message, signature)
            }
            PrivateKey::Ec(key) => {
                UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, key.public_key())
                    .verify(message, signature)
            }
        }
        .is_ok()
    }
}

/// [RFC 7638](https://www.rfc-editor.org/rfc/rfc7638): the hash of the required members, in the order of their names.
fn thumbprint(required: &Value) -> String {
    URL_SAFE_NO_PAD.encode(digest::digest(
        &digest::SHA256,
        required.to_string().as_bytes(),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_thumbprint_of_rfc_7638() {
        let jwk = json!({
            "e": "AQAB",
            "kty": "RSA",
            "n": "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw"
        });
        assert_eq!(
            thumbprint(&jwk),
            "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs"
        );
    }

    #[test]
    fn keys_that_are_no_keys_are_refused() {
        let refused = SigningKeys::from_pkcs8(b"x", b"y")
            .map(|_| ())
            .map_err(|error| error.setting().to_owned());
        assert_eq!(refused, Err("keys.rsa".to_owned()));
    }
}
