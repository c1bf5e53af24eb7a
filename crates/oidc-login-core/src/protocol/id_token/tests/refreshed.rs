//! What a refreshed ID token must have kept of the login's.

use serde_json::{Map, Value, json};
use time::macros::datetime;

use super::{CLIENT, NONCE, expected, malformed, with_expected};
use crate::protocol::{
    id_token::{Expected, IdTokenError, Original},
    shown::Shown,
};

fn object(value: &Value) -> Map<String, Value> {
    value.as_object().unwrap().clone()
}

/// What the verifier says about a refreshed token with these changes, after a login with those.
fn refreshed(of_login: &Value, changes: &Value) -> Result<(), IdTokenError> {
    let mut login = object(&json!({
        "sub": "248289761001", "aud": [CLIENT, "account"], "azp": CLIENT,
        "auth_time": 1_795_262_400, "nonce": NONCE,
    }));
    login.extend(object(of_login));
    let mut token = object(&json!({ "aud": ["account", CLIENT], "azp": CLIENT, "nonce": null }));
    token.extend(object(changes));
    let expected = Expected {
        refreshes: Some(Original::new(&login)),
        nonce: None,
        trusted_audiences: &["account", "new"],
        ..expected()
    };
    with_expected(&Value::Object(token), &expected)
}

#[test]
fn a_refreshed_token_is_about_the_same_login() {
    let audience = |found: &str| {
        Err(IdTokenError::AudienceChanged {
            found: Shown::new(found),
            original: Shown::new("flask-app, account"),
        })
    };
    for (name, changes, result) in [
        ("without nonce, another order", json!({}), Ok(())),
        ("the same nonce", json!({ "nonce": NONCE }), Ok(())),
        (
            "the same time of authentication",
            json!({ "auth_time": 1_795_262_400.0 }),
            Ok(()),
        ),
        (
            "a later time of authentication",
            json!({ "auth_time": 1_795_262_401 }),
            Ok(()),
        ),
        (
            "another subject",
            json!({ "sub": "248289761002" }),
            Err(IdTokenError::SubjectChanged),
        ),
        (
            "less audience",
            json!({ "aud": CLIENT }),
            audience("flask-app"),
        ),
        (
            "more audience",
            json!({ "aud": [CLIENT, "account", "new"] }),
            audience("flask-app, account, new"),
        ),
        (
            "another nonce",
            json!({ "nonce": "other" }),
            Err(IdTokenError::Nonce),
        ),
        (
            "a nonce that is none",
            json!({ "nonce": 7 }),
            malformed("nonce"),
        ),
        (
            "an earlier time of authentication",
            json!({ "auth_time": 1_795_262_399 }),
            Err(IdTokenError::AuthTimeEarlier {
                found: datetime!(2026-11-21 11:59:59 UTC),
                original: datetime!(2026-11-21 12:00 UTC),
            }),
        ),
        (
            "a time of authentication that is none",
            json!({ "auth_time": "yesterday" }),
            malformed("auth_time"),
        ),
    ] {
        assert_eq!(refreshed(&json!({}), &changes), result, "{name}");
    }
}

#[test]
fn what_the_login_did_not_say_is_judged_too() {
    for (name, of_login, changes, result) in [
        (
            "a nonce from nowhere",
            json!({ "nonce": null }),
            json!({ "nonce": NONCE }),
            Err(IdTokenError::Nonce),
        ),
        (
            "a time of authentication",
            json!({ "auth_time": null }),
            json!({ "auth_time": 1_795_262_401 }),
            Ok(()),
        ),
        (
            "a time of authentication with a fraction, and without",
            json!({ "auth_time": 1_795_262_400.9 }),
            json!({ "auth_time": 1_795_262_400 }),
            Ok(()),
        ),
        (
            "a time of authentication that was none",
            json!({ "auth_time": "today" }),
            json!({ "auth_time": "yesterday" }),
            Ok(()),
        ),
        (
            "an authorized party",
            json!({ "azp": null, "aud": CLIENT }),
            json!({ "aud": CLIENT }),
            Err(IdTokenError::AuthorizedPartyChanged),
        ),
        (
            "no authorized party any more",
            json!({ "aud": CLIENT }),
            json!({ "aud": [CLIENT], "azp": null }),
            Err(IdTokenError::AuthorizedPartyChanged),
        ),
        (
            "no authorized party ever",
            json!({ "azp": null, "aud": CLIENT }),
            json!({ "aud": [CLIENT], "azp": null }),
            Ok(()),
        ),
    ] {
        assert_eq!(refreshed(&of_login, &changes), result, "{name}");
    }
}
