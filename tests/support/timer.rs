//! A timer that rings when the test says so.

use std::{
    future::Future,
    pin::Pin,
    sync::{Arc, Mutex},
    time::Duration,
};

use oidc_login::seams::Timer;
use tokio::sync::Semaphore;

/// A timer that rings when the test says so; clones are the same timer.
#[derive(Clone, Debug)]
pub struct HandTimer(Arc<Bell>);

#[derive(Debug)]
struct Bell {
    times: Mutex<Vec<Duration>>,
    set: Semaphore,
    rung: Semaphore,
}

impl HandTimer {
    /// A timer nobody waits for.
    pub fn new() -> Self {
        Self(Arc::new(Bell {
            times: Mutex::default(),
            set: Semaphore::new(0),
            rung: Semaphore::new(0),
        }))
    }

    /// Returns when somebody waits, and tells for how long they would.
    pub async fn is_set(&self) -> Duration {
        let set = self.0.set.acquire().await;
        set.expect("a timer that lives").forget();
        self.0.times.lock().expect("no panic in a timer").remove(0)
    }

    /// Wakes one of those who wait.
    pub fn ring(&self) {
        self.0.rung.add_permits(1);
    }
}

impl Default for HandTimer {
    fn default() -> Self {
        Self::new()
    }
}

impl Timer for HandTimer {
    fn sleep(&self, time: Duration) -> Pin<Box<dyn Future<Output = ()> + Send>> {
        let bell = self.0.clone();
        let mut times = bell.times.lock().expect("no panic in a timer");
        times.push(time);
        drop(times);
        bell.set.add_permits(1);
        Box::pin(async move {
            let rung = bell.rung.acquire().await;
            rung.expect("a timer that lives").forget();
        })
    }
}
