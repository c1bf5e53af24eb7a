//! What is wrong with the settings, or with the port.

use std::{io, net::SocketAddr};

/// A setting that the provider refuses: which one, what was given, and what is allowed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{setting}: {value}: {allowed}")]
pub struct ConfigError {
    setting: String,
    value: String,
    allowed: String,
}

impl ConfigError {
    pub(crate) fn new(
        setting: impl Into<String>,
        value: impl AsRef<str>,
        allowed: impl Into<String>,
    ) -> Self {
        Self {
            setting: setting.into(),
            value: format!("`{}`", value.as_ref().escape_debug()),
            allowed: allowed.into(),
        }
    }

    /// For a value that nobody may read: a password, a client secret.
    pub(crate) fn redacted(setting: impl Into<String>, allowed: impl Into<String>) -> Self {
        Self {
            setting: setting.into(),
            value: "[redacted]".into(),
            allowed: allowed.into(),
        }
    }

    /// The setting's name, as in the builder: `client(flask-app).valid_redirect_uris`.
    pub fn setting(&self) -> &str {
        &self.setting
    }

    /// What was given, quoted; `[redacted]` for passwords and secrets.
    pub fn value(&self) -> &str {
        &self.value
    }

    /// What would have been accepted.
    pub fn allowed(&self) -> &str {
        &self.allowed
    }
}

/// Why the provider does not listen.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ServeError {
    /// A setting is wrong.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The address can be reached by others.
    #[error(
        "refusing to listen on {0}: this provider is for development on one machine and its passwords are no secret; \
         listen on 127.0.0.1 or [::1], or call `dangerous_listen_on` on the builder if you mean it"
    )]
    NotLoopback(SocketAddr),
    /// Another program listens there already.
    #[error(
        "{address} is taken by another program: stop it (`lsof -i :{port}` or `ss -ltnp` shows it), or choose another port in the issuer \
         (on macOS, AirPlay sits on 5000 and 7000)",
        port = address.port()
    )]
    PortTaken {
        /// The address that was asked for.
        address: SocketAddr,
        /// What the system answered.
        source: io::Error,
    },
    /// The system refused the address for another reason.
    #[error("cannot listen on {address}")]
    Listen {
        /// The address that was asked for.
        address: SocketAddr,
        /// What the system answered.
        source: io::Error,
    },
    /// The server stopped by itself.
    #[error("the server stopped")]
    Stopped(#[source] io::Error),
}
