//! What is wrong with a variable.

use std::fmt;

/// A variable that cannot work: its name, its value, and what is allowed.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum SettingsError {
    Value {
        variable: &'static str,
        value: String,
        allowed: String,
    },
    Unknown {
        variable: String,
        nearest: &'static str,
    },
}

impl SettingsError {
    const SECRET: [&str; 4] = [
        "OIDC_CLIENT_JWKS",
        "OIDC_CLIENT_SECRET",
        "OIDC_SESSION_SECRET",
        "OIDC_SESSION_STORE",
    ];

    pub(super) fn new(variable: &'static str, value: &str, allowed: impl Into<String>) -> Self {
        let is_secret = Self::SECRET.contains(&variable);
        Self::Value {
            variable,
            value: if is_secret { "[redacted]" } else { value }.to_owned(),
            allowed: allowed.into(),
        }
    }
}

impl fmt::Display for SettingsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Value {
                variable,
                value,
                allowed,
            } => write!(f, "{variable} is {value:?}, allowed: {allowed}"),
            Self::Unknown { variable, nearest } => write!(
                f,
                "{variable} is not a variable of this app, the nearest that is: {nearest}"
            ),
        }
    }
}

impl std::error::Error for SettingsError {}
