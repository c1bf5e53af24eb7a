//! Whom an ID token is for: `aud` and `azp`.

use std::collections::HashSet;

use serde_json::Value;

use super::{Expected, IdTokenError};
use crate::protocol::shown::Shown;
use crate::protocol::token_claims::TokenClaims;
use crate::protocol::token_error::TokenError;

/// We must be among the audience, nobody unknown may be; gives each member once.
pub(super) fn check(
    claims: &TokenClaims,
    expected: &Expected<'_>,
) -> Result<Vec<String>, IdTokenError> {
    let claim = claims
        .get("aud")
        .ok_or(TokenError::MissingClaim { claim: "aud" })?;
    let audience = members(claim).ok_or(TokenError::MalformedClaim { claim: "aud" })?;
    let client_id = || Shown::new(expected.client_id);
    if !audience.iter().any(|member| member == expected.client_id) {
        return Err(IdTokenError::Audience {
            found: evidence(&audience),
            client_id: client_id(),
        });
    }
    let trusted =
        |member: &str| member == expected.client_id || expected.trusted_audiences.contains(&member);
    if !audience.iter().all(|member| trusted(member)) {
        let others = audience
            .iter()
            .map(String::as_str)
            .filter(|member| !trusted(member));
        return Err(IdTokenError::UntrustedAudience {
            untrusted: Shown::list(others),
            client_id: client_id(),
        });
    }
    Ok(audience)
}

pub(super) fn check_unchanged(audience: &[String], original: &Value) -> Result<(), IdTokenError> {
    let original = members(original).unwrap_or_default();
    let within = |some: &[String], all: &[String]| some.iter().all(|member| all.contains(member));
    if within(audience, &original) && within(&original, audience) {
        return Ok(());
    }
    let (found, original) = (evidence(audience), evidence(&original));
    Err(IdTokenError::AudienceChanged { found, original })
}

/// A single string or a list of strings, whichever the provider prefers.
pub(crate) fn members(claim: &Value) -> Option<Vec<String>> {
    let list = match claim {
        Value::Array(list) => list.as_slice(),
        one => std::slice::from_ref(one),
    };
    let mut members: Vec<String> = list
        .iter()
        .map(|member| member.as_str().map(str::to_owned))
        .collect::<Option<_>>()?;
    let mut seen = HashSet::new();
    members.retain(|member| seen.insert(member.clone()));
    Some(members)
}

fn evidence(members: &[String]) -> Shown {
    Shown::list(members.iter().map(String::as_str))
}

/// Whoever asked for the token must be us; with several audiences it has to be said.
pub(super) fn check_authorized_party(
    claims: &TokenClaims,
    expected: &Expected<'_>,
    audience: &[String],
) -> Result<(), IdTokenError> {
    match claims.text("azp")? {
        Some(found) if found != expected.client_id => Err(IdTokenError::AuthorizedParty {
            found: Shown::new(found),
            client_id: Shown::new(expected.client_id),
        }),
        None if audience.len() > 1 => Err(IdTokenError::AuthorizedPartyMissing {
            audience: evidence(audience),
        }),
        _ => Ok(()),
    }
}
