//! Where sessions are kept.

use super::{error::SettingsError, secret::Secret, variables::Variables};

/// `OIDC_SESSION_STORE`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum SessionStore {
    Memory,
    /// An address, maybe with a password in it.
    Redis(Secret),
}

impl SessionStore {
    pub(super) fn new(variables: &Variables) -> Result<Self, SettingsError> {
        let allowed = "memory, redis://… or rediss://… (other stores are not supported yet)";
        let store = variables.parsed("OIDC_SESSION_STORE", allowed, |text| {
            let is_redis = text.starts_with("redis://") || text.starts_with("rediss://");
            match text {
                "memory" => Some(Self::Memory),
                address if is_redis => Some(Self::Redis(Secret::new(address))),
                _ => None,
            }
        })?;
        Ok(store.unwrap_or(Self::Memory))
    }
}
