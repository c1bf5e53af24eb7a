//! One fact about a failure.

use std::fmt;

/// One fact about a failure: a label and a value, never anything secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Evidence {
    what: &'static str,
    value: String,
}

impl Evidence {
    const MAX_CHARS: usize = 500;

    /// A fact; long values are cut, control characters are dropped.
    pub fn new(what: &'static str, value: impl fmt::Display) -> Self {
        let value = value
            .to_string()
            .chars()
            .filter(|c| !c.is_control())
            .take(Self::MAX_CHARS)
            .collect();
        Self { what, value }
    }

    /// What the value is.
    pub fn what(&self) -> &'static str {
        self.what
    }

    /// The value.
    pub fn value(&self) -> &str {
        &self.value
    }
}
