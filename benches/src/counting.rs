//! What is ours to measure, and what others do in between.
//!
//! Callgrind counts between entering and leaving these functions, which it knows by their names.

use std::{
    cell::Cell,
    future::Future,
    pin::Pin,
    task::{Context, Poll},
    time::{Duration, Instant},
};

thread_local! {
    static IS_COUNTED: Cell<bool> = const { Cell::new(false) };
    static TIME_OF_OTHERS: Cell<Duration> = const { Cell::new(Duration::ZERO) };
}

/// Runs what is measured.
#[inline(never)]
pub fn section_of_ours(work: &mut dyn FnMut()) {
    IS_COUNTED.set(true);
    work();
    IS_COUNTED.set(false);
}

/// Runs what others do in between, the provider or the browser; it is not measured. What they do in
/// turn for us, as at a login that only prepares something, is part of it.
pub fn section_of_others(work: &mut dyn FnMut()) {
    if IS_COUNTED.replace(false) {
        paused_for_others(work);
        IS_COUNTED.set(true);
    } else {
        work();
    }
}

/// Toggles counting off inside [`section_of_ours`]; outside of it, it would toggle it on.
#[inline(never)]
fn paused_for_others(work: &mut dyn FnMut()) {
    let start = Instant::now();
    work();
    TIME_OF_OTHERS.set(TIME_OF_OTHERS.get() + start.elapsed());
}

/// Runs what is measured and says how long it took, without the others' part.
pub fn time_of_ours(work: &mut dyn FnMut()) -> Duration {
    TIME_OF_OTHERS.set(Duration::ZERO);
    let start = Instant::now();
    section_of_ours(work);
    start.elapsed().saturating_sub(TIME_OF_OTHERS.get())
}

/// A future of others: every poll of it is a [`section_of_others`].
pub struct Others<F>(Pin<Box<F>>);

impl<F> Others<F> {
    /// Wraps it.
    pub fn new(future: F) -> Self {
        Self(Box::pin(future))
    }
}

impl<F: Future> Future for Others<F> {
    type Output = F::Output;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<F::Output> {
        let mut polled = Poll::Pending;
        section_of_others(&mut || polled = self.0.as_mut().poll(context));
        polled
    }
}
