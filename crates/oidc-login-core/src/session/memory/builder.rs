//! The settings of the store.

use std::sync::Arc;

use super::MemoryStore;
use crate::seams::{Clock, SystemClock};

/// Settings of a [`MemoryStore`].
#[must_use]
pub struct MemoryStoreBuilder {
    pub(super) clock: Arc<dyn Clock>,
    pub(super) max_sessions: usize,
    pub(super) max_bytes: usize,
}

impl Default for MemoryStoreBuilder {
    fn default() -> Self {
        Self {
            clock: Arc::new(SystemClock),
            max_sessions: 1_000_000,
            max_bytes: 1 << 30,
        }
    }
}

impl MemoryStoreBuilder {
    /// How many logins there may be, and how many sessions with values of the app. Default: one
    /// million.
    ///
    /// As many marks of what has ended, and of answers that were used, are kept beside them, each
    /// for at most an hour and in less than 100 bytes.
    pub fn max_sessions(mut self, sessions: usize) -> Self {
        self.max_sessions = sessions;
        self
    }

    /// How many bytes sessions may take, about: half of them logins, half of them the app's values.
    /// Default: 1 GiB. A login takes its claims and tokens and less than 1 KB.
    ///
    /// A session that alone takes more than its share, at least a 64th part of that half, is
    /// refused: it would push out all others.
    pub fn max_bytes(mut self, bytes: usize) -> Self {
        self.max_bytes = bytes;
        self
    }

    /// Another clock, for tests. Default: the machine's.
    pub fn clock(mut self, clock: impl Clock) -> Self {
        self.clock = Arc::new(clock);
        self
    }

    /// An empty store.
    pub fn build(self) -> MemoryStore {
        MemoryStore::with(self)
    }
}

impl std::fmt::Debug for MemoryStoreBuilder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("MemoryStoreBuilder")
            .field("max_sessions", &self.max_sessions)
            .field("max_bytes", &self.max_bytes)
            .finish_non_exhaustive()
    }
}
