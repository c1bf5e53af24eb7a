//! When and how the user proved who they are: `auth_time` and `acr`.

use time::OffsetDateTime;

use super::{Expected, IdTokenError};
use crate::protocol::shown::Shown;
use crate::protocol::token_claims::{TokenClaims, later};

/// `auth_time`, where the request asked for it.
pub(super) fn check_time(
    claims: &TokenClaims,
    expected: &Expected<'_>,
    now: OffsetDateTime,
) -> Result<(), IdTokenError> {
    let Some(since) = expected.authenticated_since else {
        return Ok(());
    };
    let auth_time = claims.date("auth_time")?;
    let auth_time = auth_time.ok_or(IdTokenError::AuthTimeMissing)?;
    let leeway = expected.leeway;
    if later(auth_time, leeway) < since {
        return Err(IdTokenError::AuthTimeTooOld {
            auth_time,
            since,
            leeway,
        });
    }
    if auth_time > later(now, leeway) {
        return Err(IdTokenError::AuthTimeInFuture {
            auth_time,
            now,
            leeway,
        });
    }
    Ok(())
}

/// `acr`, where the request called some values essential.
pub(super) fn check_class(
    claims: &TokenClaims,
    expected: &Expected<'_>,
) -> Result<(), IdTokenError> {
    if expected.acr_values.is_empty() {
        return Ok(());
    }
    let asked = || Shown::list(expected.acr_values.iter().copied());
    match claims.text("acr")? {
        Some(acr) if expected.acr_values.contains(&acr) => Ok(()),
        Some(acr) => Err(IdTokenError::Acr {
            found: Shown::new(acr),
            expected: asked(),
        }),
        None => Err(IdTokenError::AcrMissing { expected: asked() }),
    }
}
