//! Something fetched from the provider, kept until there is something newer.

use std::{
    future::Future,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use arc_swap::ArcSwapOption;
use time::OffsetDateTime;
use tokio::sync::Mutex;

use crate::error::LoginError;

/// The last good value, fetched by one caller at a time however many wait.
pub(crate) struct Cached<T> {
    value: ArcSwapOption<Fetched<T>>,
    flight: Mutex<Option<LoginError>>,
    is_refreshing: AtomicBool,
}

pub(crate) struct Fetched<T> {
    pub(crate) value: T,
    pub(crate) at: OffsetDateTime,
}

impl<T> Default for Cached<T> {
    fn default() -> Self {
        Self {
            value: ArcSwapOption::empty(),
            flight: Mutex::new(None),
            is_refreshing: AtomicBool::new(false),
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
    /// Callers that wait for a fetch share its failure as well.
    pub(crate) async fn newer_than(
        &self,
        seen: Option<&Arc<Fetched<T>>>,
        fetch: impl Future<Output = Result<Fetched<T>, LoginError>>,
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
        if has_waited && let Some(failure) = last_failure.as_ref() {
            return Err(failure.clone());
        }
        *last_failure = None;
        match fetch.await {
            Ok(fetched) => {
                let fetched = Arc::new(fetched);
                self.value.store(Some(fetched.clone()));
                Ok(fetched)
            }
            Err(error) => {
                *last_failure = Some(error.clone());
                Err(error)
            }
        }
    }

    /// Whether the caller is the one to refresh in the background.
    pub(crate) fn begin_refresh(&self) -> bool {
        !self.is_refreshing.swap(true, Ordering::AcqRel)
    }

    /// The background refresh ended, well or badly.
    pub(crate) fn end_refresh(&self) {
        self.is_refreshing.store(false, Ordering::Release);
    }
}

#[cfg(test)]
mod tests {
    use tokio::sync::oneshot;

    use super::*;
    use crate::error::LoginErrorKind;

    fn fetched(value: u32) -> Fetched<u32> {
        Fetched {
            value,
            at: OffsetDateTime::UNIX_EPOCH,
        }
    }

    #[tokio::test]
    async fn one_fetch_serves_all_who_wait() {
        let cached = Arc::new(Cached::default());
        let (release, gate) = oneshot::channel::<()>();
        let first = tokio::spawn({
            let cached = cached.clone();
            async move {
                let fetch = async {
                    gate.await.unwrap();
                    Ok(fetched(1))
                };
                cached.newer_than(None, fetch).await.unwrap().value
            }
        });
        tokio::task::yield_now().await;
        let others: Vec<_> = (0..5)
            .map(|_| {
                let cached = cached.clone();
                tokio::spawn(async move {
                    let fetch = async { panic!("a second fetch") };
                    cached.newer_than(None, fetch).await.unwrap().value
                })
            })
            .collect();
        tokio::task::yield_now().await;
        release.send(()).unwrap();
        assert_eq!(first.await.unwrap(), 1);
        for other in others {
            assert_eq!(other.await.unwrap(), 1);
        }
    }

    #[tokio::test]
    async fn one_failure_serves_all_who_wait() {
        let cached = Arc::new(Cached::<u32>::default());
        let (release, gate) = oneshot::channel::<()>();
        let first = async {
            let fetch = async {
                gate.await.unwrap();
                Err(LoginErrorKind::ProviderUnavailable.into())
            };
            cached.newer_than(None, fetch).await.is_err()
        };
        let other = async {
            let fetch = async { panic!("a second fetch") };
            cached.newer_than(None, fetch).await.is_err()
        };
        let release = async { release.send(()).unwrap() };
        assert_eq!(tokio::join!(first, other, release), (true, true, ()));
        let again = cached.newer_than(None, async { Ok(fetched(1)) }).await;
        assert_eq!(again.unwrap().value, 1);
    }

    #[tokio::test]
    async fn a_failure_keeps_the_last_good_value() {
        let cached = Cached::default();
        let first = cached
            .newer_than(None, async { Ok(fetched(1)) })
            .await
            .unwrap();
        let failed = async { Err(LoginErrorKind::ProviderUnavailable.into()) };
        assert!(cached.newer_than(Some(&first), failed).await.is_err());
        assert_eq!(cached.known().unwrap().value, 1);
        let again = cached
            .newer_than(Some(&first), async { Ok(fetched(2)) })
            .await;
        assert_eq!(again.unwrap().value, 2);
    }

    #[tokio::test]
    async fn who_saw_an_older_value_gets_the_present_one() {
        let cached = Cached::default();
        let first = cached
            .newer_than(None, async { Ok(fetched(1)) })
            .await
            .unwrap();
        cached
            .newer_than(Some(&first), async { Ok(fetched(2)) })
            .await
            .unwrap();
        let fetch = async { panic!("a needless fetch") };
        assert_eq!(
            cached.newer_than(Some(&first), fetch).await.unwrap().value,
            2
        );
    }
}
