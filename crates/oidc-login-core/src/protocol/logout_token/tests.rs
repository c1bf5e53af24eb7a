#![allow(clippy::unwrap_used)]
#![allow(clippy::too_many_lines, reason = "a table of cases is one thing")]

use serde_json::{Value, json};
use time::macros::datetime;
use time::{Duration, OffsetDateTime};

use super::{EVENT, Expected, LogoutTokenError, VerifiedLogoutToken, verify};
use crate::protocol::shown::Shown;
use crate::protocol::signing_algorithm::{AllowedAlgorithms, SigningAlgorithm};
use crate::protocol::test_signer::{ALL, ES256, KEYS, PS256, RS256, RS256_OTHER, TestKey};
use crate::protocol::token_error::TokenError;

const ISSUER: &str = "https://idp.example/realms/one";
const CLIENT: &str = "flask-app";
const NOW: OffsetDateTime = datetime!(2026-11-21 12:00 UTC);

fn now(offset: i64) -> Value {
    (NOW.unix_timestamp() + offset).into()
}

fn valid_claims() -> Value {
    json!({
        "iss": ISSUER,
        "aud": CLIENT,
        "iat": now(0),
        "exp": now(120),
        "jti": "1",
        "events": { EVENT: {} },
        "sub": "alice",
        "sid": "s",
    })
}

fn expected() -> Expected<'static> {
    let algorithms = AllowedAlgorithms::from_iter([SigningAlgorithm::Rs256]);
    Expected::new(ISSUER, CLIENT, algorithms)
}

fn with(changes: &Value) -> Result<VerifiedLogoutToken, LogoutTokenError> {
    let mut claims = valid_claims();
    let members = claims.as_object_mut().unwrap();
    for (claim, value) in changes.as_object().unwrap() {
        match value {
            Value::String(gone) if gone == "<gone>" => members.remove(claim),
            value => members.insert(claim.clone(), value.clone()),
        };
    }
    verify(&RS256.token(&claims), &KEYS, &expected(), NOW)
}

#[test]
fn it_says_who_is_logged_out_and_how_long_its_name_counts() {
    let token = with(&json!({})).unwrap();
    assert_eq!(token.subject.as_deref(), Some("alice"));
    assert_eq!(token.sid.as_deref(), Some("s"));
    assert_eq!((token.issued_at, token.id.as_str()), (NOW, "1"));
    assert_eq!(token.expires_at, NOW + Duration::seconds(180));
    assert!(!format!("{token:?}").contains("alice"));

    let far = with(&json!({ "exp": now(100_000_000) })).unwrap();
    assert_eq!(far.expires_at, NOW + Duration::seconds(3660));
}

#[test]
fn each_check_refuses_alone() {
    let missing = |claim| Err(TokenError::MissingClaim { claim }.into());
    let malformed = |claim| Err(TokenError::MalformedClaim { claim }.into());
    let audience = |found: &str| {
        Err(LogoutTokenError::Audience {
            found: Shown::new(found),
            client_id: Shown::new(CLIENT),
        })
    };
    let (gone, leeway) = ("<gone>", std::time::Duration::from_secs(60));
    let time = |offset| NOW + Duration::seconds(offset);
    let cases = [
        ("as it should be", json!({}), Ok(())),
        ("sid alone", json!({ "sub": gone }), Ok(())),
        ("sub alone", json!({ "sid": gone }), Ok(())),
        ("unknown claims", json!({ "x": 1, "azp": "other" }), Ok(())),
        (
            "several events",
            json!({ "events": { "other": 1, EVENT: { "x": 1 } } }),
            Ok(()),
        ),
        ("audience a list", json!({ "aud": [CLIENT] }), Ok(())),
        ("as late as may be", json!({ "exp": now(-59) }), Ok(())),
        ("as old as may be", json!({ "iat": now(-3660) }), Ok(())),
        ("no iss", json!({ "iss": gone }), missing("iss")),
        (
            "other iss",
            json!({ "iss": "https://idp.example/realms/one/" }),
            Err(TokenError::Issuer {
                found: Shown::new("https://idp.example/realms/one/"),
                expected: Shown::new(ISSUER),
            }
            .into()),
        ),
        ("no aud", json!({ "aud": gone }), missing("aud")),
        ("other aud", json!({ "aud": "other" }), audience("other")),
        (
            "aud empty",
            json!({ "aud": [] }),
            Err(LogoutTokenError::Audience {
                found: Shown::list([]),
                client_id: Shown::new(CLIENT),
            }),
        ),
        ("aud a number", json!({ "aud": 1 }), malformed("aud")),
        (
            "aud and others",
            json!({ "aud": [CLIENT, "other"] }),
            Err(LogoutTokenError::Audience {
                found: Shown::list([CLIENT, "other"]),
                client_id: Shown::new(CLIENT),
            }),
        ),
        ("no iat", json!({ "iat": gone }), missing("iat")),
        ("iat a text", json!({ "iat": "now" }), malformed("iat")),
        (
            "iat to come",
            json!({ "iat": now(61) }),
            Err(TokenError::IssuedInFuture {
                issued_at: time(61),
                now: NOW,
                leeway,
            }
            .into()),
        ),
        (
            "iat long ago",
            json!({ "iat": now(-3661) }),
            Err(LogoutTokenError::TooOld {
                issued_at: time(-3661),
                now: NOW,
            }),
        ),
        ("no exp", json!({ "exp": gone }), missing("exp")),
        (
            "exp over",
            json!({ "exp": now(-60) }),
            Err(TokenError::Expired {
                expires_at: time(-60),
                now: NOW,
                leeway,
            }
            .into()),
        ),
        (
            "nbf to come",
            json!({ "nbf": now(61) }),
            Err(TokenError::NotYetValid {
                not_before: time(61),
                now: NOW,
                leeway,
            }
            .into()),
        ),
        ("no jti", json!({ "jti": gone }), missing("jti")),
        ("jti empty", json!({ "jti": "" }), malformed("jti")),
        ("jti a number", json!({ "jti": 1 }), malformed("jti")),
        (
            "jti huge",
            json!({ "jti": "x".repeat(513) }),
            malformed("jti"),
        ),
        (
            "no events",
            json!({ "events": gone }),
            Err(LogoutTokenError::Event),
        ),
        (
            "events empty",
            json!({ "events": {} }),
            Err(LogoutTokenError::Event),
        ),
        (
            "events a list",
            json!({ "events": [EVENT] }),
            Err(LogoutTokenError::Event),
        ),
        (
            "events a text",
            json!({ "events": EVENT }),
            Err(LogoutTokenError::Event),
        ),
        (
            "event null",
            json!({ "events": { EVENT: null } }),
            Err(LogoutTokenError::Event),
        ),
        (
            "event a text",
            json!({ "events": { EVENT: "yes" } }),
            Err(LogoutTokenError::Event),
        ),
        (
            "other event",
            json!({ "events": { "other": {} } }),
            Err(LogoutTokenError::Event),
        ),
        (
            "nonce",
            json!({ "nonce": "n" }),
            Err(LogoutTokenError::Nonce),
        ),
        (
            "nonce null",
            json!({ "nonce": null }),
            Err(LogoutTokenError::Nonce),
        ),
        (
            "nobody",
            json!({ "sub": gone, "sid": gone }),
            Err(LogoutTokenError::Nobody),
        ),
        (
            "sub empty",
            json!({ "sub": "", "sid": gone }),
            malformed("sub"),
        ),
        ("sid empty", json!({ "sid": "" }), malformed("sid")),
        ("sid a number", json!({ "sid": 1 }), malformed("sid")),
        (
            "sid huge",
            json!({ "sid": "x".repeat(513) }),
            malformed("sid"),
        ),
    ];
    for (name, changes, expected) in cases {
        assert_eq!(with(&changes).map(|_| ()), expected, "{name}");
    }
}

#[test]
fn only_its_own_type_passes() {
    let refused = |typ: &str| {
        Err(TokenError::Type {
            found: Shown::new(typ),
        }
        .into())
    };
    for (typ, wanted) in [
        (None, Ok(())),
        (Some("JWT"), Ok(())),
        (Some("logout+jwt"), Ok(())),
        (Some("application/logout+jwt"), Ok(())),
        (Some("LOGOUT+JWT"), Ok(())),
        (Some("at+jwt"), refused("at+jwt")),
        (Some("dpop+jwt"), refused("dpop+jwt")),
        (Some("secevent+jwt"), refused("secevent+jwt")),
        (Some(""), refused("")),
    ] {
        let mut header = RS256.header();
        match typ {
            Some(typ) => header["typ"] = typ.into(),
            None => drop(header.as_object_mut().unwrap().remove("typ")),
        }
        let token = RS256.token_of(&header.to_string(), valid_claims().to_string().as_bytes());
        let verified = verify(&token, &KEYS, &expected(), NOW).map(|_| ());
        assert_eq!(verified, wanted, "{typ:?}");
    }
}

/// Every other key of the provider's own key set would verify, were its algorithm allowed.
#[test]
fn only_the_pinned_algorithm_passes() {
    let verified = |key: &TestKey| verify(&key.token(&valid_claims()), &KEYS, &expected(), NOW);
    for key in &ALL {
        let is_pinned = key.algorithm == SigningAlgorithm::Rs256;
        assert_eq!(verified(key).is_ok(), is_pinned, "{}", key.algorithm);
    }
    assert!(verified(&ES256).is_err() && verified(&PS256).is_err());
    let forged = verified(&RS256_OTHER);
    let is_signature = matches!(
        forged,
        Err(LogoutTokenError::Token(TokenError::Signature { .. }))
    );
    assert!(is_signature, "{forged:?}");
    for (name, header, wanted) in [
        (
            "none",
            json!({ "alg": "none" }),
            "logout_token_algorithm_none",
        ),
        (
            "secret",
            json!({ "alg": "HS256" }),
            "logout_token_algorithm_symmetric",
        ),
    ] {
        let token = RS256.token_of(&header.to_string(), valid_claims().to_string().as_bytes());
        let refused = verify(&token, &KEYS, &expected(), NOW);
        assert_eq!(refused.unwrap_err().code(), wanted, "{name}");
    }
}
