//! By which of the keys a token is checked.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::{Value, json};

use super::{
    NOW, expected,
    signature::{payload, signed_with, wrong_signature},
    valid_claims,
};
use crate::protocol::{
    id_token::{IdTokenError, verify},
    key_set::{KeyError, KeySet},
    signing_algorithm::SigningAlgorithm,
    test_signer::{ES256, PS256, RS256, RS256_OTHER},
    token_error::TokenError,
};

#[test]
fn the_key_comes_from_the_provider_never_from_the_token() {
    let attacker = RS256_OTHER.jwk();
    let certificate = STANDARD.encode(RS256_OTHER.public_der());
    let temptations = [
        json!({ "jwk": attacker }),
        json!({ "jku": "https://evil.example/jwks.json" }),
        json!({ "x5u": "https://evil.example/chain.pem" }),
        json!({ "x5c": [certificate] }),
        json!({ "x5t": "AAAA", "x5t#S256": "AAAA", "jwk": attacker, "x5c": [certificate] }),
    ];
    for temptation in temptations {
        let mut header = RS256.header();
        header
            .as_object_mut()
            .unwrap()
            .extend(temptation.as_object().unwrap().clone());
        assert_eq!(
            signed_with(&RS256_OTHER, &header),
            wrong_signature("RS256", SigningAlgorithm::Rs256),
            "{temptation}"
        );
        assert_eq!(
            signed_with(&RS256, &header),
            Ok(()),
            "{temptation} is ignored"
        );

        header["kid"] = "attacker".into();
        let error = signed_with(&RS256_OTHER, &header).unwrap_err();
        assert!(
            matches!(
                error,
                IdTokenError::Token(TokenError::Key(KeyError::UnknownKid { .. }))
            ),
            "{temptation}"
        );
    }
}

#[test]
fn the_key_id_chooses_a_key_that_fits() {
    let cases = [
        (
            "another type",
            json!({ "alg": "RS256", "kid": "ES256" }),
            "id_token_unfit_key",
        ),
        (
            "another algorithm of the key",
            json!({ "alg": "RS256", "kid": "PS256" }),
            "id_token_unfit_key",
        ),
        (
            "unknown",
            json!({ "alg": "RS256", "kid": "new" }),
            "id_token_unknown_key",
        ),
        (
            "empty",
            json!({ "alg": "RS256", "kid": "" }),
            "id_token_unknown_key",
        ),
    ];
    for (name, header, code) in cases {
        let error = signed_with(&RS256, &header).unwrap_err();
        assert_eq!(
            (error.code(), error.fresh_keys_may_help()),
            (code, true),
            "{name}"
        );
    }
    assert_eq!(
        signed_with(&RS256, &json!({ "alg": "RS256" })),
        Ok(()),
        "no kid, one key that fits"
    );
}

#[test]
fn without_key_id_there_must_be_no_choice() {
    let set =
        |keys: &[Value]| KeySet::from_json(json!({ "keys": keys }).to_string().as_bytes()).unwrap();
    let token = RS256.token_of(r#"{"alg":"RS256"}"#, &payload());
    let check = |keys: &KeySet| {
        verify(&token, keys, &expected(), NOW)
            .map(|_| ())
            .map_err(|error| error.code())
    };

    assert_eq!(
        check(&set(&[RS256.jwk(), PS256.jwk(), ES256.jwk()])),
        Ok(())
    );
    assert_eq!(
        check(&set(&[RS256.jwk(), RS256_OTHER.jwk()])),
        Err("id_token_ambiguous_key")
    );
    assert_eq!(check(&set(&[ES256.jwk()])), Err("id_token_no_key"));
    assert_eq!(check(&set(&[RS256_OTHER.jwk()])), Err("id_token_signature"));
}

#[test]
fn keys_of_one_id_are_tried_each() {
    let keys = json!({ "keys": [RS256_OTHER.jwk(), ES256.jwk(), RS256.jwk()] });
    let keys = KeySet::from_json(keys.to_string().as_bytes()).unwrap();
    assert!(verify(&RS256.token(&valid_claims()), &keys, &expected(), NOW).is_ok());
    assert!(verify(&RS256_OTHER.token(&valid_claims()), &keys, &expected(), NOW).is_ok());
}
