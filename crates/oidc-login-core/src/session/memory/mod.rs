//! Logins and the app's values in the memory of this process.

mod index;
mod logins;
mod values;

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use tower_sessions_core::session::Record;

use self::{index::IndexEntry, logins::Slot};
use super::{at, expiring_map::ExpiringMap, id::SessionKey};
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
        self.0.clock.unix_timestamp()
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

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use bytes::Bytes;
    use time::OffsetDateTime;

    use super::{
        super::{EndBy, Expected, Loaded, LoginIndex, LoginStore, Put, SessionSecrets, seal::Keys},
        *,
    };

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

    fn index(sub: &str) -> LoginIndex {
        let secrets = SessionSecrets::from_bytes([[1; 32]]).unwrap();
        let logged_in_at = OffsetDateTime::now_utc();
        LoginIndex {
            sid: vec![],
            subject: Keys::new(&secrets).subject_keys("issuer", "client", sub),
            logged_in_at,
            ends_at: logged_in_at + time::Duration::HOUR,
            about: Bytes::new(),
        }
    }

    async fn put(store: &MemoryStore, key: &SessionKey, index: &LoginIndex) -> Put {
        let expected = Expected::New(index);
        let put = store.put_if(key, Bytes::new(), index.ends_at, expected);
        put.await.unwrap()
    }

    #[tokio::test]
    async fn a_login_that_a_logout_could_no_longer_find_is_ended() {
        let store = MemoryStore::with_capacity(Arc::new(SystemClock), 1_000_000, 1);
        let [first, second] = [1, 2].map(|byte| SessionKey::from_bytes([byte; 32]));
        put(&store, &first, &index("alice")).await;
        put(&store, &second, &index("bob")).await;
        let load = async |key| LoginStore::load(&store, key, None).await.unwrap();
        assert_eq!(load(&first).await, Loaded::Gone);
        assert_ne!(load(&second).await, Loaded::Gone);
    }

    /// The two steps of a save, with its logout in between.
    #[tokio::test]
    async fn a_logout_between_index_and_record_wins() {
        let (store, alice) = (MemoryStore::new(), index("alice"));
        let (key, now) = (SessionKey::from_bytes([1; 32]), store.now());
        let [index_key] = alice.keys().collect::<Vec<_>>()[..] else {
            panic!("one secret, no sid");
        };
        store.add_to_index(index_key, key, &alice, now);
        let (keys, logged_in_until) = (&alice.subject[..], alice.logged_in_at);
        let logout = EndBy::Subject {
            keys,
            logged_in_until,
        };
        assert_eq!(store.end_by(logout).await.unwrap(), [key]);
        let mut second_step = alice;
        second_step.subject.clear();
        assert_eq!(put(&store, &key, &second_step).await, Put::Gone);
    }
}
