//! Refreshes at work: who needs a token while one is under way waits for it.

use std::sync::Arc;

use tokio::sync::watch;

use super::refresh::{BETWEEN_FORCED, Refreshed};
use crate::{
    error::{LoginError, LoginErrorKind},
    session::{ExpiringMap, Lease, LoadedLogin, Login, SessionKey},
};

const CAPACITY: usize = 100_000;
/// How long a failure is remembered, in seconds: longer than anybody has to wait for the next try.
const KEPT_FOR: i64 = 600;
/// Seconds to wait after the first failure in a row; each further one doubles them.
const FIRST_WAIT: i64 = 5;
/// Seconds to wait after the most failures, and after an answer that another try will not better.
const LONGEST_WAIT: i64 = 60;

/// The refreshes of this process by session. Without room for one a second may begin beside it, and
/// finds its lease taken.
pub(crate) struct RefreshFlights(ExpiringMap<SessionKey, Attempts>);

#[derive(Default)]
struct Attempts {
    under_way: Option<watch::Receiver<Option<Refreshed>>>,
    failures: u32,
    last: Option<Failure>,
    unsaved: Option<Unsaved>,
}

#[derive(Clone)]
struct Failure {
    error: LoginError,
    at: i64,
}

/// New tokens that the store did not take yet. They count in this process.
#[derive(Clone)]
pub(super) struct Unsaved {
    /// What they take the place of.
    pub(super) before: LoadedLogin,
    pub(super) login: Arc<Login>,
    pub(super) lease: Lease,
}

/// What becomes of asking for a refresh.
pub(super) enum Takeoff {
    /// The caller's task does it.
    First(Departure, Arrival),
    /// Somebody does it already.
    Joined(Arrival),
    /// The last one failed, and it is too early for another.
    TooSoon(LoginError),
}

/// The task that tells the others how it ended.
pub(super) struct Departure {
    key: SessionKey,
    sender: watch::Sender<Option<Refreshed>>,
}

/// Waits for a refresh.
pub(super) struct Arrival(watch::Receiver<Option<Refreshed>>);

impl RefreshFlights {
    pub(crate) fn new() -> Self {
        Self(ExpiringMap::new(CAPACITY))
    }

    /// Begins a refresh, unless one is under way, or the last one failed just now.
    pub(super) fn take_off(&self, key: SessionKey, is_forced: bool, now: i64) -> Takeoff {
        let take_off = |attempts: &mut Attempts| {
            if let Some(under_way) = attempts.under_way.as_ref().filter(is_in_the_air) {
                return Takeoff::Joined(Arrival(under_way.clone()));
            }
            if let Some(error) = attempts.too_soon(is_forced, now) {
                return Takeoff::TooSoon(error);
            }
            let (sender, receiver) = watch::channel(None);
            attempts.under_way = Some(receiver.clone());
            Takeoff::First(Departure { key, sender }, Arrival(receiver))
        };
        self.change(key, now, take_off)
    }

    /// Tells everybody who waits, and remembers a failure for those to come.
    pub(super) fn land(&self, departure: Departure, refreshed: Refreshed, now: i64) {
        let Departure { key, sender } = departure;
        self.change(key, now, |attempts| {
            attempts.under_way = None;
            if let Refreshed::Failed(error) = &refreshed {
                attempts.failures = attempts.failures.saturating_add(1);
                let error = error.clone();
                attempts.last = Some(Failure { error, at: now });
            } else {
                (attempts.failures, attempts.last) = (0, None);
            }
        });
        sender.send_replace(Some(refreshed));
    }

    /// New tokens that the store did not take.
    pub(super) fn unsaved(&self, key: &SessionKey, now: time::OffsetDateTime) -> Option<Unsaved> {
        let read = |attempts: &Attempts, _| attempts.unsaved.clone();
        self.0.read(key, now.unix_timestamp(), read).flatten()
    }

    /// Keeps new tokens until the store takes them, or the login ends.
    pub(super) fn keep(&self, unsaved: Unsaved, now: i64) {
        self.change(unsaved.before.key, now, |attempts| {
            attempts.unsaved = Some(unsaved);
        });
    }

    /// The store has these tokens, or the login has ended.
    pub(super) fn forget(&self, key: SessionKey, now: i64) {
        self.change(key, now, |attempts| attempts.unsaved = None);
    }

    /// The same, for whoever ended the login: they are theirs to revoke.
    pub(super) fn take_unsaved(
        &self,
        key: SessionKey,
        now: time::OffsetDateTime,
    ) -> Option<Unsaved> {
        let unsaved = self.unsaved(&key, now)?;
        self.forget(key, now.unix_timestamp());
        Some(unsaved)
    }

    fn change<R>(&self, key: SessionKey, now: i64, change: impl FnOnce(&mut Attempts) -> R) -> R {
        let (result, _evicted) = self.0.upsert(key, now, |attempts| {
            let result = change(attempts);
            (result, attempts.kept_until(now))
        });
        result
    }
}

/// A task that died keeps nobody waiting.
#[allow(clippy::trivially_copy_pass_by_ref)]
fn is_in_the_air(under_way: &&watch::Receiver<Option<Refreshed>>) -> bool {
    under_way.borrow().is_none() && under_way.has_changed().is_ok()
}

impl Attempts {
    /// The last failure, where it is too early for another try.
    fn too_soon(&self, is_forced: bool, now: i64) -> Option<LoginError> {
        let last = self.last.as_ref()?;
        let mut wait = match last.error.kind() {
            LoginErrorKind::RefreshFailed => {
                let doubled = self.failures.saturating_sub(1).min(8);
                (FIRST_WAIT << doubled).min(LONGEST_WAIT)
            }
            _ => LONGEST_WAIT,
        };
        if is_forced {
            wait = wait.max(BETWEEN_FORCED.whole_seconds());
        }
        // A clock that went back is no reason to wait longer.
        let left = (last.at + wait - now).min(wait);
        let seconds = u32::try_from(left).ok().filter(|left| *left > 0)?;
        Some(last.error.clone().with_retry_after(seconds))
    }

    /// `None` when there is nothing to remember.
    fn kept_until(&self, now: i64) -> Option<i64> {
        let unsaved = self
            .unsaved
            .as_ref()
            .map(|kept| kept.login.record().ends_at);
        let is_busy = self.under_way.is_some() || self.last.is_some();
        unsaved.max(is_busy.then_some(now + KEPT_FOR))
    }
}

impl Arrival {
    pub(super) async fn landed(mut self) -> Refreshed {
        let landed = self.0.wait_for(Option::is_some).await;
        let landed = landed.ok().and_then(|landed| landed.clone());
        landed.unwrap_or_else(|| Refreshed::Failed(LoginErrorKind::RefreshFailed.into()))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    const KEY: SessionKey = SessionKey::from_bytes([1; 32]);

    fn failed() -> Refreshed {
        Refreshed::Failed(LoginErrorKind::RefreshFailed.into())
    }

    /// Begins a refresh that fails; says after how many seconds the next one may be.
    fn fail(flights: &RefreshFlights, outcome: Refreshed, now: i64) {
        match flights.take_off(KEY, false, now) {
            Takeoff::First(departure, _) => flights.land(departure, outcome, now),
            Takeoff::Joined(_) | Takeoff::TooSoon(_) => panic!("not the first at {now}"),
        }
    }

    fn retry_after(flights: &RefreshFlights, is_forced: bool, now: i64) -> Option<u32> {
        match flights.take_off(KEY, is_forced, now) {
            Takeoff::TooSoon(error) => error.retry_after(),
            Takeoff::First(..) | Takeoff::Joined(_) => None,
        }
    }

    #[tokio::test]
    async fn who_comes_later_shares_the_first_ones_result() {
        let flights = RefreshFlights::new();
        let Takeoff::First(departure, first) = flights.take_off(KEY, false, 0) else {
            panic!("somebody was first");
        };
        let Takeoff::Joined(second) = flights.take_off(KEY, true, 0) else {
            panic!("two at once");
        };
        flights.land(departure, Refreshed::Ended, 0);
        assert!(matches!(first.landed().await, Refreshed::Ended));
        assert!(matches!(second.landed().await, Refreshed::Ended));
        assert!(matches!(
            flights.take_off(KEY, false, 0),
            Takeoff::First(..)
        ));
    }

    #[tokio::test]
    async fn a_task_that_dies_keeps_nobody_waiting() {
        let flights = RefreshFlights::new();
        let Takeoff::First(departure, arrival) = flights.take_off(KEY, false, 0) else {
            panic!("somebody was first");
        };
        drop(departure);
        assert!(matches!(arrival.landed().await, Refreshed::Failed(_)));
        assert!(matches!(
            flights.take_off(KEY, false, 0),
            Takeoff::First(..)
        ));
    }

    #[test]
    fn failures_in_a_row_are_further_and_further_apart() {
        let flights = RefreshFlights::new();
        let mut now = 0;
        for wait in [5, 10, 20, 40, 60, 60] {
            fail(&flights, failed(), now);
            assert_eq!(retry_after(&flights, false, now), Some(wait));
            now += i64::from(wait) - 1;
            assert_eq!(retry_after(&flights, false, now), Some(1));
            now += 1;
        }
        fail(&flights, Refreshed::Ended, now);
        fail(&flights, failed(), now);
        assert_eq!(
            retry_after(&flights, false, now),
            Some(5),
            "from the beginning"
        );
    }

    #[test]
    fn what_another_try_will_not_better_waits_longest_and_force_at_least_ten_seconds() {
        for (name, kind, is_forced, wait) in [
            ("a failure", LoginErrorKind::RefreshFailed, false, 5),
            (
                "a failure, by force",
                LoginErrorKind::RefreshFailed,
                true,
                10,
            ),
            ("a bad ID token", LoginErrorKind::IdTokenSubject, false, 60),
            (
                "a bad ID token, by force",
                LoginErrorKind::IdTokenSubject,
                true,
                60,
            ),
        ] {
            let flights = RefreshFlights::new();
            fail(&flights, Refreshed::Failed(kind.into()), 1_000);
            assert_eq!(
                retry_after(&flights, is_forced, 1_000),
                Some(wait),
                "{name}"
            );
            assert_eq!(
                retry_after(&flights, is_forced, 0),
                Some(wait),
                "{name}, clock back"
            );
        }
    }

    #[test]
    fn nothing_is_kept_of_what_went_well() {
        let flights = RefreshFlights::new();
        fail(&flights, Refreshed::Ended, 0);
        assert!(flights.0.read(&KEY, 0, |_, _| ()).is_none());
    }
}
