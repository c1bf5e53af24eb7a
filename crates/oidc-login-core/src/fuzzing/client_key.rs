//! Private keys of the client's own, in PEM and as JWK.

use serde_json::Value;

use super::two_parts;
use crate::protocol::{
    client_key::{Choice, ClientKeySet},
    key_set::KeySet,
};

/// The first line is an algorithm or the id of a key, the rest the keys.
pub fn client_key(data: &[u8]) {
    let (choice, text) = two_parts(data);
    let (choice, text) = (
        String::from_utf8_lossy(choice),
        String::from_utf8_lossy(text),
    );
    let kid = Some(choice.clone().into_owned());
    let choices = [
        Choice::default(),
        Choice {
            kid,
            algorithm: None,
        },
        Choice {
            kid: None,
            algorithm: choice.parse().ok(),
        },
    ];
    for choice in choices {
        match ClientKeySet::parse(&text, &choice) {
            Ok(keys) => assert_signs(&keys, &choice),
            Err(error) => assert!(!error.to_string().contains('\n')),
        }
    }
}

/// What it signs is what the published keys verify, and they are no secret.
fn assert_signs(keys: &ClientKeySet, choice: &Choice) {
    let (signing, published) = (keys.signing(), keys.public_jwks());
    assert!(
        choice
            .algorithm
            .is_none_or(|one| one == signing.algorithm())
    );
    assert!(choice.kid.is_none() || choice.kid.as_deref() == signing.kid());
    let members = published["keys"].as_array().into_iter().flatten();
    for member in members.filter_map(Value::as_object) {
        for private in ["d", "p", "q", "dp", "dq", "qi", "oth", "k"] {
            assert!(!member.contains_key(private), "{private} is published");
        }
    }
    let read = KeySet::from_json(published.to_string().as_bytes());
    let read = read.expect("what we publish can be read");
    let signature = signing.sign(b"message");
    let verifies = |message: &[u8]| {
        let mut keys = read.keys().iter();
        keys.any(|key| key.verify(signing.algorithm(), message, &signature).is_ok())
    };
    assert!(verifies(b"message"), "{signing:?}");
    assert!(!verifies(b"another"), "{signing:?}");
}
