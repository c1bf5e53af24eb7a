//! ID tokens.

mod audience;
mod authentication;
mod error;
mod login_error;
mod original;
mod verified;

use std::time::Duration;

use subtle::ConstantTimeEq as _;
use time::OffsetDateTime;

use crate::protocol::jws::Jws;
use crate::protocol::key_set::KeySet;
use crate::protocol::signing_algorithm::AllowedAlgorithms;
use crate::protocol::token_claims::{DEFAULT_LEEWAY, TokenClaims};
use crate::protocol::token_error::TokenError;
use crate::protocol::token_hash;

pub(crate) use audience::members as audience_of;
pub use error::IdTokenError;
pub use original::Original;
pub use verified::VerifiedIdToken;

/// What an ID token must say to be the one this login waits for.
#[derive(Clone, Copy)]
#[non_exhaustive]
pub struct Expected<'a> {
    /// The provider's issuer, compared exactly.
    pub issuer: &'a str,
    /// Our client id: must be among the audience.
    pub client_id: &'a str,
    /// Who else may be among the audience; nobody by default.
    pub trusted_audiences: &'a [&'a str],
    /// The nonce this login was started with; `None` where none was sent, as for a refresh.
    pub nonce: Option<&'a str>,
    /// The access token that came along, to be compared with `at_hash` where the ID token has one.
    pub access_token: Option<&'a str>,
    /// The earliest time (`auth_time`) at which the user may have proved who they are; then it must
    /// be there. `None` where the request did not ask.
    pub authenticated_since: Option<OffsetDateTime>,
    /// The ways of authentication (`acr`) of which it must be one; any by default.
    pub acr_values: &'a [&'a str],
    /// For a refreshed ID token: the one it takes the place of.
    pub refreshes: Option<Original<'a>>,
    /// The algorithms it may be signed with.
    pub algorithms: AllowedAlgorithms,
    /// How far the clocks may be apart; 60 seconds by default.
    pub leeway: Duration,
}

impl<'a> Expected<'a> {
    /// Expects a token of this issuer for this client, and everything else by default.
    pub fn new(issuer: &'a str, client_id: &'a str) -> Self {
        Self {
            issuer,
            client_id,
            trusted_audiences: &[],
            nonce: None,
            access_token: None,
            authenticated_since: None,
            acr_values: &[],
            refreshes: None,
            algorithms: AllowedAlgorithms::default(),
            leeway: DEFAULT_LEEWAY,
        }
    }
}

/// Without the nonce and the access token, which are secrets, and the claims of the login.
impl std::fmt::Debug for Expected<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Expected")
            .field("issuer", &self.issuer)
            .field("client_id", &self.client_id)
            .field("trusted_audiences", &self.trusted_audiences)
            .field("has_nonce", &self.nonce.is_some())
            .field("has_access_token", &self.access_token.is_some())
            .field("authenticated_since", &self.authenticated_since)
            .field("acr_values", &self.acr_values)
            .field("is_refreshed", &self.refreshes.is_some())
            .field("algorithms", &self.algorithms)
            .field("leeway", &self.leeway)
            .finish()
    }
}

/// Verifies an ID token by [OIDC Core §3.1.3.7]: first the signature, then every claim that says
/// for whom, from whom and when.
///
/// Claims about the user are not looked at: whatever their types are, they do not refuse a login.
///
/// # Errors
///
/// [`IdTokenError`] names the first check that failed.
///
/// [OIDC Core §3.1.3.7]: https://openid.net/specs/openid-connect-core-1_0.html#IDTokenValidation
pub fn verify(
    raw: &str,
    keys: &KeySet,
    expected: &Expected<'_>,
    now: OffsetDateTime,
) -> Result<VerifiedIdToken, IdTokenError> {
    let jws = Jws::parse(raw).map_err(TokenError::from)?;
    let claims = TokenClaims::verify(jws, keys, expected.algorithms)?;
    claims.refuse_types(&["logout+jwt", "at+jwt"])?;
    claims.check_issuer(expected.issuer)?;
    let audience = audience::check(&claims, expected)?;
    audience::check_authorized_party(&claims, expected, &audience)?;
    let (expires_at, issued_at) = claims.check_times(now, expected.leeway)?;
    check_nonce(&claims, expected)?;
    check_access_token_hash(&claims, expected)?;
    authentication::check_time(&claims, expected, now)?;
    authentication::check_class(&claims, expected)?;
    let subject = check_subject(&claims)?.into();
    if let Some(original) = expected.refreshes {
        original.check(&claims, &audience)?;
    }
    Ok(VerifiedIdToken {
        issuer: expected.issuer.into(),
        subject,
        audience,
        issued_at,
        expires_at,
        claims,
    })
}

fn check_nonce(claims: &TokenClaims, expected: &Expected<'_>) -> Result<(), IdTokenError> {
    let Some(nonce) = expected.nonce else {
        return Ok(());
    };
    let found = claims.text("nonce")?.ok_or(IdTokenError::NonceMissing)?;
    if found.as_bytes().ct_eq(nonce.as_bytes()).into() {
        Ok(())
    } else {
        Err(IdTokenError::Nonce)
    }
}

fn check_access_token_hash(
    claims: &TokenClaims,
    expected: &Expected<'_>,
) -> Result<(), IdTokenError> {
    let (Some(hash), Some(access_token)) = (claims.text("at_hash")?, expected.access_token) else {
        return Ok(());
    };
    let matches = token_hash::matches(hash, access_token, claims.algorithm);
    if matches {
        Ok(())
    } else {
        Err(IdTokenError::AccessTokenHash)
    }
}

fn check_subject(claims: &TokenClaims) -> Result<&str, IdTokenError> {
    let subject = claims.required_text("sub")?;
    let length = subject.chars().count();
    if (1..=255).contains(&length) {
        Ok(subject)
    } else {
        Err(IdTokenError::SubjectLength { length })
    }
}

#[cfg(test)]
mod tests;
