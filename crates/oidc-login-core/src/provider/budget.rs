//! How often something may be done.

use std::sync::atomic::{AtomicI64, Ordering};

use time::OffsetDateTime;

/// How long after one time the next one may be, in seconds.
const BETWEEN: i64 = 60;

/// Once a minute, for whoever comes first.
#[derive(Debug)]
pub(crate) struct Budget {
    last: AtomicI64,
}

impl Default for Budget {
    fn default() -> Self {
        Self {
            last: AtomicI64::new(i64::MIN),
        }
    }
}

impl Budget {
    /// Whether it may be done now; then it is the caller who does it.
    pub(crate) fn take(&self, now: OffsetDateTime) -> bool {
        let (last, now) = (self.last.load(Ordering::Acquire), now.unix_timestamp());
        // A clock that was set back must not end the budget for good.
        now.saturating_sub(last).saturating_abs() >= BETWEEN
            && (self.last)
                .compare_exchange(last, now, Ordering::AcqRel, Ordering::Acquire)
                .is_ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn once_a_minute_whatever_the_clock_does() {
        let budget = Budget::default();
        for (second, may) in [
            (1_000, true),
            (1_000, false),
            (1_059, false),
            (1_060, true),
            (1_061, false),
            (500, true),
            (559, false),
            (560, true),
        ] {
            let now = OffsetDateTime::UNIX_EPOCH + time::Duration::seconds(second);
            assert_eq!(budget.take(now), may, "{second}");
        }
    }
}
