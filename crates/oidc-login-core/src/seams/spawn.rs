//! Work that goes on when the browser hangs up.

use std::{future::Future, pin::Pin};

/// Runs a future to its end, whether or not anybody waits for it.
pub trait Spawn: Send + Sync + 'static {
    /// Starts the future; called from within a request.
    fn spawn(&self, task: Pin<Box<dyn Future<Output = ()> + Send>>);
}

/// Tasks of the tokio runtime that serves the request.
#[cfg(feature = "tokio")]
#[derive(Clone, Copy, Debug, Default)]
pub struct TokioSpawn;

#[cfg(feature = "tokio")]
impl Spawn for TokioSpawn {
    fn spawn(&self, task: Pin<Box<dyn Future<Output = ()> + Send>>) {
        tokio::spawn(task);
    }
}
