//! Tasks that a test can wait for.

use std::{
    future::Future,
    pin::Pin,
    sync::{Arc, Mutex, PoisonError},
};

use oidc_login::seams::Spawn;
use tokio::task::JoinHandle;

/// Tasks of tokio, whose end a test can wait for; clones are the same tasks.
#[derive(Clone, Debug, Default)]
pub struct Tasks(Arc<Mutex<Vec<JoinHandle<()>>>>);

impl Tasks {
    /// Waits until every task has ended, those too that tasks started.
    pub async fn ended(&self) {
        while let Some(task) = self.next() {
            task.await.expect("a task without panic");
        }
    }

    fn next(&self) -> Option<JoinHandle<()>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).pop()
    }
}

impl Spawn for Tasks {
    fn spawn(&self, task: Pin<Box<dyn Future<Output = ()> + Send>>) {
        let mut tasks = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        tasks.push(tokio::spawn(task));
    }
}
