//! Lies in the logout token and its signature.

use serde_json::{Value, json};

use super::{Bend, remove, signed::Unsigned};
use crate::keys::SigningKey;

/// The logout token, signed as it should be or as the lie wants it.
pub(crate) fn sign(bend: Option<Bend>, key: &SigningKey, claims: Value) -> String {
    let mut token = Unsigned::new(key, "logout+jwt", claims);
    let claims = &mut token.claims;
    match bend {
        Some(Bend::LogoutTokenAudience) => claims["aud"] = json!("another-client"),
        Some(Bend::LogoutTokenNoEvents) => remove(claims, "events"),
        Some(Bend::LogoutTokenNonce) => claims["nonce"] = json!("a nonce"),
        Some(Bend::LogoutTokenAlgNone) => token.without_signature(),
        Some(Bend::LogoutTokenOtherSession) => {
            claims["sid"] = json!("the session of somebody else");
            remove(claims, "sub");
        }
        _ => {}
    }
    token.sign()
}
