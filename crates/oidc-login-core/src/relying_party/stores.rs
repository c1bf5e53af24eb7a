//! Settings of how the stores are asked, and what happens when they do not answer.

use std::{sync::Arc, time::Duration};

use tower_sessions_core::SessionStore;

use super::RelyingPartyBuilder;
use crate::{
    config::StoreFailure,
    error::ConfigError,
    seams::Timer,
    session::{BoundedLogins, BoundedValues, LoginStore, MemoryStore, Patience},
};

/// How the stores are asked.
#[derive(Clone, Copy)]
pub(super) struct StoreSettings {
    timeout: Duration,
    pub(super) failure: StoreFailure,
}

/// Where logins and the app's values are, with a bound on every call.
pub(super) struct Stores {
    pub(super) logins: Arc<dyn LoginStore>,
    pub(super) values: Arc<dyn SessionStore>,
    pub(super) patience: Patience,
}

impl Default for StoreSettings {
    fn default() -> Self {
        Self {
            timeout: Duration::from_secs(5),
            failure: StoreFailure::default(),
        }
    }
}

impl RelyingPartyBuilder {
    /// What requests get while the session store fails. Default: 503,
    /// [`StoreFailure::Unavailable`].
    pub fn when_store_fails(mut self, failure: StoreFailure) -> Self {
        self.stores.failure = failure;
        self
    }

    /// How long one call to a store may take. Default: 5 seconds. One that takes longer failed, as
    /// [`when_store_fails`](Self::when_store_fails) says; it may take effect all the same.
    ///
    /// This is for stores that hang: set it longer than the store's own timeout, which also keeps
    /// waiting calls from piling up.
    pub fn store_timeout(mut self, timeout: Duration) -> Self {
        self.stores.timeout = timeout;
        self
    }

    /// Another timer than tokio's.
    pub fn timer(mut self, timer: impl Timer) -> Self {
        self.timer = Some(Arc::new(timer));
        self
    }

    pub(super) fn check_stores(&self) -> Result<(), ConfigError> {
        if self.stores.timeout.is_zero() {
            return Err(ConfigError::new("store timeout", "0 s", "more than 0 s"));
        }
        Ok(())
    }

    /// Our own store answers at once, so only those of the app's need a bound.
    pub(super) fn stores(&self, timer: Arc<dyn Timer>) -> Stores {
        let memory = MemoryStore::with_clock(self.clock.clone());
        let patience = Patience::new(self.stores.timeout, timer);
        let logins: Arc<dyn LoginStore> = match self.logins.clone() {
            Some(store) => Arc::new(BoundedLogins::new(store, patience.clone())),
            None => Arc::new(memory.clone()),
        };
        let values: Arc<dyn SessionStore> = match self.values.clone() {
            Some(store) => Arc::new(BoundedValues::new(store, patience.clone())),
            None => Arc::new(memory),
        };
        Stores {
            logins,
            values,
            patience,
        }
    }
}

#[cfg(feature = "tokio")]
#[allow(clippy::unnecessary_wraps)] // there is none without the feature
pub(super) fn default_timer() -> Option<Arc<dyn Timer>> {
    Some(Arc::new(crate::seams::TokioTimer))
}

#[cfg(not(feature = "tokio"))]
pub(super) fn default_timer() -> Option<Arc<dyn Timer>> {
    None
}
