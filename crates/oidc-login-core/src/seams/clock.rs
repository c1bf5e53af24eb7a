//! The time of day.

use time::OffsetDateTime;

/// Tells the time; tests move theirs by hand.
///
/// ```
/// # use oidc_login_core as oidc_login;
/// use std::sync::atomic::{AtomicI64, Ordering};
/// use oidc_login::{seams::Clock, time::OffsetDateTime};
///
/// /// Stands still until a test moves it. An `Arc` of it goes in, and stays in the test's hand.
/// struct HandClock(AtomicI64);
///
/// impl Clock for HandClock {
///     fn now(&self) -> OffsetDateTime {
///         let seconds = self.0.load(Ordering::SeqCst);
///         OffsetDateTime::from_unix_timestamp(seconds).unwrap_or(OffsetDateTime::UNIX_EPOCH)
///     }
/// }
/// ```
pub trait Clock: Send + Sync + 'static {
    /// Now, in UTC.
    fn now(&self) -> OffsetDateTime;

    /// Now, in seconds since 1970. Every request of a signed-in user asks.
    ///
    /// Default: those of [`now`](Self::now).
    fn unix_timestamp(&self) -> i64 {
        self.now().unix_timestamp()
    }
}

/// The machine's clock.
///
/// Whole seconds come from the kernel's coarse clock where there is one, on Linux: at most some
/// milliseconds behind, and several times cheaper to read.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> OffsetDateTime {
        OffsetDateTime::now_utc()
    }

    #[cfg(target_os = "linux")]
    fn unix_timestamp(&self) -> i64 {
        use rustix::time::{ClockId, clock_gettime};
        clock_gettime(ClockId::RealtimeCoarse).tv_sec
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_seconds_are_those_of_now_or_just_behind() {
        let before = SystemClock.now().unix_timestamp();
        let seconds = SystemClock.unix_timestamp();
        let after = SystemClock.now().unix_timestamp();
        assert!(
            (before - 1..=after).contains(&seconds),
            "{before} {seconds} {after}"
        );
    }
}
