#![allow(clippy::unwrap_used)]

mod claims;
mod mutation;
mod oracle;
mod signature;

use serde_json::{Value, json};
use time::OffsetDateTime;
use time::macros::datetime;

use super::{Expected, IdTokenError, VerifiedIdToken, verify};
use crate::protocol::test_signer::KEYS;

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
