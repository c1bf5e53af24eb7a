//! Access tokens of our own that happen to be signed tokens.

use std::fmt;
use std::time::Duration;

use serde_json::{Map, Value};
use time::OffsetDateTime;

use crate::protocol::jws::{Jws, JwsError};
use crate::protocol::key_set::KeySet;
use crate::protocol::shown::Shown;
use crate::protocol::signing_algorithm::AllowedAlgorithms;
use crate::protocol::token_claims::{DEFAULT_LEEWAY, TokenClaims};
use crate::protocol::token_error::{TokenError, TokenKind};

/// What an access token must say to be one that was issued to us.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Expected<'a> {
    /// The provider's issuer, compared exactly.
    pub issuer: &'a str,
    /// Our client id: the token must have been issued to it (`azp` or `client_id`).
    pub client_id: &'a str,
    /// The algorithms it may be signed with.
    pub algorithms: AllowedAlgorithms,
    /// How far the clocks may be apart; 60 seconds by default.
    pub leeway: Duration,
}

impl<'a> Expected<'a> {
    /// Expects a token of this issuer, issued to this client, and everything else by default.
    pub fn new(issuer: &'a str, client_id: &'a str) -> Self {
        Self {
            issuer,
            client_id,
            algorithms: AllowedAlgorithms::default(),
            leeway: DEFAULT_LEEWAY,
        }
    }
}

/// Why the claims of an access token are not used.
///
/// # Security
///
/// Never holds the token.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AccessTokenError {
    /// The token is not meant to be read by us, as OAuth has it. Nothing is wrong.
    #[error("access token is opaque")]
    Opaque,
    /// A check failed that every signed token has to pass.
    #[error(transparent)]
    Token(#[from] TokenError),
    /// The token was issued to another client.
    #[error("access token was issued to `{found}` ({claim}), expected our client id `{client_id}`")]
    Client {
        /// The claim that says so: `azp` or `client_id`.
        claim: &'static str,
        /// The client it names.
        found: Shown,
        /// Our client id.
        client_id: Shown,
    },
    /// The token does not say to whom it was issued.
    #[error("access token has neither azp nor client_id")]
    ClientMissing,
}

impl AccessTokenError {
    /// A stable name for logs and pages, such as `access_token_issuer`.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Opaque => "access_token_opaque",
            Self::Token(error) => error.code(TokenKind::Access),
            Self::Client { .. } => "access_token_client",
            Self::ClientMissing => "access_token_client_missing",
        }
    }

    /// Whether fetching the provider's keys again and trying once more makes sense.
    pub fn fresh_keys_may_help(&self) -> bool {
        matches!(self, Self::Token(error) if error.fresh_keys_may_help())
    }
}

/// A JWT access token that the provider issued to us; only [`verify`] makes one.
///
/// `Debug` shows nothing about the user.
#[derive(Clone)]
pub struct VerifiedAccessToken {
    claims: TokenClaims,
    expires_at: OffsetDateTime,
}

/// Verifies an access token that came from our own token request, to read roles from it.
///
/// # Errors
///
/// [`AccessTokenError::Opaque`] for a token that is not a JWT; otherwise the first check that
/// failed.
///
/// # Security
///
/// The audience is not checked: the token is for other services, and it is read here only because
/// it was handed to us. A token that arrives in somebody's request is another matter and must not
/// be judged by this function.
pub fn verify(
    raw: &str,
    keys: &KeySet,
    expected: &Expected<'_>,
    now: OffsetDateTime,
) -> Result<VerifiedAccessToken, AccessTokenError> {
    let jws = Jws::parse(raw).map_err(opaque_or_malformed)?;
    let claims = TokenClaims::verify(jws, keys, expected.algorithms)?;
    claims.refuse_types(&["logout+jwt"])?;
    claims.check_issuer(expected.issuer)?;
    check_client(&claims, expected.client_id)?;
    let expires_at = claims.check_expiry(now, expected.leeway)?;
    claims.check_not_before(now, expected.leeway)?;
    Ok(VerifiedAccessToken { claims, expires_at })
}

/// Three parts alone make no JWT (PASETO has them too): the header has to be JSON.
fn opaque_or_malformed(error: JwsError) -> AccessTokenError {
    match error {
        JwsError::Parts | JwsError::Encoding { part: "header" } | JwsError::Header(_) => {
            AccessTokenError::Opaque
        }
        other => TokenError::from(other).into(),
    }
}

fn check_client(claims: &TokenClaims, client_id: &str) -> Result<(), AccessTokenError> {
    let mut named = false;
    for claim in ["azp", "client_id"] {
        let Some(found) = claims.text(claim)? else {
            continue;
        };
        if found != client_id {
            let (found, client_id) = (Shown::new(found), Shown::new(client_id));
            return Err(AccessTokenError::Client {
                claim,
                found,
                client_id,
            });
        }
        named = true;
    }
    if named {
        Ok(())
    } else {
        Err(AccessTokenError::ClientMissing)
    }
}

impl VerifiedAccessToken {
    /// When the token ends (`exp`).
    pub fn expires_at(&self) -> OffsetDateTime {
        self.expires_at
    }

    /// The claims exactly as the provider signed them.
    pub fn claims_json(&self) -> &str {
        &self.claims.json
    }

    /// The claims, decoded.
    pub fn claims(&self) -> &Map<String, Value> {
        self.claims.decoded.as_map()
    }
}

impl fmt::Debug for VerifiedAccessToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("VerifiedAccessToken")
            .field("expires_at", &self.expires_at)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
