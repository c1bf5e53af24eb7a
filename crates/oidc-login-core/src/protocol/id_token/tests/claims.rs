//! One case for each check: everything else about the token stays valid.

use serde_json::{Value, json};
use time::Duration;

use super::{
    CLIENT, ISSUER, NONCE, NOW, expected, malformed, missing, valid_claims, verify_token, with,
    with_expected,
};
use crate::protocol::{
    id_token::{Expected, IdTokenError},
    json_object::JsonObjectError,
    shown::Shown,
    test_signer::ES256,
    token_error::TokenError,
};

#[test]
fn a_valid_token_says_who_logged_in() {
    let mut claims = valid_claims();
    let more = json!({
        "aud": [CLIENT], "azp": CLIENT, "sid": "s1", "acr": "gold", "amr": ["pwd", "otp"],
        "auth_time": NOW.unix_timestamp() - 60,
    });
    claims
        .as_object_mut()
        .unwrap()
        .extend(more.as_object().unwrap().clone());
    let json = format!(" {}\n", serde_json::to_string_pretty(&claims).unwrap());
    let token =
        verify_token(&ES256.token_of(&ES256.header().to_string(), json.as_bytes())).unwrap();

    assert_eq!((token.issuer(), token.subject()), (ISSUER, "248289761001"));
    assert_eq!(token.audience(), [CLIENT]);
    assert_eq!(
        (token.issued_at(), token.expires_at()),
        (NOW - Duration::seconds(5), NOW + Duration::seconds(300))
    );
    assert_eq!(
        (token.sid(), token.acr(), token.amr()),
        (Some("s1"), Some("gold"), vec!["pwd", "otp"])
    );
    assert_eq!(token.auth_time(), Some(NOW - Duration::seconds(60)));
    assert_eq!(token.claims_json(), json);
    assert_eq!(Value::Object(token.claims().clone()), claims);
    assert!(!format!("{token:?}").contains("248289761001"));
}

#[test]
fn the_issuer_is_compared_exactly() {
    let other = |found: &str| {
        Err(TokenError::Issuer {
            found: Shown::new(found),
            expected: Shown::new(ISSUER),
        }
        .into())
    };
    let cases = [
        ("missing", json!({ "iss": null }), missing("iss")),
        ("a list", json!({ "iss": [ISSUER] }), malformed("iss")),
        ("empty", json!({ "iss": "" }), other("")),
        (
            "another",
            json!({ "iss": "https://evil.example" }),
            other("https://evil.example"),
        ),
        (
            "trailing slash",
            json!({ "iss": "https://idp.example/realms/one/" }),
            other("https://idp.example/realms/one/"),
        ),
        (
            "letter case",
            json!({ "iss": "https://IDP.example/realms/one" }),
            other("https://IDP.example/realms/one"),
        ),
        (
            "default port",
            json!({ "iss": "https://idp.example:443/realms/one" }),
            other("https://idp.example:443/realms/one"),
        ),
        (
            "longer",
            json!({ "iss": format!("{ISSUER}2") }),
            other("https://idp.example/realms/one2"),
        ),
    ];
    for (name, changes, result) in cases {
        assert_eq!(with(&changes), result, "{name}");
    }
}

#[test]
fn the_nonce_is_the_one_of_this_login() {
    let cases = [
        (
            "missing",
            json!({ "nonce": null }),
            Err(IdTokenError::NonceMissing),
        ),
        (
            "another",
            json!({ "nonce": "another" }),
            Err(IdTokenError::Nonce),
        ),
        ("empty", json!({ "nonce": "" }), Err(IdTokenError::Nonce)),
        (
            "longer",
            json!({ "nonce": format!("{NONCE}a") }),
            Err(IdTokenError::Nonce),
        ),
        (
            "shorter",
            json!({ "nonce": NONCE[1..] }),
            Err(IdTokenError::Nonce),
        ),
        ("a list", json!({ "nonce": [NONCE] }), malformed("nonce")),
    ];
    for (name, changes, result) in cases {
        assert_eq!(with(&changes), result, "{name}");
        let refresh = Expected {
            nonce: None,
            ..expected()
        };
        assert_eq!(
            with_expected(&changes, &refresh),
            Ok(()),
            "{name}, none expected"
        );
    }
}

#[test]
fn the_access_token_belongs_to_the_id_token() {
    const TOKEN: &str = "jHkWEdUXMU1BwAsC4vtUsZwnNvTIxEl0z9K3vx5KF0Y";
    let hash = "77QmUPtjPfzWtF2AnpK9RQ";
    let wrong = || Err(IdTokenError::AccessTokenHash);
    let cases = [
        ("right", json!({ "at_hash": hash }), Ok(())),
        ("none", json!({}), Ok(())),
        (
            "of another token",
            json!({ "at_hash": "LDktKdoQak3Pk0cnXxCltA" }),
            wrong(),
        ),
        ("too short", json!({ "at_hash": hash[..11] }), wrong()),
        ("empty", json!({ "at_hash": "" }), wrong()),
        (
            "the whole hash",
            json!({ "at_hash": "77QmUPtjPfzWtF2AnpK9RX_TzJxfiFUkbCKUVJ9gnHI" }),
            wrong(),
        ),
        (
            "of SHA-512",
            json!({ "at_hash": "q7nS86GgvvFaZkzALLWqJYaJIKw2wCDAVfCAsm5CrBM" }),
            wrong(),
        ),
        ("a number", json!({ "at_hash": 1 }), malformed("at_hash")),
    ];
    for (name, changes, result) in cases {
        let expected = Expected {
            access_token: Some(TOKEN),
            ..expected()
        };
        assert_eq!(with_expected(&changes, &expected), result, "{name}");
    }
}

#[test]
fn the_subject_is_there_and_no_longer_than_it_may_be() {
    let length = |length| Err(IdTokenError::SubjectLength { length });
    let cases = [
        ("one digit", json!({ "sub": "1" }), Ok(())),
        ("base64", json!({ "sub": "CgVhZG1pbhIFbG9jYWw=" }), Ok(())),
        (
            "as long as allowed",
            json!({ "sub": "s".repeat(255) }),
            Ok(()),
        ),
        ("too long", json!({ "sub": "s".repeat(256) }), length(256)),
        ("empty", json!({ "sub": "" }), length(0)),
        ("missing", json!({ "sub": null }), missing("sub")),
        ("a number", json!({ "sub": 1 }), malformed("sub")),
    ];
    for (name, changes, result) in cases {
        assert_eq!(with(&changes), result, "{name}");
    }
}

#[test]
fn another_kind_of_token_is_no_id_token() {
    let typ = |typ: &str| {
        let mut header = ES256.header();
        header["typ"] = typ.into();
        verify_token(&ES256.token_of(&header.to_string(), valid_claims().to_string().as_bytes()))
            .map(|_| ())
    };
    for accepted in ["JWT", "jwt", "", "ID", "application/jwt"] {
        assert_eq!(typ(accepted), Ok(()), "{accepted}");
    }
    for refused in [
        "logout+jwt",
        "Logout+JWT",
        "application/logout+jwt",
        "at+jwt",
        "application/at+jwt",
    ] {
        assert_eq!(
            typ(refused),
            Err(TokenError::Type {
                found: Shown::new(refused)
            }
            .into()),
            "{refused}"
        );
    }
}

#[test]
fn claims_are_one_object_without_doubles() {
    let payload = |payload: &[u8]| {
        verify_token(&ES256.token_of(&ES256.header().to_string(), payload)).map(|_| ())
    };
    let valid = valid_claims().to_string();
    let unreadable = |error| Err(TokenError::Payload(error).into());
    let twice = |name| {
        unreadable(JsonObjectError::Duplicate {
            name: Shown::new(name),
        })
    };
    let cases = [
        ("valid", valid.clone().into_bytes(), Ok(())),
        (
            "a second issuer",
            valid
                .replacen('{', r#"{"iss":"https://evil.example","#, 1)
                .into_bytes(),
            twice("iss"),
        ),
        (
            "a second profile claim",
            valid
                .replacen('{', r#"{"email":"a","email":"b","#, 1)
                .into_bytes(),
            twice("email"),
        ),
        (
            "a nested token",
            ES256.token(&valid_claims()).into_bytes(),
            unreadable(JsonObjectError::Invalid),
        ),
        (
            "a list",
            b"[]".to_vec(),
            unreadable(JsonObjectError::Invalid),
        ),
        ("nothing", Vec::new(), unreadable(JsonObjectError::Invalid)),
        (
            "a claim that is not UTF-8",
            [br#"{"name":"A"#, &b"\xff\","[..], &valid.as_bytes()[1..]].concat(),
            unreadable(JsonObjectError::Invalid),
        ),
        (
            "not UTF-8",
            [valid.as_bytes(), b"\xff"].concat(),
            unreadable(JsonObjectError::Invalid),
        ),
    ];
    for (name, bytes, result) in cases {
        assert_eq!(payload(&bytes), result, "{name}");
    }
}

#[test]
fn claims_about_the_user_never_refuse_a_login() {
    let cases = [
        json!({ "email_verified": "true" }),
        json!({ "birthdate": 1990 }),
        json!({ "locale": [] , "zoneinfo": 1, "updated_at": "yesterday" }),
        json!({ "address": "x", "phone_number_verified": "no" }),
        json!({ "_claim_names": { "shoe_size": "src1" }, "_claim_sources": { "src1": { "JWT": "a.b.c" } } }),
        json!({ "sid": 1, "acr": 2, "amr": "pwd", "auth_time": "now" }),
        json!({ "roles": "admin", "realm_access": [], "name": { "first": "A" }, "": "", "picture": -1e300 }),
    ];
    for changes in cases {
        assert_eq!(with(&changes), Ok(()), "{changes}");
    }
    let mut claims = valid_claims();
    for name in ["locale", "azp", "nbf", "at_hash", "sid", "amr"] {
        claims[name] = Value::Null;
    }
    assert!(
        verify_token(&ES256.token(&claims)).is_ok(),
        "null is as good as absent"
    );
}

#[test]
fn codes_are_stable_and_texts_name_the_claim() {
    let cases = [
        (json!({ "iss": "https://a" }), "id_token_issuer", "iss"),
        (json!({ "aud": "b" }), "id_token_audience", "aud"),
        (
            json!({ "aud": [CLIENT, "b"] }),
            "id_token_untrusted_audience",
            "aud",
        ),
        (json!({ "azp": "b" }), "id_token_authorized_party", "azp"),
        (json!({ "exp": 1 }), "id_token_expired", "exp"),
        (
            json!({ "iat": 253_402_300_799_i64 }),
            "id_token_issued_in_future",
            "iat",
        ),
        (
            json!({ "nbf": 253_402_300_799_i64 }),
            "id_token_not_yet_valid",
            "nbf",
        ),
        (
            json!({ "nonce": "secret-value" }),
            "id_token_nonce",
            "nonce",
        ),
        (
            json!({ "nonce": Value::Null }),
            "id_token_nonce_missing",
            "nonce",
        ),
        (json!({ "sub": "" }), "id_token_subject_length", "sub"),
        (
            json!({ "sub": Value::Null }),
            "id_token_missing_claim",
            "sub",
        ),
        (json!({ "exp": "x" }), "id_token_malformed_claim", "exp"),
    ];
    for (changes, code, claim) in cases {
        let mut claims = valid_claims();
        claims
            .as_object_mut()
            .unwrap()
            .extend(changes.as_object().unwrap().clone());
        let token = ES256.token(&claims);
        let error = verify_token(&token).unwrap_err();
        let text = error.to_string();
        assert_eq!(error.code(), code);
        assert!(
            text.contains(claim)
                && !text.contains('\n')
                && text.starts_with(|first: char| first.is_lowercase()),
            "{text}"
        );
        let all = format!("{text} {error:?}");
        assert!(
            !all.contains(NONCE) && !all.contains("secret-value"),
            "{all}"
        );
        assert!(token.split('.').all(|part| !all.contains(part)), "{all}");
    }
}
