//! Where sessions are kept.

use std::time::Duration;

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

/// `OIDC_LOGIN_CACHE_SECONDS`.
pub(super) fn login_cache_time(variables: &Variables) -> Result<Duration, SettingsError> {
    let allowed = "whole seconds; 0, the default, asks the store with every request";
    let seconds = variables.parsed("OIDC_LOGIN_CACHE_SECONDS", allowed, |text| {
        text.parse::<u32>().ok()
    })?;
    Ok(Duration::from_secs(seconds.unwrap_or(0).into()))
}
