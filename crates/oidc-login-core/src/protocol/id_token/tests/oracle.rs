//! Two libraries that are not ours must agree with the verifier about valid tokens.

use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use openidconnect::JsonWebKey as _;
use openidconnect::core::{CoreJsonWebKey, CoreJwsSigningAlgorithm};
use serde_json::Value;

use super::{CLIENT, ISSUER, valid_claims, verify_token};
use crate::protocol::signing_algorithm::SigningAlgorithm;
use crate::protocol::test_signer::{ALL, TestKey};

/// `jsonwebtoken` does not know ES512.
fn known_to_jsonwebtoken() -> impl Iterator<Item = (&'static TestKey, Algorithm)> {
    ALL.iter()
        .filter_map(|key| Some((key, key.kid.parse().ok()?)))
}

#[test]
fn jsonwebtoken_verifies_the_tokens_of_the_test_signer() {
    for (key, algorithm) in known_to_jsonwebtoken() {
        let jwk = serde_json::from_value(key.jwk()).unwrap();
        let mut validation = Validation::new(algorithm);
        validation.set_audience(&[CLIENT]);
        validation.set_issuer(&[ISSUER]);
        validation.validate_exp = false;
        let token = key.token(&valid_claims());
        let decoded = jsonwebtoken::decode::<Value>(
            &token,
            &DecodingKey::from_jwk(&jwk).unwrap(),
            &validation,
        )
        .unwrap();
        assert_eq!(decoded.claims, valid_claims());
    }
}

#[test]
fn tokens_of_jsonwebtoken_verify_here() {
    assert_eq!(known_to_jsonwebtoken().count(), 9);
    for (key, algorithm) in known_to_jsonwebtoken() {
        let pem = key.private_pem();
        let encoding = match algorithm {
            Algorithm::ES256 | Algorithm::ES384 => EncodingKey::from_ec_pem(pem.as_bytes()),
            Algorithm::EdDSA => EncodingKey::from_ed_pem(pem.as_bytes()),
            _ => EncodingKey::from_rsa_pem(pem.as_bytes()),
        };
        let header = Header {
            kid: Some(key.kid.to_owned()),
            ..Header::new(algorithm)
        };
        let token = jsonwebtoken::encode(&header, &valid_claims(), &encoding.unwrap()).unwrap();
        let verified = verify_token(&token).unwrap();
        assert_eq!(Value::Object(verified.claims().clone()), valid_claims());
    }
}

/// Its cryptography shares no code with ours.
#[test]
fn openidconnect_verifies_the_signatures_of_the_test_signer() {
    for key in ALL
        .iter()
        .filter(|key| key.algorithm != SigningAlgorithm::Es512)
    {
        let core: CoreJsonWebKey = serde_json::from_value(key.jwk()).unwrap();
        let algorithm: CoreJwsSigningAlgorithm = serde_json::from_value(key.kid.into()).unwrap();
        assert!(
            core.verify_signature(&algorithm, b"message", &key.sign(b"message"))
                .is_ok(),
            "{}",
            key.kid
        );
        assert!(
            core.verify_signature(&algorithm, b"another", &key.sign(b"message"))
                .is_err(),
            "{}",
            key.kid
        );
    }
}
