//! For whom the token is: the audience and the authorized party.

use serde_json::json;

use super::{CLIENT, expected, malformed, missing, with, with_expected};
use crate::protocol::{
    id_token::{Expected, IdTokenError},
    shown::Shown,
};

#[test]
fn the_audience_is_us_and_nobody_unknown() {
    let client_id = || Shown::new(CLIENT);
    let not_us = |found: &str| {
        Err(IdTokenError::Audience {
            found: Shown::new(found),
            client_id: client_id(),
        })
    };
    let untrusted = |others: &str| {
        Err(IdTokenError::UntrustedAudience {
            untrusted: Shown::new(others),
            client_id: client_id(),
        })
    };
    let cases = [
        ("a list of us", json!({ "aud": [CLIENT] }), Ok(())),
        (
            "us twice is one audience",
            json!({ "aud": [CLIENT, CLIENT] }),
            Ok(()),
        ),
        (
            "us and a trusted one",
            json!({ "aud": ["account", CLIENT], "azp": CLIENT }),
            Ok(()),
        ),
        ("missing", json!({ "aud": null }), missing("aud")),
        ("a number", json!({ "aud": 1 }), malformed("aud")),
        (
            "a list with a number",
            json!({ "aud": [CLIENT, 1] }),
            malformed("aud"),
        ),
        ("nested", json!({ "aud": [[CLIENT]] }), malformed("aud")),
        (
            "an object",
            json!({ "aud": { CLIENT: true } }),
            malformed("aud"),
        ),
        ("an empty list", json!({ "aud": [] }), not_us("")),
        ("another", json!({ "aud": "other" }), not_us("other")),
        (
            "others",
            json!({ "aud": ["one", "two"] }),
            not_us("one, two"),
        ),
        (
            "only a trusted one",
            json!({ "aud": "account" }),
            not_us("account"),
        ),
        (
            "letter case",
            json!({ "aud": "Flask-App" }),
            not_us("Flask-App"),
        ),
        (
            "our id as a part",
            json!({ "aud": "flask-app-2" }),
            not_us("flask-app-2"),
        ),
        (
            "us and others",
            json!({ "aud": [CLIENT, "a", "account", "b"], "azp": CLIENT }),
            untrusted("a, b"),
        ),
    ];
    for (name, changes, result) in cases {
        let expected = Expected {
            trusted_audiences: &["account"],
            ..expected()
        };
        assert_eq!(with_expected(&changes, &expected), result, "{name}");
    }
    assert_eq!(
        with(&json!({ "aud": ["account", CLIENT], "azp": CLIENT })),
        untrusted("account"),
        "nobody is trusted by default"
    );
}

#[test]
fn the_authorized_party_is_us() {
    let other = |found: &str| {
        Err(IdTokenError::AuthorizedParty {
            found: Shown::new(found),
            client_id: Shown::new(CLIENT),
        })
    };
    let cases = [
        ("one audience, us", json!({ "azp": CLIENT }), Ok(())),
        (
            "one audience, another",
            json!({ "azp": "other" }),
            other("other"),
        ),
        ("one audience, empty", json!({ "azp": "" }), other("")),
        ("a list", json!({ "azp": [CLIENT] }), malformed("azp")),
        (
            "several audiences, none",
            json!({ "aud": [CLIENT, "account"] }),
            Err(IdTokenError::AuthorizedPartyMissing {
                audience: Shown::new("flask-app, account"),
            }),
        ),
        (
            "several audiences, another",
            json!({ "aud": [CLIENT, "account"], "azp": "account" }),
            other("account"),
        ),
    ];
    for (name, changes, result) in cases {
        let expected = Expected {
            trusted_audiences: &["account"],
            ..expected()
        };
        assert_eq!(with_expected(&changes, &expected), result, "{name}");
    }
}
