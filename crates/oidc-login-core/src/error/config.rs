//! What is wrong with the configuration.

use std::fmt;

/// A setting that cannot work, found while building.
///
/// Names the setting, the value it has, and what is allowed.
#[derive(Debug)]
pub struct ConfigError {
    setting: &'static str,
    value: String,
    allowed: String,
    source: Option<Box<dyn std::error::Error + Send + Sync>>,
}

impl ConfigError {
    /// A setting with a value that is not allowed.
    pub fn new(
        setting: &'static str,
        value: impl Into<String>,
        allowed: impl Into<String>,
    ) -> Self {
        Self {
            setting,
            value: value.into(),
            allowed: allowed.into(),
            source: None,
        }
    }

    /// A setting that must be there and is not.
    pub fn missing(setting: &'static str, allowed: impl Into<String>) -> Self {
        Self::new(setting, "nothing", allowed)
    }

    /// Adds the cause.
    pub fn with_source(mut self, source: impl std::error::Error + Send + Sync + 'static) -> Self {
        self.source = Some(Box::new(source));
        self
    }

    /// The name of the setting.
    pub fn setting(&self) -> &'static str {
        self.setting
    }

    /// The value it has; `[redacted]` where it is a secret.
    pub fn value(&self) -> &str {
        &self.value
    }

    /// What is allowed.
    pub fn allowed(&self) -> &str {
        &self.allowed
    }
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} is {:?}, allowed: {}",
            self.setting, self.value, self.allowed
        )
    }
}

impl std::error::Error for ConfigError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.source
            .as_deref()
            .map(|source| source as &(dyn std::error::Error + 'static))
    }
}
