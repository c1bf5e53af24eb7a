//! Waiting.

use std::{
    future::{Future, poll_fn},
    pin::{Pin, pin},
    task::Poll,
    time::Duration,
};

/// Lets some time pass; tests decide when it has.
pub trait Timer: Send + Sync + 'static {
    /// Is ready after this time. Called from within a task of [`Spawn`](super::Spawn), or a request.
    fn sleep(&self, time: Duration) -> Pin<Box<dyn Future<Output = ()> + Send>>;
}

/// The timer of the tokio runtime that serves the request, which must have its time enabled.
#[cfg(feature = "tokio")]
#[derive(Clone, Copy, Debug, Default)]
pub struct TokioTimer;

#[cfg(feature = "tokio")]
impl Timer for TokioTimer {
    fn sleep(&self, time: Duration) -> Pin<Box<dyn Future<Output = ()> + Send>> {
        Box::pin(tokio::time::sleep(time))
    }
}

/// What the future gives, unless it takes longer. One that is ready at once needs no timer.
pub(crate) async fn within<T>(
    timer: &dyn Timer,
    limit: Duration,
    future: impl Future<Output = T>,
) -> Option<T> {
    let mut future = pin!(future);
    let mut time_is_up = None;
    poll_fn(|context| {
        if let Poll::Ready(value) = future.as_mut().poll(context) {
            return Poll::Ready(Some(value));
        }
        let time_is_up = time_is_up.get_or_insert_with(|| timer.sleep(limit));
        time_is_up.as_mut().poll(context).map(|()| None)
    })
    .await
}

#[cfg(all(test, feature = "tokio"))]
mod tests {
    use std::future::{pending, ready};

    use super::*;

    /// A timer whose time is always up, or never.
    struct IsUp(bool);

    impl Timer for IsUp {
        fn sleep(&self, _time: Duration) -> Pin<Box<dyn Future<Output = ()> + Send>> {
            if self.0 {
                Box::pin(ready(()))
            } else {
                Box::pin(pending())
            }
        }
    }

    #[tokio::test]
    async fn what_comes_in_time_counts() {
        let limit = Duration::from_secs(10);
        assert_eq!(within(&IsUp(false), limit, ready(1)).await, Some(1));
        assert_eq!(within(&IsUp(true), limit, pending::<u8>()).await, None);
        assert_eq!(within(&IsUp(true), limit, ready(1)).await, Some(1), "both");
    }

    #[tokio::test]
    async fn tokio_keeps_the_time() {
        let one = Duration::from_millis(1);
        assert_eq!(within(&TokioTimer, one, pending::<u8>()).await, None);
    }
}
