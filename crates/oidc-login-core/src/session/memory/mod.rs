//! Logins and the app's values in the memory of this process.

mod index;
mod logins;
mod values;

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use time::OffsetDateTime;
use tower_sessions_core::session::Record;

use self::{index::IndexEntry, logins::Slot};
use super::{expiring_map::ExpiringMap, id::SessionKey};
use crate::{
    protocol::StateHash,
    seams::{Clock, SystemClock},
};

const SESSIONS: usize = 1_000_000;
const CLAIMS: usize = 1_000_000;
/// A login has two for each session secret.
const INDEX_KEYS: usize = 4_000_000;

/// Keeps logins and the app's values in this process; everybody signs in again after a restart.
///
/// Bounded: at most one million of each, then what would end soonest goes.
#[derive(Clone)]
pub struct MemoryStore(Arc<Inner>);

struct Inner {
    clock: Arc<dyn Clock>,
    logins: ExpiringMap<SessionKey, Slot>,
    index: ExpiringMap<[u8; 32], IndexEntry>,
    claims: ExpiringMap<StateHash, ()>,
    values: ExpiringMap<i128, Record>,
    last_number: AtomicU64,
}

impl MemoryStore {
    /// An empty store.
    pub fn new() -> Self {
        Self::with_clock(Arc::new(SystemClock))
    }

    /// An empty store with a clock of its own.
    pub fn with_clock(clock: Arc<dyn Clock>) -> Self {
        Self::with_capacity(clock, SESSIONS, INDEX_KEYS)
    }

    fn with_capacity(clock: Arc<dyn Clock>, sessions: usize, index_keys: usize) -> Self {
        Self(Arc::new(Inner {
            clock,
            logins: ExpiringMap::new(sessions),
            index: ExpiringMap::new(index_keys),
            claims: ExpiringMap::new(CLAIMS),
            values: ExpiringMap::new(sessions),
            last_number: AtomicU64::new(0),
        }))
    }

    /// How many logins it holds; ended and expired ones that were not swept yet are counted too.
    pub fn logins(&self) -> usize {
        self.0.logins.len()
    }

    fn now(&self) -> i64 {
        self.0.clock.now().unix_timestamp()
    }

    /// For versions and leases.
    fn next_number(&self) -> u64 {
        self.0.last_number.fetch_add(1, Ordering::Relaxed) + 1
    }
}

impl Default for MemoryStore {
    fn default() -> Self {
        Self::new()
    }
}

impl std::fmt::Debug for MemoryStore {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("MemoryStore").finish_non_exhaustive()
    }
}

fn at(seconds: i64) -> OffsetDateTime {
    OffsetDateTime::from_unix_timestamp(seconds).unwrap_or(OffsetDateTime::UNIX_EPOCH)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[cfg(feature = "test")]
    #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
    async fn logins_keep_the_contract() {
        super::super::contract::check_login_store(async |clock| MemoryStore::with_clock(clock))
            .await;
    }

    #[cfg(feature = "test")]
    #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
    async fn values_keep_the_contract() {
        super::super::contract::check_session_store(async |clock| MemoryStore::with_clock(clock))
            .await;
    }

    #[tokio::test]
    async fn a_login_that_a_logout_could_no_longer_find_is_ended() {
        use super::super::{
            SessionSecrets,
            index::LoginIndex,
            login_store::{Expected, Loaded, LoginStore},
            seal::Keys,
        };
        let store = MemoryStore::with_capacity(Arc::new(SystemClock), 10, 1);
        let keys = Keys::new(&SessionSecrets::random());
        let ends_at = OffsetDateTime::now_utc() + time::Duration::HOUR;
        let (first, second) = (
            SessionKey::from_bytes([1; 32]),
            SessionKey::from_bytes([2; 32]),
        );
        for (key, sub) in [(first, "alice"), (second, "bob")] {
            let index = LoginIndex {
                sid: vec![],
                subject: keys.subject_keys("issuer", "client", sub),
                logged_in_at: OffsetDateTime::now_utc(),
                ends_at,
                about: bytes::Bytes::new(),
            };
            let expected = Expected::New(&index);
            store
                .put_if(&key, bytes::Bytes::new(), ends_at, expected)
                .await
                .unwrap();
        }
        assert_eq!(
            LoginStore::load(&store, &first, None).await.unwrap(),
            Loaded::Gone
        );
        assert_ne!(
            LoginStore::load(&store, &second, None).await.unwrap(),
            Loaded::Gone
        );
    }
}
