#![allow(clippy::unwrap_used)]

use serde_json::{Value, json};
use time::macros::datetime;
use time::{Duration, OffsetDateTime};

use super::{AccessTokenError, Expected, verify};
use crate::protocol::shown::Shown;
use crate::protocol::test_signer::{ES256, KEYS, RS256, encode, signing_input};
use crate::protocol::token_error::TokenError;

const ISSUER: &str = "https://idp.example/realms/one";
const CLIENT: &str = "flask-app";
const NOW: OffsetDateTime = datetime!(2026-11-21 12:00 UTC);

/// As Keycloak makes them: for the account service, on behalf of us.
fn valid_claims() -> Value {
    json!({
        "iss": ISSUER,
        "exp": NOW.unix_timestamp() + 300,
        "aud": "account",
        "azp": CLIENT,
        "typ": "Bearer",
        "realm_access": { "roles": ["admin"] },
    })
}

fn with(changes: &Value) -> Result<(), AccessTokenError> {
    let mut claims = valid_claims();
    claims
        .as_object_mut()
        .unwrap()
        .extend(changes.as_object().unwrap().clone());
    verify(
        &ES256.token(&claims),
        &KEYS,
        &Expected::new(ISSUER, CLIENT),
        NOW,
    )
    .map(|_| ())
}

#[test]
fn an_access_token_of_ours_gives_its_claims() {
    let token = verify(
        &RS256.token(&valid_claims()),
        &KEYS,
        &Expected::new(ISSUER, CLIENT),
        NOW,
    )
    .unwrap();
    assert_eq!(token.claims()["realm_access"]["roles"][0], "admin");
    assert_eq!(token.claims_json(), valid_claims().to_string());
    assert_eq!(token.expires_at(), NOW + Duration::seconds(300));
    assert!(!format!("{token:?}").contains("admin"));
}

#[test]
fn each_check_refuses_alone() {
    let missing = |claim| Err(TokenError::MissingClaim { claim }.into());
    let malformed = |claim| Err(TokenError::MalformedClaim { claim }.into());
    let client = |claim, found: &str| {
        Err(AccessTokenError::Client {
            claim,
            found: Shown::new(found),
            client_id: Shown::new(CLIENT),
        })
    };
    let leeway = std::time::Duration::from_secs(60);
    let time = |offset| NOW + Duration::seconds(offset);
    let issuer = TokenError::Issuer {
        found: Shown::new("https://evil.example"),
        expected: Shown::new(ISSUER),
    };
    let cases = [
        ("valid", json!({}), Ok(())),
        (
            "client_id of RFC 9068",
            json!({ "azp": null, "client_id": CLIENT }),
            Ok(()),
        ),
        ("both", json!({ "client_id": CLIENT }), Ok(())),
        (
            "without iat and sub",
            json!({ "iat": null, "sub": null }),
            Ok(()),
        ),
        (
            "issuer",
            json!({ "iss": "https://evil.example" }),
            Err(issuer.into()),
        ),
        ("issuer missing", json!({ "iss": null }), missing("iss")),
        (
            "azp of another",
            json!({ "azp": "other" }),
            client("azp", "other"),
        ),
        (
            "azp of another, client_id ours",
            json!({ "azp": "other", "client_id": CLIENT }),
            client("azp", "other"),
        ),
        (
            "azp ours, client_id of another",
            json!({ "client_id": "other" }),
            client("client_id", "other"),
        ),
        ("azp a list", json!({ "azp": [CLIENT] }), malformed("azp")),
        (
            "nobody's",
            json!({ "azp": null }),
            Err(AccessTokenError::ClientMissing),
        ),
        (
            "audience is not enough",
            json!({ "azp": null, "aud": CLIENT }),
            Err(AccessTokenError::ClientMissing),
        ),
        (
            "in the leeway",
            json!({ "exp": NOW.unix_timestamp() - 59 }),
            Ok(()),
        ),
        (
            "expired",
            json!({ "exp": NOW.unix_timestamp() - 60 }),
            Err(TokenError::Expired {
                expires_at: time(-60),
                now: NOW,
                leeway,
            }
            .into()),
        ),
        ("exp missing", json!({ "exp": null }), missing("exp")),
        ("exp a string", json!({ "exp": "later" }), malformed("exp")),
        (
            "nbf in the leeway",
            json!({ "nbf": NOW.unix_timestamp() + 60 }),
            Ok(()),
        ),
        (
            "too early",
            json!({ "nbf": NOW.unix_timestamp() + 61 }),
            Err(TokenError::NotYetValid {
                not_before: time(61),
                now: NOW,
                leeway,
            }
            .into()),
        ),
    ];
    for (name, changes, result) in cases {
        assert_eq!(with(&changes), result, "{name}");
    }
}

#[test]
fn opaque_is_told_apart_from_wrong() {
    let payload = valid_claims().to_string();
    let forged = ES256.token_of(&RS256.header().to_string(), payload.as_bytes());
    let logout = ES256.token_of(
        r#"{"alg":"ES256","kid":"ES256","typ":"logout+jwt"}"#,
        payload.as_bytes(),
    );
    let jwt_type = ES256.token_of(
        r#"{"alg":"ES256","kid":"ES256","typ":"at+jwt"}"#,
        payload.as_bytes(),
    );
    let unsigned = signing_input(r#"{"alg":"none"}"#, payload.as_bytes());
    let cases = [
        (
            "a random string",
            "2YotnFZFEjr1zCsicMWpAA".to_owned(),
            Err("access_token_opaque"),
        ),
        ("nothing", String::new(), Err("access_token_opaque")),
        (
            "two parts",
            "ory_at_abc.def".to_owned(),
            Err("access_token_opaque"),
        ),
        (
            "dots inside",
            "ya29.a0Af_H6.SMBx".to_owned(),
            Err("access_token_opaque"),
        ),
        (
            "PASETO",
            "v4.public.eyJzdWIiOiJhIn0".to_owned(),
            Err("access_token_opaque"),
        ),
        (
            "three parts, a list in front",
            format!("{}.e30.c2ln", encode(b"[]")),
            Err("access_token_opaque"),
        ),
        (
            "encrypted",
            format!("{}.a.b.c.d", encode(b"{}")),
            Err("access_token_encrypted"),
        ),
        ("JWT type", jwt_type, Ok(())),
        ("forged", forged, Err("access_token_signature")),
        (
            "unsigned",
            format!("{unsigned}."),
            Err("access_token_algorithm_none"),
        ),
        ("a logout token", logout, Err("access_token_type")),
        (
            "broken payload",
            format!("{}.=.c2ln", encode(br#"{"alg":"ES256"}"#)),
            Err("access_token_malformed"),
        ),
    ];
    for (name, token, result) in cases {
        let verified = verify(&token, &KEYS, &Expected::new(ISSUER, CLIENT), NOW);
        assert_eq!(
            verified.map(|_| ()).map_err(|error| error.code()),
            result,
            "{name}"
        );
    }
}
