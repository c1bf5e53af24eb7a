//! Something fetched from the provider, kept until there is something newer.

use std::{
    future::Future,
    sync::{
        Arc, PoisonError,
        atomic::{AtomicI64, Ordering},
    },
};

use arc_swap::ArcSwapOption;
use time::{Duration, OffsetDateTime};
use tokio::sync::Mutex;

use crate::error::{LoginError, LoginErrorKind};

/// How long a failure stands for the next ones as well.
const FAILURE_STANDS: Duration = Duration::seconds(2);
/// How long after a try in the background the next one may be, in seconds.
const BETWEEN_TRIES: i64 = 60;

/// The last good value, fetched by one caller at a time however many wait.
pub(crate) struct Cached<T> {
    value: ArcSwapOption<Fetched<T>>,
    flight: Mutex<Option<Failure>>,
    last_failure: std::sync::Mutex<Option<LoginErrorKind>>,
    last_try: AtomicI64,
}

pub(crate) struct Fetched<T> {
    pub(crate) value: T,
    pub(crate) at: OffsetDateTime,
}

struct Failure {
    error: LoginError,
    at: OffsetDateTime,
}

impl<T> Default for Cached<T> {
    fn default() -> Self {
        Self {
            value: ArcSwapOption::empty(),
            flight: Mutex::new(None),
            last_failure: std::sync::Mutex::new(None),
            last_try: AtomicI64::new(i64::MIN),
        }
    }
}

impl<T> Cached<T> {
    /// What is known, however old.
    pub(crate) fn known(&self) -> Option<Arc<Fetched<T>>> {
        self.value.load_full()
    }

    /// A value other than `seen`: one that somebody else fetched in the meantime, or a new one.
    ///
    /// Callers that wait for a fetch share its failure as well, and so do those who come right
    /// after: a provider that is down is not asked for every browser.
    pub(crate) async fn newer_than(
        &self,
        seen: Option<&Arc<Fetched<T>>>,
        now: OffsetDateTime,
        fetch: impl Future<Output = Result<T, LoginError>>,
    ) -> Result<Arc<Fetched<T>>, LoginError> {
        let (mut last_failure, has_waited) = match self.flight.try_lock() {
            Ok(flight) => (flight, false),
            Err(_) => (self.flight.lock().await, true),
        };
        if let Some(known) = self.known()
            && !seen.is_some_and(|seen| Arc::ptr_eq(seen, &known))
        {
            return Ok(known);
        }
        if let Some(failure) = last_failure.as_ref()
            && (has_waited || (now - failure.at).abs() < FAILURE_STANDS)
        {
            return Err(failure.error.clone());
        }
        *last_failure = None;
        let fetched = fetch.await;
        self.note(fetched.as_ref().err().map(LoginError::kind));
        match fetched {
            Ok(value) => {
                let fetched = Arc::new(Fetched { value, at: now });
                self.value.store(Some(fetched.clone()));
                Ok(fetched)
            }
            Err(error) => {
                *last_failure = Some(Failure {
                    error: error.clone(),
                    at: now,
                });
                Err(error)
            }
        }
    }

    /// Why the last fetch failed, if it did.
    pub(crate) fn last_failure(&self) -> Option<LoginErrorKind> {
        let last_failure = self.last_failure.lock();
        *last_failure.unwrap_or_else(PoisonError::into_inner)
    }

    fn note(&self, failure: Option<LoginErrorKind>) {
        let last_failure = self.last_failure.lock();
        *last_failure.unwrap_or_else(PoisonError::into_inner) = failure;
    }

    /// Whether somebody fetches at this moment.
    pub(crate) fn is_being_fetched(&self) -> bool {
        self.flight.try_lock().is_err()
    }

    /// Whether the caller is the one to refresh in the background: the value is older than that, and
    /// nobody tried lately.
    pub(crate) fn is_refresh_due(
        &self,
        known: &Fetched<T>,
        max_age: Duration,
        now: OffsetDateTime,
    ) -> bool {
        let last_try = self.last_try.load(Ordering::Acquire);
        let seconds = now.unix_timestamp();
        now - known.at >= max_age
            && seconds.saturating_sub(last_try) >= BETWEEN_TRIES
            && (self.last_try)
                .compare_exchange(last_try, seconds, Ordering::AcqRel, Ordering::Acquire)
                .is_ok()
    }
}

#[cfg(test)]
mod tests {
    use tokio::sync::oneshot;

    use super::*;

    const NOW: OffsetDateTime = OffsetDateTime::UNIX_EPOCH;

    fn failed() -> Result<u32, LoginError> {
        Err(LoginErrorKind::ProviderUnavailable.into())
    }

    #[tokio::test]
    async fn one_fetch_serves_all_who_wait() {
        let cached = Cached::default();
        let (release, gate) = oneshot::channel::<()>();
        let first = async {
            let fetch = async {
                gate.await.unwrap();
                Ok(1)
            };
            cached.newer_than(None, NOW, fetch).await.unwrap().value
        };
        let other = || async {
            let fetch = async { panic!("a second fetch") };
            cached.newer_than(None, NOW, fetch).await.unwrap().value
        };
        let release = async { release.send(()).unwrap() };
        let values = tokio::join!(first, other(), other(), release);
        assert_eq!(values, (1, 1, 1, ()));
    }

    #[tokio::test]
    async fn one_failure_serves_all_who_wait_and_who_come_right_after() {
        let cached = Cached::default();
        let (release, gate) = oneshot::channel::<()>();
        let first = async {
            let fetch = async {
                gate.await.unwrap();
                failed()
            };
            cached.newer_than(None, NOW, fetch).await.is_err()
        };
        let other = async {
            let fetch = async { panic!("a second fetch") };
            cached
                .newer_than(None, NOW + Duration::HOUR, fetch)
                .await
                .is_err()
        };
        let release = async { release.send(()).unwrap() };
        assert_eq!(tokio::join!(first, other, release), (true, true, ()));
        let right_after = async { panic!("a second fetch") };
        assert!(cached.newer_than(None, NOW, right_after).await.is_err());
        let later = NOW + FAILURE_STANDS;
        let again = cached.newer_than(None, later, async { Ok(1) }).await;
        assert_eq!(again.unwrap().value, 1);
    }

    #[tokio::test]
    async fn a_failure_keeps_the_last_good_value() {
        let cached = Cached::default();
        let first = cached.newer_than(None, NOW, async { Ok(1) }).await.unwrap();
        let failing = cached
            .newer_than(Some(&first), NOW, async { failed() })
            .await;
        assert!(failing.is_err());
        assert_eq!(cached.known().unwrap().value, 1);
        let failure = Some(LoginErrorKind::ProviderUnavailable);
        assert_eq!(cached.last_failure(), failure);
        let later = NOW + FAILURE_STANDS;
        let fetch = async { Ok(2) };
        cached.newer_than(Some(&first), later, fetch).await.unwrap();
        assert_eq!(cached.last_failure(), None);
    }

    #[tokio::test]
    async fn who_saw_an_older_value_gets_the_present_one() {
        let cached = Cached::default();
        let first = cached.newer_than(None, NOW, async { Ok(1) }).await.unwrap();
        cached
            .newer_than(Some(&first), NOW, async { Ok(2) })
            .await
            .unwrap();
        let fetch = async { panic!("a needless fetch") };
        let present = cached.newer_than(Some(&first), NOW, fetch).await;
        assert_eq!(present.unwrap().value, 2);
    }

    #[tokio::test]
    async fn an_old_value_is_refreshed_by_one_and_not_too_often() {
        let cached = Cached::default();
        let known = cached.newer_than(None, NOW, async { Ok(1) }).await.unwrap();
        let due = |seconds: i64| {
            let now = NOW + Duration::seconds(seconds);
            cached.is_refresh_due(&known, Duration::HOUR, now)
        };
        assert_eq!(
            [3599, 3600, 3600, 3659, 3660].map(due),
            [false, true, false, false, true]
        );
    }
}
