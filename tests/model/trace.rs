//! What happened in a run, step by step, for who reads of a failure.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// The steps of a run so far; clones are one.
#[derive(Clone, Debug, Default)]
pub(crate) struct Trace(Arc<Mutex<Steps>>);

#[derive(Debug, Default)]
struct Steps {
    actor: String,
    lines: Vec<String>,
}

impl Trace {
    pub(crate) fn set_actor(&self, name: &str) {
        let mut steps = self.steps();
        steps.actor.clear();
        steps.actor.push_str(name);
    }

    /// Whose turn it is.
    pub(crate) fn actor(&self) -> String {
        self.steps().actor.clone()
    }

    /// What the one whose turn it is does.
    pub(crate) fn note(&self, what: impl AsRef<str>) {
        let mut steps = self.steps();
        let line = format!("{}: {}", steps.actor, what.as_ref());
        steps.lines.push(line);
    }

    pub(crate) fn lines(&self) -> Vec<String> {
        self.steps().lines.clone()
    }

    fn steps(&self) -> MutexGuard<'_, Steps> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
