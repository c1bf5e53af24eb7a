//! Logins and the app's values in the memory of this process.

mod builder;
mod evictions;
mod index;
mod live;
mod logins;
mod new_login;
mod removal;
#[cfg(test)]
mod tests;
mod values;

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

pub use self::builder::MemoryStoreBuilder;
use self::{evictions::Evictions, index::Members, live::Live, values::Kept};
use super::{
    at,
    expiring_map::{Bounds, ExpiringMap},
    id::SessionKey,
};
use crate::{protocol::StateHash, seams::Clock};

/// What an allocator needs for one block beside its bytes, about.
const BLOCK: usize = 16;

/// Keeps logins and the app's values in this process; everybody signs in again after a restart.
///
/// Bounded in number and bytes, see [`builder`](Self::builder): one more, and what has expired goes
/// first, then what would end soonest. A login that goes is ended: its user signs in again.
///
/// Evictions are said in the log, at most once a minute for each kind, and counted with the feature
/// `metrics`: `oidc_login_sessions_evicted_total`, by the label `kind` that is `login`, `values` (of
/// the app), `mark` (of what has ended) or `claim` (of an answer of the provider that was used).
///
/// # Security
/// Each kind has room of its own, so none can push out another. Logins, and the marks that keep an
/// ended one from being saved, come only of users whom the provider let in; a mark goes after as
/// many newer ones as there may be sessions. With
/// [front-channel logout](crate::config::FrontchannelLogout) marks come of anybody as well, at most
/// 600 a minute. Claims come of anybody who sends answers to logins
/// that were begun; where they go too early, the provider's own single use of a code is left.
/// Values come of anybody if the app keeps any for visitors; then a flood of visitors pushes out the
/// values, never the logins, of those who are signed in.
#[derive(Clone)]
pub struct MemoryStore(Arc<Inner>);

struct Inner {
    clock: Arc<dyn Clock>,
    logins: ExpiringMap<SessionKey, Live>,
    ended: ExpiringMap<SessionKey, ()>,
    index: ExpiringMap<[u8; 32], Members>,
    /// Until when logins have ended, in seconds since 1970.
    marks: ExpiringMap<[u8; 32], i64>,
    claims: ExpiringMap<StateHash, ()>,
    /// What followed a session's key.
    followers: ExpiringMap<SessionKey, Vec<SessionKey>>,
    values: ExpiringMap<i128, Kept>,
    evicted_logins: Evictions,
    evicted_marks: Evictions,
    evicted_claims: Evictions,
    evicted_values: Evictions,
    last_number: AtomicU64,
}

impl MemoryStore {
    /// An empty store.
    pub fn new() -> Self {
        Self::builder().build()
    }

    /// An empty store with a clock of its own.
    pub fn with_clock(clock: impl Clock) -> Self {
        Self::by(Arc::new(clock))
    }

    /// An empty store by a clock that others share.
    pub(crate) fn by(clock: Arc<dyn Clock>) -> Self {
        Self::with(MemoryStoreBuilder {
            clock,
            ..MemoryStoreBuilder::default()
        })
    }

    /// Settings to fill in; every one has a default.
    pub fn builder() -> MemoryStoreBuilder {
        MemoryStoreBuilder::default()
    }

    fn with(settings: MemoryStoreBuilder) -> Self {
        let entries = settings.max_sessions;
        let half = Bounds {
            entries,
            bytes: settings.max_bytes / 2,
        };
        Self(Arc::new(Inner {
            clock: settings.clock,
            logins: ExpiringMap::bounded(half, Live::heap_bytes),
            ended: ExpiringMap::new(entries),
            index: ExpiringMap::bounded(Bounds::NONE, |_| 0),
            marks: ExpiringMap::new(entries),
            claims: ExpiringMap::new(entries),
            followers: ExpiringMap::new(entries),
            values: ExpiringMap::bounded(half, Kept::heap_bytes),
            evicted_logins: Evictions::of("login"),
            evicted_marks: Evictions::of("mark"),
            evicted_claims: Evictions::of("claim"),
            evicted_values: Evictions::of("values"),
            last_number: AtomicU64::new(0),
        }))
    }

    /// How many logins it holds; expired ones that were not swept yet are counted too.
    pub fn logins(&self) -> usize {
        self.0.logins.len()
    }

    /// How many bytes logins and the app's values take, about.
    pub fn bytes(&self) -> usize {
        self.0.logins.bytes() + self.0.values.bytes()
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
