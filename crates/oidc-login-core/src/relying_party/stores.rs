//! Settings of how the stores are asked, and what happens when they do not answer.

use std::{sync::Arc, time::Duration};

use tower_sessions_core::SessionStore;

use super::RelyingPartyBuilder;
use crate::{
    config::{StoreEntries, StoreFailure},
    error::ConfigError,
    seams::Timer,
    session::{BoundedLogins, BoundedValues, DecodedLogins, LoginStore, MemoryStore, Patience},
};

/// How the stores are asked.
#[derive(Clone, Copy)]
pub(super) struct StoreSettings {
    timeout: Duration,
    pub(super) failure: StoreFailure,
    cache_time: Duration,
    cache_bytes: usize,
}

/// Where logins and the app's values are, with a bound on every call.
pub(super) struct Stores {
    pub(super) logins: Arc<dyn LoginStore>,
    pub(super) values: Arc<dyn SessionStore>,
    pub(super) decoded: Arc<DecodedLogins>,
    pub(super) patience: Patience,
}

impl Default for StoreSettings {
    fn default() -> Self {
        Self {
            timeout: Duration::from_secs(5),
            failure: StoreFailure::default(),
            cache_time: Duration::ZERO,
            cache_bytes: 256 << 20,
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
    /// With [`app_sessions`](Self::app_sessions) it holds for what we ask of the app's own session as well.
    ///
    /// This is for stores that hang: set it longer than the store's own timeout, which also keeps
    /// waiting calls from piling up.
    pub fn store_timeout(mut self, timeout: Duration) -> Self {
        self.stores.timeout = timeout;
        self
    }

    /// How long a login may be served without asking the store whether it still lives. Default: not
    /// at all, every request of a signed-in user asks, which is one round trip.
    ///
    /// # Security
    /// What it costs: a sign-out on another node, by the user, an administrator or the provider,
    /// counts here only after that time, and so do roles and tokens that another node renewed. A
    /// few seconds save most of the round trips. What happens in this process counts at once; no
    /// login is served beyond its own end; and a clock that is set back makes the time no longer.
    pub fn login_cache_time(mut self, time: Duration) -> Self {
        self.stores.cache_time = time;
        self
    }

    /// How many bytes of decoded logins this process may hold, about. Default: 256 MiB, and never
    /// more than 50,000 logins. Others are decoded anew for each request.
    ///
    /// A login counts as its claims, its tokens, and four times its claims again for what they are
    /// decoded to: the standard claims, and a type of the app's.
    pub fn login_cache_bytes(mut self, bytes: usize) -> Self {
        self.stores.cache_bytes = bytes;
        self
    }

    pub(super) fn check_stores(&self) -> Result<(), ConfigError> {
        if self.stores.timeout.is_zero() {
            return Err(ConfigError::new("store timeout", "0 s", "more than 0 s"));
        }
        Ok(())
    }

    /// How entries are kept in a store; `is_own` says that the app brings it.
    pub(super) fn entries_of(&self, is_own: bool) -> StoreEntries {
        let by_default = if is_own && self.secrets.is_some() {
            StoreEntries::Encrypted
        } else {
            StoreEntries::Plain
        };
        self.store_entries.unwrap_or(by_default)
    }

    /// Our own store answers at once, so only those of the app's need a bound; and one that is asked
    /// every time needs nobody to tell the cache of changes.
    pub(super) fn stores(&self, timer: Arc<dyn Timer>) -> Stores {
        let memory = MemoryStore::by(self.clock.clone());
        let patience = Patience::new(self.stores.timeout, timer);
        let StoreSettings {
            cache_time,
            cache_bytes,
            ..
        } = self.stores;
        let decoded = Arc::new(DecodedLogins::new(cache_time, cache_bytes));
        let logins: Arc<dyn LoginStore> = match self.logins.clone() {
            None if cache_time.is_zero() => Arc::new(memory.clone()),
            store => Arc::new(BoundedLogins::new(
                store.unwrap_or_else(|| Arc::new(memory.clone())),
                patience.clone(),
                decoded.clone(),
            )),
        };
        let values: Arc<dyn SessionStore> = match self.values.clone() {
            Some(store) => Arc::new(BoundedValues::new(store, patience.clone())),
            None => Arc::new(memory),
        };
        Stores {
            logins,
            values,
            decoded,
            patience,
        }
    }
}
