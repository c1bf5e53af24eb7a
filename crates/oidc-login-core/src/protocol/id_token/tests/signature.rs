//! Who signed it, and with what.

use aws_lc_rs::hmac;
use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::{Value, json};

use super::{NOW, expected, valid_claims, verify_token};
use crate::protocol::{
    id_token::{Expected, IdTokenError, verify},
    jws::JwsError,
    shown::Shown,
    signing_algorithm::{AllowedAlgorithms, SigningAlgorithm},
    test_signer::{ALL, ES256, KEYS, RS256, TestKey, encode, signing_input},
    token_error::TokenError,
};

pub(super) fn payload() -> Vec<u8> {
    valid_claims().to_string().into_bytes()
}

pub(super) fn signed_with(key: &TestKey, header: &Value) -> Result<(), IdTokenError> {
    verify_token(&key.token_of(&header.to_string(), &payload())).map(|_| ())
}

pub(super) fn wrong_signature(kid: &str, algorithm: SigningAlgorithm) -> Result<(), IdTokenError> {
    Err(TokenError::Signature {
        kid: Shown::new(kid),
        algorithm,
    }
    .into())
}

/// A valid token with another signature.
fn with_signature(
    key: &TestKey,
    change: impl FnOnce(Vec<u8>) -> Vec<u8>,
) -> Result<(), IdTokenError> {
    let input = signing_input(&key.header().to_string(), &payload());
    let signature = change(key.sign(input.as_bytes()));
    verify_token(&format!("{input}.{}", encode(&signature))).map(|_| ())
}

#[test]
fn every_algorithm_verifies_its_own_signatures_only() {
    for signer in &ALL {
        let verified = verify_token(&signer.token(&valid_claims())).unwrap();
        assert_eq!(verified.algorithm(), signer.algorithm);
        for named in ALL
            .iter()
            .filter(|named| named.algorithm != signer.algorithm)
        {
            let result = signed_with(signer, &named.header());
            assert_eq!(
                result,
                wrong_signature(named.kid, named.algorithm),
                "{} as {}",
                signer.kid,
                named.kid
            );
        }
    }
}

#[test]
fn the_access_token_is_hashed_by_the_algorithm_of_the_header() {
    let token = "jHkWEdUXMU1BwAsC4vtUsZwnNvTIxEl0z9K3vx5KF0Y";
    let hashes = [
        ("256", "77QmUPtjPfzWtF2AnpK9RQ"),
        ("384", "jtAeDp945y1dDqU3nkIVGNZP1HjH_MFs"),
        ("512", "q7nS86GgvvFaZkzALLWqJYaJIKw2wCDAVfCAsm5CrBM"),
    ];
    for (key, (size, hash)) in ALL.iter().flat_map(|key| hashes.map(|hash| (key, hash))) {
        let mut claims = valid_claims();
        claims["at_hash"] = hash.into();
        let expected = Expected {
            access_token: Some(token),
            ..expected()
        };
        let result = verify(&key.token(&claims), &KEYS, &expected, NOW).map(|_| ());
        let own = if key.kid == "EdDSA" {
            "512"
        } else {
            &key.kid[2..]
        };
        let expected = if own == size {
            Ok(())
        } else {
            Err(IdTokenError::AccessTokenHash)
        };
        assert_eq!(result, expected, "{} with SHA-{size}", key.kid);
    }
}

#[test]
fn a_signature_is_taken_as_it_is_or_not_at_all() {
    for key in &ALL {
        let wrong = || wrong_signature(key.kid, key.algorithm);
        assert_eq!(
            with_signature(key, |signature| signature),
            Ok(()),
            "{}",
            key.kid
        );
        assert_eq!(
            with_signature(key, |_| Vec::new()),
            wrong(),
            "{}: none",
            key.kid
        );
        assert_eq!(
            with_signature(key, |signature| vec![0; signature.len()]),
            wrong(),
            "{}: zeros",
            key.kid
        );
        assert_eq!(
            with_signature(key, |signature| vec![0xff; signature.len()]),
            wrong(),
            "{}: ones",
            key.kid
        );
        let shorter = |signature: Vec<u8>| signature[..signature.len() - 1].to_vec();
        assert_eq!(
            with_signature(key, shorter),
            wrong(),
            "{}: truncated",
            key.kid
        );
        assert_eq!(
            with_signature(key, |signature| [signature, vec![0]].concat()),
            wrong(),
            "{}: extended",
            key.kid
        );
        assert_eq!(
            with_signature(key, |signature| [vec![0], signature].concat()),
            wrong(),
            "{}: led by zero",
            key.kid
        );
        let half = |signature: Vec<u8>| signature[..signature.len() / 2].to_vec();
        assert_eq!(with_signature(key, half), wrong(), "{}: half", key.kid);
    }
}

#[test]
fn ecdsa_signatures_are_not_der() {
    let integer = |number: &[u8]| {
        let zeros = number.iter().take_while(|byte| **byte == 0).count();
        let sign: &[u8] = if number[zeros] < 0x80 { &[] } else { &[0] };
        let value = [sign, &number[zeros..]].concat();
        [vec![2, u8::try_from(value.len()).unwrap()], value].concat()
    };
    let der = |signature: Vec<u8>| {
        let body: Vec<u8> = signature.chunks(32).flat_map(integer).collect();
        [vec![0x30, u8::try_from(body.len()).unwrap()], body].concat()
    };
    assert_eq!(
        with_signature(&ES256, der),
        wrong_signature("ES256", SigningAlgorithm::Es256)
    );
}

#[test]
fn a_changed_payload_is_refused() {
    let token = RS256.token(&valid_claims());
    let [header, _, signature] = token.split('.').collect::<Vec<_>>()[..] else {
        unreachable!()
    };
    let mut claims = valid_claims();
    claims["sub"] = "somebody else".into();
    let forged = format!(
        "{header}.{}.{signature}",
        encode(claims.to_string().as_bytes())
    );
    assert_eq!(
        verify_token(&forged).map(|_| ()),
        wrong_signature("RS256", SigningAlgorithm::Rs256)
    );
}

#[test]
fn unsigned_tokens_are_refused() {
    for name in ["none", "None", "NONE", "nOnE"] {
        let input = signing_input(&json!({ "alg": name }).to_string(), &payload());
        let signed = RS256.token_of(
            &json!({ "alg": name, "kid": "RS256" }).to_string(),
            &payload(),
        );
        for token in [format!("{input}."), format!("{input}.c2ln"), signed] {
            assert_eq!(
                verify_token(&token).map(|_| ()),
                Err(TokenError::AlgorithmNone.into()),
                "{name}"
            );
        }
    }
}

#[test]
fn a_public_key_is_no_shared_secret() {
    let jwk = RS256.jwk();
    let secrets = [
        ("PEM", RS256.public_pem().into_bytes()),
        (
            "PEM without its last line break",
            RS256.public_pem().trim_end().as_bytes().to_vec(),
        ),
        ("DER", RS256.public_der()),
        (
            "base64 of DER",
            STANDARD.encode(RS256.public_der()).into_bytes(),
        ),
        ("modulus", jwk["n"].as_str().unwrap().as_bytes().to_vec()),
        ("JWK", jwk.to_string().into_bytes()),
        ("nothing", Vec::new()),
        ("client id", b"flask-app".to_vec()),
    ];
    for (name, secret) in secrets {
        for (alg, hash) in [
            ("HS256", hmac::HMAC_SHA256),
            ("HS384", hmac::HMAC_SHA384),
            ("HS512", hmac::HMAC_SHA512),
        ] {
            for kid in [json!("RS256"), json!("ES256"), json!("other")] {
                let input =
                    signing_input(&json!({ "alg": alg, "kid": kid }).to_string(), &payload());
                let tag = hmac::sign(&hmac::Key::new(hash, &secret), input.as_bytes());
                let result = verify_token(&format!("{input}.{}", encode(tag.as_ref()))).map(|_| ());
                let allowed = AllowedAlgorithms::default();
                assert_eq!(
                    result,
                    Err(TokenError::AlgorithmSymmetric {
                        found: Shown::new(alg),
                        allowed
                    }
                    .into()),
                    "{name}"
                );
            }
        }
    }
}

#[test]
fn only_allowed_algorithms_count() {
    let allowed: AllowedAlgorithms = [SigningAlgorithm::Es256, SigningAlgorithm::Ps256]
        .into_iter()
        .collect();
    let expected = Expected {
        algorithms: allowed,
        ..expected()
    };
    for key in &ALL {
        let result = verify(&key.token(&valid_claims()), &KEYS, &expected, NOW).map(|_| ());
        let refused = TokenError::AlgorithmNotAllowed {
            found: Shown::new(key.kid),
            allowed,
        };
        assert_eq!(
            result,
            if allowed.contains(key.algorithm) {
                Ok(())
            } else {
                Err(refused.into())
            }
        );
    }
    let allowed = AllowedAlgorithms::default();
    for unknown in ["ES256K", "RSA-OAEP", "rs256", "dir", "", "A\nB"] {
        let refused = TokenError::AlgorithmNotAllowed {
            found: Shown::new(unknown),
            allowed,
        };
        assert_eq!(
            signed_with(&RS256, &json!({ "alg": unknown, "kid": "RS256" })),
            Err(refused.into()),
            "{unknown}"
        );
    }
    assert_eq!(
        signed_with(&ALL[9], &json!({ "alg": "Ed25519", "kid": "EdDSA" })),
        Ok(()),
        "the name of RFC 9864"
    );
}

#[test]
fn what_is_no_signed_token_is_said() {
    let token = RS256.token(&valid_claims());
    let critical = json!({ "alg": "RS256", "kid": "RS256", "crit": ["exp"] });
    let cases = [
        (
            "encrypted",
            "eyJhbGciOiJSU0EtT0FFUCIsImVuYyI6IkExMjhHQ00ifQ.a.b.c.d".to_owned(),
            TokenError::Encrypted,
        ),
        (
            "opaque",
            "2YotnFZFEjr1zCsicMWpAA".to_owned(),
            TokenError::Malformed(JwsError::Parts),
        ),
        (
            "critical extension",
            RS256.token_of(&critical.to_string(), &payload()),
            TokenError::Malformed(JwsError::Critical),
        ),
        (
            "blank before",
            format!(" {token}"),
            TokenError::Malformed(JwsError::Encoding { part: "header" }),
        ),
        (
            "padding",
            format!("{token}="),
            TokenError::Malformed(JwsError::Encoding { part: "signature" }),
        ),
        (
            "too long",
            "a".repeat(100_000),
            TokenError::Malformed(JwsError::TooLong { bytes: 100_000 }),
        ),
    ];
    for (name, token, error) in cases {
        let found = verify_token(&token).unwrap_err();
        assert_eq!(found, IdTokenError::Token(error), "{name}");
        assert!(!found.fresh_keys_may_help(), "{name}");
    }
}
