//! What a store in this process says of a login without being asked.

use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

use time::OffsetDateTime;

use super::{at, login_store::Version};

/// What a store in this process says of one login without being asked: its present version, and when
/// it ends.
///
/// Every request of a signed-in user reads it, without a lock. The store writes it with whatever it
/// does to the login, by one writer at a time, before it answers; so nobody who was told of a change
/// or an end is served what was there before.
#[derive(Debug)]
pub struct LoginWatch {
    version: AtomicU64,
    /// In seconds since 1970.
    ends_at: AtomicI64,
}

impl LoginWatch {
    /// For a login that is alive.
    pub fn new(version: Version, deadline: OffsetDateTime) -> Self {
        Self {
            version: AtomicU64::new(version.0),
            ends_at: AtomicI64::new(deadline.unix_timestamp()),
        }
    }

    /// The login has this version now, and ends then.
    pub fn changed(&self, version: Version, deadline: OffsetDateTime) {
        self.set(version, deadline.unix_timestamp());
    }

    /// The login is over, for good: nothing is written after this.
    pub fn ended(&self) {
        self.ends_at.store(i64::MIN, Ordering::SeqCst);
    }

    /// When the login ends, in whole seconds, if this is its present version and it has not ended.
    /// Whether that time has come is for the reader's clock to say.
    pub fn deadline(&self, known: Version) -> Option<OffsetDateTime> {
        self.ends_at(known).map(at)
    }

    /// The same in seconds since 1970.
    pub(crate) fn ends_at(&self, known: Version) -> Option<i64> {
        // In this order, and written in the other one, it is no other version's end.
        let ends_at = self.ends_at.load(Ordering::SeqCst);
        let version = self.version();
        (version == known && ends_at != i64::MIN).then_some(ends_at)
    }

    /// The version that the login has now.
    pub(super) fn version(&self) -> Version {
        Version(self.version.load(Ordering::SeqCst))
    }

    pub(super) fn set(&self, version: Version, ends_at: i64) {
        self.version.store(version.0, Ordering::SeqCst);
        self.ends_at.store(ends_at, Ordering::SeqCst);
    }
}
