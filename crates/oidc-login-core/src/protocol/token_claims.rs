//! From a signed token to its claims: the checks that do not depend on the kind of token.

use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;
use time::OffsetDateTime;

use crate::protocol::StandardClaims;
use crate::protocol::json_object;
use crate::protocol::jws::{Jws, text_of};
use crate::protocol::key_set::KeySet;
use crate::protocol::numeric_date;
use crate::protocol::shown::Shown;
use crate::protocol::signing_algorithm::{AllowedAlgorithms, SigningAlgorithm};
use crate::protocol::token_error::TokenError;

/// The leeway for clocks that are apart, unless set otherwise.
pub(crate) const DEFAULT_LEEWAY: Duration = Duration::from_secs(60);

/// Claims whose signature is good; who they are from and for is not checked yet.
#[derive(Clone)]
pub(crate) struct TokenClaims {
    pub(crate) algorithm: SigningAlgorithm,
    pub(crate) decoded: Arc<StandardClaims>,
    pub(crate) json: Box<str>,
    typ: Option<String>,
}

impl TokenClaims {
    /// Verifies the signature, then reads the claims.
    pub(crate) fn verify(
        jws: Jws<'_>,
        keys: &KeySet,
        allowed: AllowedAlgorithms,
    ) -> Result<Self, TokenError> {
        let algorithm = algorithm(&jws, allowed)?;
        let candidates = keys.find(jws.kid.as_deref(), algorithm)?;
        if !candidates.iter().any(|key| {
            key.verify(algorithm, jws.signing_input, &jws.signature)
                .is_ok()
        }) {
            let kid = Shown::new(jws.kid.as_deref().unwrap_or_default());
            return Err(TokenError::Signature { kid, algorithm });
        }
        let json = text_of(jws.payload).map_err(TokenError::Payload)?;
        let claims = json_object::parse(&json).map_err(TokenError::Payload)?;
        Ok(Self {
            algorithm,
            decoded: Arc::new(claims.into()),
            json: json.into(),
            typ: jws.typ,
        })
    }

    /// Refuses a token that is explicitly of another kind ([RFC 8725 §3.11]).
    ///
    /// Other types pass: providers write `JWT`, nothing, or names of their own.
    ///
    /// [RFC 8725 §3.11]: https://www.rfc-editor.org/rfc/rfc8725.html#section-3.11
    pub(crate) fn refuse_types(&self, others: &[&str]) -> Result<(), TokenError> {
        self.check_type(|name| !others.contains(&name))
    }

    /// Accepts a token without a type, or with one of these.
    pub(crate) fn require_types(&self, own: &[&str]) -> Result<(), TokenError> {
        self.check_type(|name| own.contains(&name))
    }

    fn check_type(&self, may_pass: impl FnOnce(&str) -> bool) -> Result<(), TokenError> {
        let Some(typ) = &self.typ else { return Ok(()) };
        let name = typ.to_ascii_lowercase();
        if may_pass(name.strip_prefix("application/").unwrap_or(&name)) {
            return Ok(());
        }
        Err(TokenError::Type {
            found: Shown::new(typ),
        })
    }

    /// A claim; `null` counts as not there.
    pub(crate) fn get(&self, claim: &str) -> Option<&Value> {
        self.decoded.get(claim).filter(|value| !value.is_null())
    }

    pub(crate) fn text(&self, claim: &'static str) -> Result<Option<&str>, TokenError> {
        match self.get(claim) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(_) => Err(TokenError::MalformedClaim { claim }),
        }
    }

    pub(crate) fn required_text(&self, claim: &'static str) -> Result<&str, TokenError> {
        self.text(claim)?.ok_or(TokenError::MissingClaim { claim })
    }

    pub(crate) fn date(&self, claim: &'static str) -> Result<Option<OffsetDateTime>, TokenError> {
        let read = |value| numeric_date::parse(value).ok_or(TokenError::MalformedClaim { claim });
        self.get(claim).map(read).transpose()
    }

    fn required_date(&self, claim: &'static str) -> Result<OffsetDateTime, TokenError> {
        self.date(claim)?.ok_or(TokenError::MissingClaim { claim })
    }

    /// Issuers are compared as they are written: a trailing slash makes another issuer.
    pub(crate) fn check_issuer(&self, expected: &str) -> Result<(), TokenError> {
        let found = self.required_text("iss")?;
        if found == expected {
            return Ok(());
        }
        Err(TokenError::Issuer {
            found: Shown::new(found),
            expected: Shown::new(expected),
        })
    }

    /// `exp` and `iat`, which must be there, and `nbf`, which may be: the token counts now.
    pub(crate) fn check_times(
        &self,
        now: OffsetDateTime,
        leeway: Duration,
    ) -> Result<(OffsetDateTime, OffsetDateTime), TokenError> {
        let expires_at = self.check_expiry(now, leeway)?;
        let issued_at = self.check_issued_at(now, leeway)?;
        self.check_not_before(now, leeway)?;
        Ok((expires_at, issued_at))
    }

    /// `exp`, which must lie after `now`, give or take the leeway.
    pub(crate) fn check_expiry(
        &self,
        now: OffsetDateTime,
        leeway: Duration,
    ) -> Result<OffsetDateTime, TokenError> {
        let expires_at = self.required_date("exp")?;
        if now >= later(expires_at, leeway) {
            return Err(TokenError::Expired {
                expires_at,
                now,
                leeway,
            });
        }
        Ok(expires_at)
    }

    /// `iat`, which must not lie after `now`, give or take the leeway.
    fn check_issued_at(
        &self,
        now: OffsetDateTime,
        leeway: Duration,
    ) -> Result<OffsetDateTime, TokenError> {
        let issued_at = self.required_date("iat")?;
        if issued_at > later(now, leeway) {
            return Err(TokenError::IssuedInFuture {
                issued_at,
                now,
                leeway,
            });
        }
        Ok(issued_at)
    }

    /// `nbf`, which must not lie after `now`, give or take the leeway; it may be absent.
    pub(crate) fn check_not_before(
        &self,
        now: OffsetDateTime,
        leeway: Duration,
    ) -> Result<(), TokenError> {
        match self.date("nbf")? {
            Some(not_before) if not_before > later(now, leeway) => Err(TokenError::NotYetValid {
                not_before,
                now,
                leeway,
            }),
            _ => Ok(()),
        }
    }
}

/// Saturates: neither a strange clock nor a strange setting may panic.
pub(crate) fn later(time: OffsetDateTime, leeway: Duration) -> OffsetDateTime {
    time.saturating_add(leeway.try_into().unwrap_or(time::Duration::MAX))
}

fn algorithm(jws: &Jws<'_>, allowed: AllowedAlgorithms) -> Result<SigningAlgorithm, TokenError> {
    let name = &jws.algorithm;
    match name.parse() {
        Ok(algorithm) if allowed.contains(algorithm) => Ok(algorithm),
        _ if name.eq_ignore_ascii_case("none") => Err(TokenError::AlgorithmNone),
        _ if name.starts_with("HS") => Err(TokenError::AlgorithmSymmetric {
            found: Shown::new(name),
            allowed,
        }),
        _ => Err(TokenError::AlgorithmNotAllowed {
            found: Shown::new(name),
            allowed,
        }),
    }
}
