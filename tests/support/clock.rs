//! A clock moved by hand.

use std::sync::{
    Arc,
    atomic::{AtomicI64, Ordering},
};

use oidc_login::seams::Clock;
use time::OffsetDateTime;

/// A clock that stands still until it is moved; clones are the same clock.
#[derive(Clone, Debug)]
pub struct HandClock(Arc<AtomicI64>);

impl HandClock {
    /// Noon of some day.
    pub fn new() -> Self {
        Self(Arc::new(AtomicI64::new(1_800_000_000)))
    }

    /// Now: for servers that have a clock of their own.
    pub fn of_now() -> Self {
        let now = OffsetDateTime::now_utc().unix_timestamp();
        Self(Arc::new(AtomicI64::new(now)))
    }

    /// Moves it, backwards too.
    pub fn advance(&self, seconds: i64) {
        self.0.fetch_add(seconds, Ordering::SeqCst);
    }

    /// What it shows, in seconds since 1970.
    pub fn seconds(&self) -> i64 {
        self.0.load(Ordering::SeqCst)
    }
}

impl Default for HandClock {
    fn default() -> Self {
        Self::new()
    }
}

impl Clock for HandClock {
    fn now(&self) -> OffsetDateTime {
        OffsetDateTime::from_unix_timestamp(self.seconds()).expect("a day of our time")
    }
}
