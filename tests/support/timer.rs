//! A timer whose time passes by hand.

use std::{future::Future, pin::Pin, sync::Arc, time::Duration};

use oidc_login::seams::Timer;
use tokio::sync::watch;

/// A timer that wakes nobody until the test lets time pass; clones are the same timer.
#[derive(Clone, Debug)]
pub struct HandTimer(Arc<State>);

#[derive(Debug)]
struct State {
    passed: watch::Sender<Duration>,
    asleep: watch::Sender<Vec<Duration>>,
}

/// Somebody who sleeps, until dropped.
struct Sleeper(Arc<State>, Duration);

impl HandTimer {
    /// A timer at rest.
    pub fn new() -> Self {
        Self(Arc::new(State {
            passed: watch::Sender::new(Duration::ZERO),
            asleep: watch::Sender::new(Vec::new()),
        }))
    }

    /// Lets time pass. The clock is another thing.
    pub fn pass(&self, time: Duration) {
        self.0.passed.send_modify(|passed| *passed += time);
    }

    /// Waits until so many sleep for just this time.
    pub async fn asleep(&self, sleepers: usize, time: Duration) {
        let mut asleep = self.0.asleep.subscribe();
        let are_there = |asleep: &Vec<Duration>| {
            asleep.iter().filter(|sleeps| **sleeps == time).count() >= sleepers
        };
        drop(asleep.wait_for(are_there).await);
    }
}

impl Default for HandTimer {
    fn default() -> Self {
        Self::new()
    }
}

impl Timer for HandTimer {
    fn sleep(&self, time: Duration) -> Pin<Box<dyn Future<Output = ()> + Send>> {
        let end = *self.0.passed.borrow() + time;
        self.0.asleep.send_modify(|asleep| asleep.push(time));
        let sleeper = Sleeper(self.0.clone(), time);
        Box::pin(async move {
            let mut passed = sleeper.0.passed.subscribe();
            let _ = passed.wait_for(|passed| *passed >= end).await;
        })
    }
}

impl Drop for Sleeper {
    fn drop(&mut self) {
        self.0.asleep.send_modify(|asleep| {
            if let Some(at) = asleep.iter().position(|time| *time == self.1) {
                asleep.swap_remove(at);
            }
        });
    }
}
