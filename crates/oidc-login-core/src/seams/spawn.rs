//! Work that goes on when the browser hangs up.

use std::{future::Future, pin::Pin, sync::Arc};

use tracing::Instrument as _;

/// Runs a future to its end, whether or not anybody waits for it.
pub trait Spawn: Send + Sync + 'static {
    /// Starts the future; called from within a request, also while that is dropped. Must not panic.
    fn spawn(&self, task: Pin<Box<dyn Future<Output = ()> + Send>>);
}

/// Lets a task go on in the span of whoever started it.
pub(crate) struct SpawnInSpan(pub(crate) Arc<dyn Spawn>);

impl Spawn for SpawnInSpan {
    fn spawn(&self, task: Pin<Box<dyn Future<Output = ()> + Send>>) {
        self.0.spawn(Box::pin(task.in_current_span()));
    }
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
