//! Logout tokens: the provider's word that a session is over.

mod error;
mod login_error;

use std::time::Duration;

use serde_json::Value;
use time::OffsetDateTime;

use crate::protocol::id_token::audience_of;
use crate::protocol::jws::Jws;
use crate::protocol::key_set::KeySet;
use crate::protocol::shown::Shown;
use crate::protocol::signing_algorithm::AllowedAlgorithms;
use crate::protocol::token_claims::{DEFAULT_LEEWAY, TokenClaims};
use crate::protocol::token_error::TokenError;

pub use error::LogoutTokenError;

const EVENT: &str = "http://schemas.openid.net/event/backchannel-logout";

/// How old a logout token may be: providers that try again later sign a new one, and what was
/// used once has to be remembered no longer.
pub(crate) const MAX_AGE: Duration = Duration::from_secs(3600);

/// Longer names of a session, a user or a token are not kept by anybody.
const LONGEST_NAME: usize = 512;

/// What a logout token must say to end sessions here.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Expected<'a> {
    /// The provider's issuer, compared exactly.
    pub issuer: &'a str,
    /// Our client id: must be among the audience.
    pub client_id: &'a str,
    /// Who else may be among the audience; nobody by default.
    pub trusted_audiences: &'a [&'a str],
    /// The algorithms it may be signed with.
    pub algorithms: AllowedAlgorithms,
    /// How far the clocks may be apart; 60 seconds by default.
    pub leeway: Duration,
}

impl<'a> Expected<'a> {
    /// Expects a token of this issuer for this client, signed with one of these algorithms.
    pub fn new(issuer: &'a str, client_id: &'a str, algorithms: AllowedAlgorithms) -> Self {
        Self {
            issuer,
            client_id,
            trusted_audiences: &[],
            algorithms,
            leeway: DEFAULT_LEEWAY,
        }
    }
}

/// Whose sessions are over; only [`verify`] makes one.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct VerifiedLogoutToken {
    /// The user. Without a [`sid`](Self::sid), all sessions of theirs are over.
    pub subject: Option<String>,
    /// The provider's session.
    pub sid: Option<String>,
    /// When the provider signed it.
    pub issued_at: OffsetDateTime,
    /// The token's own name, which must not come twice.
    pub id: String,
    /// Until when the name has to be remembered.
    pub expires_at: OffsetDateTime,
}

/// Verifies a logout token by [Back-Channel Logout §2.6].
///
/// # Errors
///
/// [`LogoutTokenError`] names the first check that failed.
///
/// # Security
///
/// Whether the token came before (`jti`) is not looked at: that takes a memory.
///
/// [Back-Channel Logout §2.6]: https://openid.net/specs/openid-connect-backchannel-1_0.html#Validation
pub fn verify(
    raw: &str,
    keys: &KeySet,
    expected: &Expected<'_>,
    now: OffsetDateTime,
) -> Result<VerifiedLogoutToken, LogoutTokenError> {
    let jws = Jws::parse(raw).map_err(TokenError::from)?;
    let claims = TokenClaims::verify(jws, keys, expected.algorithms)?;
    claims.require_types(&["jwt", "logout+jwt"])?;
    claims.check_issuer(expected.issuer)?;
    check_audience(&claims, expected)?;
    let (expires_at, issued_at) = claims.check_times(now, expected.leeway)?;
    let oldest = issued_at.saturating_add(time(MAX_AGE + expected.leeway));
    if oldest < now {
        return Err(LogoutTokenError::TooOld { issued_at, now });
    }
    check_event(&claims)?;
    // Whatever its value: an ID token has one, and must not pass for a logout token.
    if claims.decoded.get("nonce").is_some() {
        return Err(LogoutTokenError::Nonce);
    }
    let id = name(&claims, "jti")?.ok_or(TokenError::MissingClaim { claim: "jti" })?;
    let (subject, sid) = (name(&claims, "sub")?, name(&claims, "sid")?);
    if subject.is_none() && sid.is_none() {
        return Err(LogoutTokenError::Nobody);
    }
    Ok(VerifiedLogoutToken {
        subject,
        sid,
        issued_at,
        id,
        expires_at: expires_at.saturating_add(time(expected.leeway)).min(oldest),
    })
}

fn check_audience(claims: &TokenClaims, expected: &Expected<'_>) -> Result<(), LogoutTokenError> {
    let claim = claims
        .get("aud")
        .ok_or(TokenError::MissingClaim { claim: "aud" })?;
    let audience = audience_of(claim).ok_or(TokenError::MalformedClaim { claim: "aud" })?;
    let is_known = |member: &&str| {
        *member == expected.client_id || expected.trusted_audiences.contains(member)
    };
    let members = || audience.iter().map(String::as_str);
    if members().any(|member| member == expected.client_id) && members().all(|one| is_known(&one)) {
        return Ok(());
    }
    Err(LogoutTokenError::Audience {
        found: Shown::list(members()),
        client_id: Shown::new(expected.client_id),
    })
}

fn check_event(claims: &TokenClaims) -> Result<(), LogoutTokenError> {
    match claims.get("events").and_then(|events| events.get(EVENT)) {
        Some(Value::Object(_)) => Ok(()),
        _ => Err(LogoutTokenError::Event),
    }
}

/// A claim that names something.
fn name(claims: &TokenClaims, claim: &'static str) -> Result<Option<String>, TokenError> {
    match claims.text(claim)? {
        Some(name) if name.is_empty() || name.len() > LONGEST_NAME => {
            Err(TokenError::MalformedClaim { claim })
        }
        name => Ok(name.map(Into::into)),
    }
}

fn time(duration: Duration) -> time::Duration {
    duration.try_into().unwrap_or(time::Duration::MAX)
}

impl std::fmt::Debug for VerifiedLogoutToken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("VerifiedLogoutToken")
            .field("has_subject", &self.subject.is_some())
            .field("has_sid", &self.sid.is_some())
            .field("issued_at", &self.issued_at)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
