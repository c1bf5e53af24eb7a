//! Keys and tokens for tests.
#![allow(clippy::unwrap_used)]

use std::sync::LazyLock;

use aws_lc_rs::encoding::AsDer as _;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{self as lc, EcdsaKeyPair, Ed25519KeyPair, KeyPair as _, RsaKeyPair};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::{Value, json};

use crate::protocol::key_set::KeySet;
use crate::protocol::signing_algorithm::SigningAlgorithm;

/// A private key with its algorithm; its `kid` is the algorithm's name.
pub(crate) struct TestKey {
    pub(crate) algorithm: SigningAlgorithm,
    pub(crate) kid: &'static str,
    pair: &'static LazyLock<Pair>,
}

enum Pair {
    Rsa(RsaKeyPair),
    Ec(EcdsaKeyPair),
    Ed(Ed25519KeyPair),
}

static RSA_PAIR: LazyLock<Pair> =
    LazyLock::new(|| Pair::Rsa(RsaKeyPair::generate(KeySize::Rsa2048).unwrap()));
static RSA_OTHER_PAIR: LazyLock<Pair> =
    LazyLock::new(|| Pair::Rsa(RsaKeyPair::generate(KeySize::Rsa2048).unwrap()));
static P256_PAIR: LazyLock<Pair> = LazyLock::new(|| {
    Pair::Ec(EcdsaKeyPair::generate(&lc::ECDSA_P256_SHA256_FIXED_SIGNING).unwrap())
});
static P384_PAIR: LazyLock<Pair> = LazyLock::new(|| {
    Pair::Ec(EcdsaKeyPair::generate(&lc::ECDSA_P384_SHA384_FIXED_SIGNING).unwrap())
});
static P521_PAIR: LazyLock<Pair> = LazyLock::new(|| {
    Pair::Ec(EcdsaKeyPair::generate(&lc::ECDSA_P521_SHA512_FIXED_SIGNING).unwrap())
});
static ED_PAIR: LazyLock<Pair> = LazyLock::new(|| Pair::Ed(Ed25519KeyPair::generate().unwrap()));

const fn key(algorithm: SigningAlgorithm, pair: &'static LazyLock<Pair>) -> TestKey {
    TestKey {
        algorithm,
        kid: algorithm.as_str(),
        pair,
    }
}

pub(crate) static RS256: TestKey = key(SigningAlgorithm::Rs256, &RSA_PAIR);
pub(crate) static RS256_OTHER: TestKey = key(SigningAlgorithm::Rs256, &RSA_OTHER_PAIR);
pub(crate) static PS256: TestKey = key(SigningAlgorithm::Ps256, &RSA_PAIR);
pub(crate) static ES256: TestKey = key(SigningAlgorithm::Es256, &P256_PAIR);

/// One key for each algorithm; the RSA algorithms share a key pair, under different names.
pub(crate) static ALL: [TestKey; 10] = [
    key(SigningAlgorithm::Rs256, &RSA_PAIR),
    key(SigningAlgorithm::Rs384, &RSA_PAIR),
    key(SigningAlgorithm::Rs512, &RSA_PAIR),
    key(SigningAlgorithm::Ps256, &RSA_PAIR),
    key(SigningAlgorithm::Ps384, &RSA_PAIR),
    key(SigningAlgorithm::Ps512, &RSA_PAIR),
    key(SigningAlgorithm::Es256, &P256_PAIR),
    key(SigningAlgorithm::Es384, &P384_PAIR),
    key(SigningAlgorithm::Es512, &P521_PAIR),
    key(SigningAlgorithm::EdDsa, &ED_PAIR),
];

/// The public keys of [`ALL`].
pub(crate) static KEYS: LazyLock<KeySet> = LazyLock::new(|| {
    let jwks = json!({ "keys": ALL.iter().map(TestKey::jwk).collect::<Vec<_>>() });
    KeySet::from_json(jwks.to_string().as_bytes()).unwrap()
});

impl TestKey {
    pub(crate) fn jwk(&self) -> Value {
        let mut jwk = match &**self.pair {
            Pair::Rsa(pair) => rsa_jwk(pair.public_key().as_ref()),
            Pair::Ec(pair) => ec_jwk(pair.public_key().as_ref()),
            Pair::Ed(pair) => {
                json!({ "kty": "OKP", "crv": "Ed25519", "x": encode(pair.public_key().as_ref()) })
            }
        };
        jwk["kid"] = self.kid.into();
        jwk["alg"] = self.algorithm.as_str().into();
        jwk["use"] = "sig".into();
        jwk
    }

    pub(crate) fn sign(&self, message: &[u8]) -> Vec<u8> {
        let random = SystemRandom::new();
        match &**self.pair {
            Pair::Rsa(pair) => {
                let mut signature = vec![0; pair.public_modulus_len()];
                pair.sign(self.rsa_encoding(), &random, message, &mut signature)
                    .unwrap();
                signature
            }
            Pair::Ec(pair) => pair.sign(&random, message).unwrap().as_ref().to_vec(),
            Pair::Ed(pair) => pair.sign(message).as_ref().to_vec(),
        }
    }

    fn rsa_encoding(&self) -> &'static dyn lc::RsaEncoding {
        match self.algorithm {
            SigningAlgorithm::Rs256 => &lc::RSA_PKCS1_SHA256,
            SigningAlgorithm::Rs384 => &lc::RSA_PKCS1_SHA384,
            SigningAlgorithm::Rs512 => &lc::RSA_PKCS1_SHA512,
            SigningAlgorithm::Ps256 => &lc::RSA_PSS_SHA256,
            SigningAlgorithm::Ps384 => &lc::RSA_PSS_SHA384,
            SigningAlgorithm::Ps512 => &lc::RSA_PSS_SHA512,
            other => unreachable!("{other} has no rsa encoding"),
        }
    }

    pub(crate) fn header(&self) -> Value {
        json!({ "alg": self.algorithm.as_str(), "kid": self.kid, "typ": "JWT" })
    }

    /// A token with this key's own header.
    pub(crate) fn token(&self, claims: &Value) -> String {
        self.token_of(&self.header().to_string(), claims.to_string().as_bytes())
    }

    /// A token of any header and payload, signed with this key whatever the header says.
    pub(crate) fn token_of(&self, header: &str, payload: &[u8]) -> String {
        let input = signing_input(header, payload);
        let signature = encode(&self.sign(input.as_bytes()));
        format!("{input}.{signature}")
    }

    /// The private key as PKCS#8 PEM, for other libraries.
    pub(crate) fn private_pem(&self) -> String {
        let der = match &**self.pair {
            Pair::Rsa(pair) => pair.as_der().unwrap().as_ref().to_vec(),
            Pair::Ec(pair) => pair.to_pkcs8v1().unwrap().as_ref().to_vec(),
            Pair::Ed(pair) => pair.to_pkcs8v1().unwrap().as_ref().to_vec(),
        };
        pem("PRIVATE KEY", &der)
    }

    /// The public key as an X.509 `SubjectPublicKeyInfo`.
    pub(crate) fn public_der(&self) -> Vec<u8> {
        match &**self.pair {
            Pair::Rsa(pair) => pair.public_key().as_der().unwrap().as_ref().to_vec(),
            Pair::Ec(pair) => pair.public_key().as_der().unwrap().as_ref().to_vec(),
            Pair::Ed(pair) => pair.public_key().as_der().unwrap().as_ref().to_vec(),
        }
    }

    pub(crate) fn public_pem(&self) -> String {
        pem("PUBLIC KEY", &self.public_der())
    }
}

pub(crate) fn encode(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

pub(crate) fn signing_input(header: &str, payload: &[u8]) -> String {
    format!("{}.{}", encode(header.as_bytes()), encode(payload))
}

fn pem(label: &str, der: &[u8]) -> String {
    let text = STANDARD.encode(der);
    let lines: Vec<_> = text
        .as_bytes()
        .chunks(64)
        .map(|line| std::str::from_utf8(line).unwrap())
        .collect();
    format!(
        "-----BEGIN {label}-----\n{}\n-----END {label}-----\n",
        lines.join("\n")
    )
}

fn ec_jwk(point: &[u8]) -> Value {
    let (x, y) = point[1..].split_at(point.len() / 2);
    let crv = match x.len() {
        32 => "P-256",
        48 => "P-384",
        _ => "P-521",
    };
    json!({ "kty": "EC", "crv": crv, "x": encode(x), "y": encode(y) })
}

/// Reads `RSAPublicKey ::= SEQUENCE { INTEGER n, INTEGER e }`.
fn rsa_jwk(der: &[u8]) -> Value {
    let (sequence, _) = der_value(der);
    let (n, rest) = der_value(sequence);
    let (e, _) = der_value(rest);
    json!({ "kty": "RSA", "n": encode(&n[1..]), "e": encode(e) })
}

fn der_value(der: &[u8]) -> (&[u8], &[u8]) {
    let (length, start) = match der[1] {
        0x82 => (usize::from(der[2]) << 8 | usize::from(der[3]), 4),
        short => (usize::from(short), 2),
    };
    der[start..].split_at(length)
}
