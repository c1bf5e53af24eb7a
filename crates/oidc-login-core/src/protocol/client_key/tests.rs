#![allow(clippy::unwrap_used)]

use serde_json::{Value, json};

use super::{ClientKey, ClientKeyError};
use crate::protocol::signing_algorithm::SigningAlgorithm as Alg;
use crate::protocol::test_signer::{ALL, ES256, KEYS, RS256};

fn verifies(key: &ClientKey) -> bool {
    let public = KEYS.find(key.kid(), key.algorithm()).unwrap();
    let signature = key.sign(b"message");
    public.iter().any(|public| {
        public
            .verify(key.algorithm(), b"message", &signature)
            .is_ok()
    })
}

#[test]
fn every_kind_of_key_signs_what_its_public_key_verifies() {
    for test_key in &ALL {
        let key = ClientKey::parse(&test_key.private_pem()).unwrap();
        let key = key.with_algorithm(test_key.algorithm).unwrap();
        assert!(verifies(&key.with_kid(test_key.kid)), "{}", test_key.kid);
    }
}

/// Made by OpenSSL and by jose, one of each form.
#[test]
fn keys_of_other_tools_are_read() {
    for (name, text, algorithm) in [
        (
            "PKCS#8, RSA",
            include_str!("testdata/rsa.pkcs8.pem"),
            Alg::Rs256,
        ),
        ("PKCS#1", include_str!("testdata/rsa.pkcs1.pem"), Alg::Rs256),
        (
            "PKCS#8, P-256",
            include_str!("testdata/p256.pkcs8.pem"),
            Alg::Es256,
        ),
        (
            "SEC 1, P-384",
            include_str!("testdata/p384.sec1.pem"),
            Alg::Es384,
        ),
        (
            "SEC 1 with parameters",
            include_str!("testdata/p521.sec1.pem"),
            Alg::Es512,
        ),
        (
            "PKCS#8, Ed25519",
            include_str!("testdata/ed25519.pkcs8.pem"),
            Alg::EdDsa,
        ),
        (
            "JWK, RSA",
            include_str!("testdata/rsa.jwk.json"),
            Alg::Ps256,
        ),
        (
            "JWK set",
            include_str!("testdata/set.jwks.json"),
            Alg::Es256,
        ),
        (
            "JWK, Ed25519",
            include_str!("testdata/ed25519.jwk.json"),
            Alg::EdDsa,
        ),
    ] {
        let key = ClientKey::parse(text).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(key.algorithm(), algorithm, "{name}");
        assert_eq!(key.kid().is_some(), name.contains("JWK"), "{name}");
        assert!(!key.sign(b"message").is_empty(), "{name}");
        assert!(!format!("{key:?}").contains("Pair"), "{name}");
    }
}

#[test]
fn what_cannot_sign_is_refused_with_the_reason() {
    let rsa = || -> Value { serde_json::from_str(include_str!("testdata/rsa.jwk.json")).unwrap() };
    let changed = |member: &str, value: Value| {
        let mut jwk = rsa();
        jwk[member] = value;
        jwk.to_string()
    };
    let public = json!({ "keys": [RS256.jwk()] }).to_string();
    let algorithm = |wanted| Err(ClientKeyError::Algorithm { wanted });
    for (name, text, expected) in [
        ("nothing", String::new(), Err(ClientKeyError::NoKey)),
        ("words", "a private key".into(), Err(ClientKeyError::NoKey)),
        (
            "a public key",
            ES256.public_pem(),
            Err(ClientKeyError::NoKey),
        ),
        ("a public key set", public, Err(ClientKeyError::NoKey)),
        (
            "broken JSON",
            "{\"kty\":".into(),
            Err(ClientKeyError::NoKey),
        ),
        (
            "an empty set",
            "{\"keys\":[]}".into(),
            Err(ClientKeyError::NoKey),
        ),
        (
            "with a password",
            include_str!("testdata/rsa.encrypted.pem").into(),
            Err(ClientKeyError::Encrypted),
        ),
        (
            "too short",
            include_str!("testdata/rsa1024.pem").into(),
            Err(ClientKeyError::Unusable),
        ),
        (
            "for encryption",
            changed("use", json!("enc")),
            Err(ClientKeyError::NoKey),
        ),
        (
            "to verify only",
            changed("key_ops", json!(["verify"])),
            Err(ClientKeyError::NoKey),
        ),
        (
            "without primes",
            changed("p", Value::Null),
            Err(ClientKeyError::Unusable),
        ),
        (
            "another prime",
            changed("q", json!("AQAB")),
            Err(ClientKeyError::Unusable),
        ),
        (
            "another curve's algorithm",
            changed("alg", json!("ES256")),
            algorithm(Alg::Es256),
        ),
        (
            "an unknown algorithm",
            changed("alg", json!("RS1")),
            Err(ClientKeyError::Unusable),
        ),
        (
            "an unknown type",
            changed("kty", json!("oct")),
            Err(ClientKeyError::Unusable),
        ),
        ("untouched", rsa().to_string(), Ok(())),
    ] {
        assert_eq!(ClientKey::parse(&text).map(|_| ()), expected, "{name}");
    }
}
