//! A timer whose time passes when nobody can go on.

use std::{
    future::Future,
    pin::Pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::{Poll, Waker},
    time::Duration,
};

use oidc_login::seams::Timer;
use oidc_login_tests::clock::HandClock;

/// The timer of all nodes; clones are one.
#[derive(Clone)]
pub(crate) struct IdleTimer {
    clock: HandClock,
    state: Arc<Mutex<State>>,
}

#[derive(Default)]
struct State {
    now: Duration,
    sleepers: Vec<(Duration, Waker)>,
}

impl IdleTimer {
    pub(crate) fn new(clock: &HandClock) -> Self {
        Self {
            clock: clock.clone(),
            state: Arc::default(),
        }
    }

    /// Lets time pass until somebody wakes; says whether anybody sleeps at all.
    pub(crate) fn pass(&self) -> bool {
        let mut state = self.state();
        let Some(next) = state.sleepers.iter().map(|(end, _)| *end).min() else {
            return false;
        };
        let seconds = next.as_secs() - state.now.as_secs();
        state.now = next;
        let woken: Vec<_> = state
            .sleepers
            .extract_if(.., |(end, _)| *end <= next)
            .collect();
        drop(state);
        self.clock.advance(seconds.cast_signed());
        for (_, waker) in woken {
            waker.wake();
        }
        true
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Timer for IdleTimer {
    fn sleep(&self, time: Duration) -> Pin<Box<dyn Future<Output = ()> + Send>> {
        let (timer, end) = (self.clone(), self.state().now + time);
        Box::pin(std::future::poll_fn(move |context| {
            let mut state = timer.state();
            if state.now >= end {
                return Poll::Ready(());
            }
            state.sleepers.push((end, context.waker().clone()));
            Poll::Pending
        }))
    }
}
