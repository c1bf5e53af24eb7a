//! Work that goes on when the browser hangs up.

use std::{future::Future, pin::Pin};

/// Runs a future to its end, whether or not anybody waits for it.
pub trait Spawn: Send + Sync + 'static {
    /// Starts the future; called from within a request, also while that is dropped. Must not panic.
    fn spawn(&self, task: Pin<Box<dyn Future<Output = ()> + Send>>);
}

/// Tasks of the tokio runtime that serves the request.
#[cfg(feature = "tokio")]
#[derive(Clone, Copy, Debug, Default)]
pub struct TokioSpawn;

#[cfg(feature = "tokio")]
impl Spawn for TokioSpawn {
    fn spawn(&self, task: Pin<Box<dyn Future<Output = ()> + Send>>) {
        match tokio::runtime::Handle::try_current() {
            Ok(runtime) => drop(runtime.spawn(task)),
            Err(error) => tracing::error!(%error, "a task cannot be started"),
        }
    }
}
