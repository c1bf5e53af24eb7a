//! Lies at a refresh.

use std::sync::Arc;

use super::Bend;
use crate::{User, grants::Grant, oauth_error::OAuthError};

pub(crate) fn bend(bend: Option<Bend>, grant: &mut Grant) -> Result<(), OAuthError> {
    match bend {
        Some(Bend::RefreshInvalidGrant) => {
            let text = "the refresh token is unknown or has expired";
            return Err(OAuthError::invalid_grant(text));
        }
        Some(Bend::RefreshSubject) => {
            grant.user = Arc::new(User::clone(&grant.user).subject("somebody-else"));
        }
        _ => {}
    }
    Ok(())
}
