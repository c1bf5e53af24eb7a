//! What had to go before its time is counted and said.

use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

/// At most one line in the log in so many seconds, for each kind.
const BETWEEN_LINES: i64 = 60;

/// What went of one kind.
pub(super) struct Evictions {
    kind: &'static str,
    untold: AtomicU64,
    told_at: AtomicI64,
}

impl Evictions {
    pub(super) fn of(kind: &'static str) -> Self {
        Self {
            kind,
            untold: AtomicU64::new(0),
            told_at: AtomicI64::new(i64::MIN),
        }
    }

    /// So many more went.
    pub(super) fn add(&self, evicted: usize, now: i64) {
        if evicted == 0 {
            return;
        }
        let evicted = evicted as u64;
        #[cfg(feature = "metrics")]
        metrics::counter!("oidc_login_sessions_evicted_total", "kind" => self.kind)
            .increment(evicted);
        self.untold.fetch_add(evicted, Ordering::Relaxed);
        if let Some(evicted) = self.to_tell(now) {
            tracing::warn!(
                kind = self.kind,
                evicted,
                "the memory store is full: what would have ended soonest went before its time"
            );
        }
    }

    /// How many to tell of, if it is time to.
    fn to_tell(&self, now: i64) -> Option<u64> {
        let told_at = self.told_at.load(Ordering::Relaxed);
        // A clock that was set back must not keep it quiet.
        if (0..BETWEEN_LINES).contains(&now.saturating_sub(told_at)) {
            return None;
        }
        let telling =
            (self.told_at).compare_exchange(told_at, now, Ordering::Relaxed, Ordering::Relaxed);
        telling.ok().map(|_| self.untold.swap(0, Ordering::Relaxed))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_told_once_a_minute() {
        let evictions = Evictions::of("login");
        for (now, evicted, told) in [
            (100, 1, Some(1)),
            (101, 2, None),
            (159, 3, None),
            (160, 4, Some(9)),
            (160, 1, None),
            (50, 1, Some(2)),
            (51, 1, None),
        ] {
            evictions.untold.fetch_add(evicted, Ordering::Relaxed);
            assert_eq!(evictions.to_tell(now), told, "at {now}");
        }
    }

    #[cfg(feature = "metrics")]
    #[test]
    fn it_is_counted() {
        use std::sync::Arc;

        use metrics::{
            Counter, CounterFn, Gauge, Histogram, Key, KeyName, Metadata, Recorder, SharedString,
            Unit,
        };

        #[derive(Default)]
        struct Count(AtomicU64);

        impl CounterFn for Count {
            fn increment(&self, value: u64) {
                self.0.fetch_add(value, Ordering::Relaxed);
            }

            fn absolute(&self, value: u64) {
                self.0.store(value, Ordering::Relaxed);
            }
        }

        /// Counts the logins that went.
        struct Logins(Arc<Count>);

        impl Recorder for Logins {
            fn describe_counter(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}
            fn describe_gauge(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}
            fn describe_histogram(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}

            fn register_counter(&self, key: &Key, _: &Metadata<'_>) -> Counter {
                let labels: Vec<_> = key
                    .labels()
                    .map(|label| (label.key(), label.value()))
                    .collect();
                assert_eq!(key.name(), "oidc_login_sessions_evicted_total");
                assert_eq!(labels, [("kind", "login")]);
                Counter::from_arc(self.0.clone())
            }

            fn register_gauge(&self, _: &Key, _: &Metadata<'_>) -> Gauge {
                Gauge::noop()
            }

            fn register_histogram(&self, _: &Key, _: &Metadata<'_>) -> Histogram {
                Histogram::noop()
            }
        }

        let count = Arc::new(Count::default());
        metrics::with_local_recorder(&Logins(count.clone()), || {
            let evictions = Evictions::of("login");
            evictions.add(2, 0);
            evictions.add(0, 0);
            evictions.add(3, 0);
        });
        assert_eq!(count.0.load(Ordering::Relaxed), 5);
    }
}
