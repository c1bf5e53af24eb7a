//! Lies in the ID token and its signature.

use serde_json::{Value, json};
use time::{Duration, OffsetDateTime};

use super::{
    Bend, remove,
    signed::{Signature, Unsigned},
};
use crate::{client::RegisteredClient, keys::SigningKey};

/// The ID token, signed as it should be or as the lie wants it.
pub(crate) fn sign(
    bend: Option<Bend>,
    client: &RegisteredClient,
    key: &SigningKey,
    claims: Value,
    now: OffsetDateTime,
) -> String {
    let mut token = Unsigned::new(key, "JWT", claims);
    if let Some(bend) = bend {
        bend_claims(bend, &mut token.claims, now);
        bend_signature(bend, &mut token, client, key);
    }
    token.sign()
}

fn bend_claims(bend: Bend, claims: &mut Value, now: OffsetDateTime) {
    let at = |time: OffsetDateTime| json!(time.unix_timestamp());
    let hour = Duration::hours(1);
    match bend {
        Bend::IdTokenIssuer => claims["iss"] = json!("https://provider.invalid"),
        Bend::IdTokenAudience => claims["aud"] = json!("another-client"),
        Bend::IdTokenMoreAudiences => claims["aud"] = json!([claims["aud"], "another-client"]),
        Bend::IdTokenAuthorizedParty => claims["azp"] = json!("another-client"),
        Bend::IdTokenNoSubject => remove(claims, "sub"),
        Bend::IdTokenExpired => claims["exp"] = at(now - hour),
        Bend::IdTokenIssuedInFuture => {
            (claims["iat"], claims["exp"]) = (at(now + hour), at(now + 2 * hour));
        }
        Bend::IdTokenNoNonce => remove(claims, "nonce"),
        Bend::IdTokenNonce => claims["nonce"] = json!("another nonce"),
        Bend::IdTokenAcr => claims["acr"] = json!("0"),
        Bend::IdTokenNoAuthTime => remove(claims, "auth_time"),
        Bend::IdTokenAuthTime => claims["auth_time"] = at(now - Duration::days(1)),
        Bend::IdTokenAccessTokenHash => claims["at_hash"] = json!("77QmUPtjPfzWtF2AnpK9RQ"),
        Bend::IdTokenNested => {
            claims["nested"] = (0..200).fold(json!(1), |inner, _| json!([inner]));
        }
        _ => {}
    }
}

fn bend_signature<'k>(
    bend: Bend,
    token: &mut Unsigned<'k>,
    client: &RegisteredClient,
    key: &'k SigningKey,
) {
    match bend {
        Bend::IdTokenSignature => token.signature = Signature::Damaged(key),
        Bend::IdTokenUnknownKey => token.header["kid"] = json!("another-key"),
        Bend::IdTokenAlgNone => token.without_signature(),
        Bend::IdTokenHmacPublicKey => token.by_secret(key.public()),
        Bend::IdTokenHmacSecret => {
            let secret = client.settings.secret.as_deref().unwrap_or_default();
            token.by_secret(secret.as_bytes());
        }
        Bend::IdTokenCrit => {
            token.header["crit"] = json!(["nobody-understands"]);
            token.header["nobody-understands"] = json!(true);
        }
        _ => {}
    }
}
