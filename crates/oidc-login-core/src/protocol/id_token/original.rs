//! What a refreshed ID token must have kept.

use serde_json::{Map, Value};
use subtle::ConstantTimeEq as _;

use super::{IdTokenError, audience};
use crate::protocol::{numeric_date, token_claims::TokenClaims};

/// The claims of the login's ID token, which a refreshed one is held to ([OIDC Core §12.2]): the
/// same `iss`, `sub`, `aud` and `azp`; `nonce` may be left out, but does not change.
///
/// `auth_time` may be left out too, or be later, which the specification does not have. Providers that
/// keep it with their own session, like Keycloak, tell every app the time at which any one made
/// the user sign in again. Nothing is read from it, so a later one is no harm; an earlier one is
/// another login's.
///
/// [OIDC Core §12.2]: https://openid.net/specs/openid-connect-core-1_0.html#RefreshTokenResponse
#[derive(Clone, Copy)]
pub struct Original<'a> {
    claims: &'a Map<String, Value>,
}

/// Without the claims, which are personal.
impl std::fmt::Debug for Original<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Original").finish_non_exhaustive()
    }
}

impl<'a> Original<'a> {
    /// The claims of a login.
    pub fn new(claims: &'a Map<String, Value>) -> Self {
        Self { claims }
    }

    /// Checks everything but the issuer, which is the one that was expected anyway.
    pub(super) fn check(
        self,
        claims: &TokenClaims,
        audience: &[String],
    ) -> Result<(), IdTokenError> {
        if self.get("sub") != claims.get("sub") {
            return Err(IdTokenError::SubjectChanged);
        }
        audience::check_unchanged(audience, self.get("aud").unwrap_or(&Value::Null))?;
        if self.get("azp") != claims.get("azp") {
            return Err(IdTokenError::AuthorizedPartyChanged);
        }
        self.check_auth_time(claims)?;
        self.check_nonce(claims)
    }

    fn check_auth_time(self, claims: &TokenClaims) -> Result<(), IdTokenError> {
        let Some(original) = self.get("auth_time").and_then(numeric_date::parse) else {
            return Ok(());
        };
        match claims.date("auth_time")? {
            Some(found) if found.unix_timestamp() < original.unix_timestamp() => {
                Err(IdTokenError::AuthTimeEarlier { found, original })
            }
            _ => Ok(()),
        }
    }

    /// A nonce that the login did not have is another login's.
    fn check_nonce(self, claims: &TokenClaims) -> Result<(), IdTokenError> {
        let Some(found) = claims.text("nonce")? else {
            return Ok(());
        };
        let original = self.get("nonce").and_then(Value::as_str);
        let original = original.unwrap_or_default();
        if found.as_bytes().ct_eq(original.as_bytes()).into() {
            Ok(())
        } else {
            Err(IdTokenError::Nonce)
        }
    }

    /// A claim; `null` counts as not there.
    fn get(self, claim: &str) -> Option<&'a Value> {
        self.claims.get(claim).filter(|value| !value.is_null())
    }
}
