//! Marks for callgrind: what it counts is what runs between entering and leaving a section.

use std::{
    cell::Cell,
    future::Future,
    hint::black_box,
    pin::Pin,
    task::{Context, Poll},
};

thread_local! {
    static IS_COUNTED: Cell<bool> = const { Cell::new(false) };
}

/// Runs what is counted. Callgrind knows the section by the name of this function.
#[inline(never)]
pub fn section_of_ours(work: &mut dyn FnMut()) {
    IS_COUNTED.set(true);
    work();
    IS_COUNTED.set(false);
}

/// Runs what others do in between, the provider or the browser; it is not counted.
pub fn section_of_others(work: &mut dyn FnMut()) {
    if IS_COUNTED.get() {
        paused_for_others(work);
    } else {
        work();
    }
}

/// Toggles counting off inside [`section_of_ours`]; outside of it, it would toggle it on.
#[inline(never)]
fn paused_for_others(work: &mut dyn FnMut()) {
    let mark = 0_u8;
    work();
    // As the last thing done here, the call would be a jump, which callgrind takes for leaving.
    black_box(&mark);
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
