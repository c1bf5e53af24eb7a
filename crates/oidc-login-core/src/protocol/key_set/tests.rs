#![allow(clippy::unwrap_used)]

use serde_json::{Value, json};

use super::{KeyError, KeySet, KeySetError};
use crate::protocol::jwk::UnusableKey;
use crate::protocol::shown::Shown;
use crate::protocol::signing_algorithm::SigningAlgorithm::{self, EdDsa, Es256, Rs256};
use crate::protocol::test_signer::{ES256, PS256, RS256, RS256_OTHER, TestKey};

fn jwk(key: &TestKey, kid: impl Into<Value>) -> Value {
    let mut jwk = key.jwk();
    jwk["kid"] = kid.into();
    jwk
}

/// A set of keys, by what they are called in the tests.
fn set(names: &[&str]) -> KeySet {
    let key = |name: &&str| match *name {
        "rsa" => jwk(&RS256, "rsa"),
        "other" => jwk(&RS256_OTHER, "other"),
        "other named rsa" => jwk(&RS256_OTHER, "rsa"),
        "ec" => jwk(&ES256, "ec"),
        "ec named rsa" => jwk(&ES256, "rsa"),
        "pss" => jwk(&PS256, "pss"),
        "nameless" => jwk(&RS256, Value::Null),
        "enc" => {
            let mut jwk = jwk(&RS256_OTHER, "enc");
            jwk["use"] = "enc".into();
            jwk
        }
        _ => json!({ "kty": "OKP", "crv": "Ed448", "kid": "ed448", "x": "AAAA" }),
    };
    let keys: Vec<_> = names.iter().map(key).collect();
    KeySet::from_json(json!({ "keys": keys }).to_string().as_bytes()).unwrap()
}

/// How many keys are found.
fn find(names: &[&str], kid: Option<&str>, algorithm: SigningAlgorithm) -> Result<usize, KeyError> {
    set(names).find(kid, algorithm).map(|keys| keys.len())
}

#[test]
fn a_named_key_is_found_where_it_fits() {
    let cases: [(&[&str], &str, SigningAlgorithm, usize); 5] = [
        (&["rsa", "other"], "other", Rs256, 1),
        (&["rsa", "ec"], "ec", Es256, 1),
        (&["rsa", "ec named rsa"], "rsa", Rs256, 1),
        (&["rsa", "ec named rsa"], "rsa", Es256, 1),
        (&["rsa", "other named rsa"], "rsa", Rs256, 2),
    ];
    for (names, kid, algorithm, found) in cases {
        assert_eq!(
            find(names, Some(kid), algorithm),
            Ok(found),
            "{names:?} {kid} {algorithm}"
        );
    }
}

#[test]
fn a_named_key_that_is_not_there_is_not_replaced() {
    let unknown = |kid: &str, known: &str| KeyError::UnknownKid {
        kid: Shown::new(kid),
        known: Shown::new(known),
    };
    let cases: [(&[&str], &str, &str); 4] = [
        (&["rsa", "ec"], "new", "rsa, ec"),
        (&["rsa"], "RSA", "rsa"),
        (&["nameless"], "rsa", ""),
        (&[], "rsa", ""),
    ];
    for (names, kid, known) in cases {
        assert_eq!(
            find(names, Some(kid), Rs256),
            Err(unknown(kid, known)),
            "{names:?} {kid}"
        );
    }
}

#[test]
fn a_named_key_that_does_not_fit_says_why() {
    let cases = [
        ("ec", Rs256, None),
        ("pss", Rs256, None),
        ("enc", Rs256, Some(UnusableKey::NotForSignatures)),
        ("ed448", EdDsa, Some(UnusableKey::UnknownType)),
    ];
    for (name, algorithm, unusable) in cases {
        let kid = Shown::new(name);
        let unfit = Err(KeyError::UnfitKey {
            kid,
            algorithm,
            unusable,
        });
        let why = unusable.map(|unusable| format!(": {unusable}"));
        let told = unfit.as_ref().map_err(ToString::to_string).unwrap_err();
        assert!(told.ends_with(&why.unwrap_or_else(|| algorithm.to_string())));
        assert_eq!(find(&[name, "rsa"], Some(name), algorithm), unfit, "{name}");
    }
}

#[test]
fn without_name_there_must_be_no_choice() {
    let ambiguous = KeyError::Ambiguous {
        algorithm: Rs256,
        candidates: 2,
    };
    let cases: [(&[&str], SigningAlgorithm, Result<usize, KeyError>); 5] = [
        (&["rsa"], Rs256, Ok(1)),
        (&["rsa", "ec", "enc", "pss", "ed448"], Rs256, Ok(1)),
        (&["nameless", "ec"], Rs256, Ok(1)),
        (&["rsa", "other"], Rs256, Err(ambiguous)),
        (&["rsa"], Es256, Err(KeyError::NoKey { algorithm: Es256 })),
    ];
    for (names, algorithm, result) in cases {
        assert_eq!(
            find(names, None, algorithm),
            result,
            "{names:?} {algorithm}"
        );
    }
}

#[test]
fn unreadable_keys_leave_the_others_alone() {
    let keys = [
        json!({ "kty": "oct", "k": "c2VjcmV0", "kid": "secret" }),
        json!({ "kty": "AKP", "alg": "ML-DSA-44", "pub": "AAAA", "kid": "pq" }),
        json!({ "kty": 1 }),
        json!({ "kid": "typeless" }),
        json!({ "kty": "RSA", "kid": 7, "n": "AQAB", "e": "AQAB" }),
        json!("a string"),
        json!(null),
        jwk(&RS256, "good"),
    ];
    let set = KeySet::from_json(json!({ "keys": keys }).to_string().as_bytes()).unwrap();
    assert_eq!(set.find(Some("good"), Rs256).unwrap().len(), 1);
    assert_eq!(set.keys().len(), 3);
    assert!(!format!("{set:?}").contains("c2VjcmV0"));
}

#[test]
fn only_a_key_set_of_sane_size_is_read() {
    for json in [
        "",
        "[]",
        "{}",
        r#"{"keys":null}"#,
        r#"{"keys":{}}"#,
        "<html>",
    ] {
        let read = KeySet::from_json(json.as_bytes());
        assert!(matches!(read, Err(KeySetError::Invalid(_))), "{json}");
    }
    let many = |count| {
        let json = json!({ "keys": vec![json!({ "kty": "oct" }); count] }).to_string();
        KeySet::from_json(json.as_bytes())
    };
    assert_eq!(many(100).unwrap().keys().len(), 100);
    assert!(matches!(
        many(101),
        Err(KeySetError::TooManyKeys { found: 101 })
    ));
}
