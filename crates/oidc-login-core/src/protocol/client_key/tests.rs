#![allow(clippy::unwrap_used)]

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Value, json};

use super::{Choice, ClientKey, ClientKeyError, ClientKeySet};
use crate::protocol::key_set::KeySet;
use crate::protocol::signing_algorithm::SigningAlgorithm as Alg;
use crate::protocol::test_signer::{ALL, ES256, KEYS, RS256};

fn chosen(kid: Option<&str>, algorithm: Option<Alg>) -> Choice {
    Choice {
        kid: kid.map(str::to_owned),
        algorithm,
    }
}

fn parse(text: &str) -> Result<ClientKey, ClientKeyError> {
    let keys = ClientKeySet::parse(text, &Choice::default())?;
    Ok(keys.signing().clone())
}

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
        let choice = chosen(Some(test_key.kid), Some(test_key.algorithm));
        let keys = ClientKeySet::parse(&test_key.private_pem(), &choice).unwrap();
        assert!(verifies(keys.signing()), "{}", test_key.kid);
        assert_eq!(keys.public_jwks()["keys"][0], test_key.jwk());
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
        let key = parse(text).unwrap_or_else(|error| panic!("{name}: {error}"));
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
        assert_eq!(parse(&text).map(|_| ()), expected, "{name}");
    }
}

#[test]
fn what_is_published_verifies_and_holds_nothing_private() {
    for text in [
        include_str!("testdata/rsa.jwk.json"),
        include_str!("testdata/set.jwks.json"),
        include_str!("testdata/ed25519.jwk.json"),
        include_str!("testdata/p521.sec1.pem"),
        include_str!("testdata/rsa.pkcs1.pem"),
    ] {
        let keys = ClientKeySet::parse(text, &Choice::default()).unwrap();
        let jwks = keys.public_jwks();
        for jwk in jwks["keys"].as_array().unwrap() {
            for name in jwk.as_object().unwrap().keys() {
                let public = ["kty", "kid", "use", "alg", "crv", "n", "e", "x", "y"];
                assert!(public.contains(&name.as_str()), "{name}");
            }
        }
        let public = KeySet::from_json(jwks.to_string().as_bytes()).unwrap();
        let key = keys.signing();
        let signature = key.sign(b"message");
        let public = public.find(key.kid(), key.algorithm()).unwrap();
        assert!(
            public[0]
                .verify(key.algorithm(), b"message", &signature)
                .is_ok()
        );
    }
}

/// A private JWK of a test key, as jose writes one.
fn private(testdata: &str, kid: Option<&str>) -> Value {
    let mut jwk: Value = serde_json::from_str(testdata).unwrap();
    jwk.as_object_mut().unwrap().remove("alg");
    jwk["kid"] = kid.into();
    jwk
}

#[test]
fn one_key_of_a_set_signs_and_all_are_published() {
    let set = json!({ "keys": [
        { "kty": "EC", "crv": "secp256k1", "d": "AA", "x": "AA", "y": "AA" },
        { "kty": "oct", "k": "c2VjcmV0" },
        RS256.jwk(),
        private(include_str!("testdata/rsa.jwk.json"), Some("old")),
        private(include_str!("testdata/rsa.jwk.json"), Some("new")),
        private(include_str!("testdata/ed25519.jwk.json"), None),
    ] })
    .to_string();
    let refused = |wanted| Err(ClientKeyError::Algorithm { wanted });
    for (name, choice, expected) in [
        (
            "the first",
            chosen(None, None),
            Ok((Some("old"), Alg::Rs256)),
        ),
        (
            "named",
            chosen(Some("new"), None),
            Ok((Some("new"), Alg::Rs256)),
        ),
        (
            "by algorithm",
            chosen(None, Some(Alg::EdDsa)),
            Ok((None, Alg::EdDsa)),
        ),
        (
            "both",
            chosen(Some("new"), Some(Alg::Ps384)),
            Ok((Some("new"), Alg::Ps384)),
        ),
        (
            "unknown",
            chosen(Some("newer"), None),
            Err(ClientKeyError::Kid),
        ),
        (
            "of another type",
            chosen(Some("new"), Some(Alg::EdDsa)),
            refused(Alg::EdDsa),
        ),
        (
            "no such key",
            chosen(None, Some(Alg::Es256)),
            refused(Alg::Es256),
        ),
    ] {
        let keys = ClientKeySet::parse(&set, &choice);
        if let Ok(keys) = &keys {
            let published = keys.public_jwks();
            assert_eq!(published["keys"].as_array().unwrap().len(), 3, "{name}");
        }
        let found = keys.as_ref().map(|keys| {
            let key = keys.signing();
            (key.kid(), key.algorithm())
        });
        assert_eq!(found.map_err(Clone::clone), expected, "{name}");
    }
}

#[test]
fn numbers_may_lack_their_zeros_or_have_more() {
    let padded = |text: &str| {
        let mut jwk: Value = serde_json::from_str(text).unwrap();
        for name in ["d", "x", "y"] {
            let number = jwk[name].as_str().unwrap();
            let mut bytes = vec![0, 0, 0];
            bytes.extend(URL_SAFE_NO_PAD.decode(number).unwrap());
            jwk[name] = URL_SAFE_NO_PAD.encode(bytes).into();
        }
        jwk.to_string()
    };
    let set: Value = serde_json::from_str(include_str!("testdata/set.jwks.json")).unwrap();
    let ec = set["keys"].as_array().unwrap();
    let ec = ec
        .iter()
        .find(|key| key["kty"] == "EC" && key["d"].is_string());
    parse(&padded(&ec.unwrap().to_string())).unwrap();
    let marked = format!("\u{feff}{}\r\n", include_str!("testdata/rsa.pkcs8.pem"));
    parse(&marked).unwrap();
}
