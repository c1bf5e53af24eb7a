#![allow(clippy::unwrap_used)]
#![allow(clippy::too_many_lines, reason = "a table of cases is one thing")]

mod audience;
mod claims;
mod key_choice;
mod mutation;
mod oracle;
mod refreshed;
mod signature;
mod times;

use serde_json::{Value, json};
use time::OffsetDateTime;
use time::macros::datetime;

use super::{Expected, IdTokenError, VerifiedIdToken, verify};
use crate::protocol::test_signer::{ES256, KEYS};
use crate::protocol::token_error::TokenError;

const ISSUER: &str = "https://idp.example/realms/one";
const CLIENT: &str = "flask-app";
const NONCE: &str = "n-0S6_WzA2Mj";
const NOW: OffsetDateTime = datetime!(2026-11-21 12:00 UTC);

/// Claims without a defect, as a provider sends them five seconds after it signed them.
fn valid_claims() -> Value {
    json!({
        "iss": ISSUER,
        "sub": "248289761001",
        "aud": CLIENT,
        "exp": NOW.unix_timestamp() + 300,
        "iat": NOW.unix_timestamp() - 5,
        "nonce": NONCE,
    })
}

fn expected() -> Expected<'static> {
    Expected {
        nonce: Some(NONCE),
        ..Expected::new(ISSUER, CLIENT)
    }
}

fn verify_token(token: &str) -> Result<VerifiedIdToken, IdTokenError> {
    verify(token, &KEYS, &expected(), NOW)
}

/// What `verify` says about valid claims with these members put in their place; `null` takes one
/// out.
fn with(changes: &Value) -> Result<(), IdTokenError> {
    with_expected(changes, &expected())
}

fn with_expected(changes: &Value, expected: &Expected<'_>) -> Result<(), IdTokenError> {
    let mut claims = valid_claims();
    for (name, value) in changes.as_object().unwrap() {
        match value {
            Value::Null => claims.as_object_mut().unwrap().remove(name),
            value => claims
                .as_object_mut()
                .unwrap()
                .insert(name.clone(), value.clone()),
        };
    }
    verify(&ES256.token(&claims), &KEYS, expected, NOW).map(|_| ())
}

fn missing(claim: &'static str) -> Result<(), IdTokenError> {
    Err(TokenError::MissingClaim { claim }.into())
}

fn malformed(claim: &'static str) -> Result<(), IdTokenError> {
    Err(TokenError::MalformedClaim { claim }.into())
}
