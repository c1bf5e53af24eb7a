//! How long a session lives.

use std::time::Duration;

use time::{Duration as Signed, OffsetDateTime};

use crate::error::ConfigError;

/// How long a session lives: unused, and at all. Default: one hour idle, eight hours at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lifetimes {
    idle: Signed,
    pub(crate) absolute: Signed,
}

impl Lifetimes {
    /// A session ends `idle` after its last use, and `absolute` after its login.
    ///
    /// # Errors
    /// When one is shorter than a minute, `idle` is longer than `absolute`, or that longer than ten years.
    pub fn new(idle: Duration, absolute: Duration) -> Result<Self, ConfigError> {
        let signed = |time: Duration| Signed::try_from(time).unwrap_or(Signed::MAX);
        let (idle, absolute) = (signed(idle), signed(absolute));
        if idle < Signed::MINUTE || absolute < idle || absolute > Signed::days(3650) {
            return Err(ConfigError::new(
                "session lifetimes",
                format!(
                    "idle {} s, absolute {} s",
                    idle.whole_seconds(),
                    absolute.whole_seconds()
                ),
                "idle at least one minute and at most the absolute one, which is at most ten years",
            ));
        }
        Ok(Self { idle, absolute })
    }

    /// When a login of now ends, however busy it is.
    pub(crate) fn ends_at(&self, now: OffsetDateTime) -> OffsetDateTime {
        now.saturating_add(self.absolute)
    }

    /// When a session used now ends if it is not used again.
    pub(crate) fn idle_until(
        &self,
        now: OffsetDateTime,
        ends_at: OffsetDateTime,
    ) -> OffsetDateTime {
        now.saturating_add(self.idle).min(ends_at)
    }

    /// The new end of an idle session, if it should be moved: at most every tenth of the idle time.
    ///
    /// In seconds since 1970, as it is asked by every request.
    pub(crate) fn renewed_until(&self, now: i64, ends_at: i64, deadline: i64) -> Option<i64> {
        let idle = self.idle.whole_seconds();
        let renewed = now.saturating_add(idle).min(ends_at);
        (renewed - deadline >= idle / 10).then_some(renewed)
    }

    /// How long an unused session lives.
    pub fn idle(&self) -> Duration {
        self.idle.unsigned_abs()
    }

    /// How long a session lives at all.
    pub fn absolute(&self) -> Duration {
        self.absolute.unsigned_abs()
    }
}

impl Default for Lifetimes {
    /// One hour idle, eight hours at all.
    fn default() -> Self {
        Self {
            idle: Signed::HOUR,
            absolute: Signed::hours(8),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_absolute_end_is_never_passed() {
        let lifetimes = Lifetimes::default();
        let start = OffsetDateTime::UNIX_EPOCH;
        let end = lifetimes.ends_at(start);
        assert_eq!(lifetimes.idle_until(start, end), start + Signed::HOUR);
        let late = start + Signed::minutes(475);
        assert_eq!(lifetimes.idle_until(late, end), end);
    }

    #[test]
    fn a_session_is_renewed_every_tenth_of_its_idle_time() {
        let lifetimes = Lifetimes::default();
        for (name, now, ends_at, expected) in [
            ("too soon", 359, 28_800, None),
            ("due", 360, 28_800, Some(3960)),
            ("up to the absolute end", 3000, 4000, Some(4000)),
            ("nothing to gain", 3000, 3700, None),
        ] {
            let renewed = lifetimes.renewed_until(now, ends_at, 3600);
            assert_eq!(renewed, expected, "{name}");
        }
    }

    #[test]
    fn times_that_cannot_work_are_refused() {
        for (idle, absolute, accepted) in [
            (60, 60, true),
            (59, 600, false),
            (601, 600, false),
            (600, u64::MAX, false),
            (0, 0, false),
        ] {
            let built = Lifetimes::new(Duration::from_secs(idle), Duration::from_secs(absolute));
            assert_eq!(built.is_ok(), accepted, "{idle} {absolute}");
        }
    }
}
