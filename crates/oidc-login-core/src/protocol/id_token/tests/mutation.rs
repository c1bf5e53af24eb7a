//! No change to a token makes it say something else, and nothing makes the verifier panic.

use std::sync::LazyLock;

use proptest::prelude::*;
use serde_json::{Value, json};

use super::{valid_claims, verify_token};
use crate::protocol::test_signer::{ALL, ES256, encode};

static TOKENS: LazyLock<Vec<String>> =
    LazyLock::new(|| ALL.iter().map(|key| key.token(&valid_claims())).collect());

const CHECKED: [&str; 11] = [
    "iss",
    "sub",
    "aud",
    "azp",
    "exp",
    "iat",
    "nbf",
    "nonce",
    "at_hash",
    "sid",
    "auth_time",
];

fn says_the_same_or_nothing(token: &str) -> Result<(), TestCaseError> {
    if let Ok(verified) = verify_token(token) {
        prop_assert_eq!(Value::Object(verified.claims().clone()), valid_claims());
    }
    Ok(())
}

/// Every character of a token, changed to each of its neighbours by one bit.
#[test]
fn one_flipped_bit_is_always_noticed() {
    let token = ES256.token(&valid_claims());
    for position in 0..token.len() {
        for bit in 0..7 {
            let mut bytes = token.clone().into_bytes();
            bytes[position] ^= 1 << bit;
            let changed = String::from_utf8(bytes).unwrap();
            assert!(
                verify_token(&changed).is_err(),
                "bit {bit} of byte {position}"
            );
        }
    }
}

proptest! {
    #[test]
    fn changed_tokens_never_say_something_else(
        which in 0..10_usize,
        position in any::<prop::sample::Index>(),
        removed in 0..4_usize,
        inserted in "[A-Za-z0-9_.=+/ -]{0,4}",
    ) {
        let token = &TOKENS[which];
        let start = position.index(token.len());
        let end = token.len().min(start + removed);
        says_the_same_or_nothing(&[&token[..start], &inserted, &token[end..]].concat())?;
    }

    #[test]
    fn parts_of_different_tokens_do_not_mix(
        header in 0..10_usize,
        payload in 0..10_usize,
        signature in 0..10_usize,
    ) {
        let part = |token: usize, part| TOKENS[token].split('.').nth(part).unwrap().to_owned();
        let mixed = [part(header, 0), part(payload, 1), part(signature, 2)].join(".");
        prop_assert_eq!(verify_token(&mixed).is_ok(), header == signature);
    }

    #[test]
    fn any_text_is_survived(
        text in any::<String>(),
        dotted in "[A-Za-z0-9_-]{0,40}(\\.[A-Za-z0-9_-]{0,40}){0,5}",
    ) {
        prop_assert!(verify_token(&text).is_err());
        prop_assert!(verify_token(&dotted).is_err());
    }

    #[test]
    fn any_header_is_survived(
        header in any::<Vec<u8>>(),
        alg in any::<String>(),
        kid in any::<String>(),
    ) {
        let tail = format!("{}.{}", encode(b"{}"), encode(b"signature"));
        let token = format!("{}.{tail}", encode(&header));
        prop_assert!(verify_token(&token).is_err());
        let header = json!({ "alg": alg, "kid": kid }).to_string();
        let error = verify_token(&format!("{}.{tail}", encode(header.as_bytes()))).unwrap_err();
        prop_assert!(!error.to_string().contains(char::is_control));
    }

    #[test]
    fn any_signed_payload_is_survived(
        bytes in any::<Vec<u8>>(),
        text in any::<String>(),
        number in any::<f64>(),
    ) {
        let header = ES256.header().to_string();
        let signed = |payload: &[u8]| verify_token(&ES256.token_of(&header, payload));
        prop_assert!(signed(&bytes).is_err());
        for claim in CHECKED {
            for value in [json!(text), json!(number), json!([text]), json!({ "a": number })] {
                let mut claims = valid_claims();
                claims[claim] = value;
                if let Ok(verified) = signed(claims.to_string().as_bytes()) {
                    let _ = (verified.sid(), verified.auth_time(), verified.amr(), verified.acr());
                }
            }
        }
    }
}
