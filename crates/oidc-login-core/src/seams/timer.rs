//! Time that passes.

use std::{future::Future, pin::Pin, time::Duration};

/// Wakes whoever waits; tests decide when theirs does.
pub trait Timer: Send + Sync + 'static {
    /// Ends after this time. Called from within a request or a task of ours.
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
