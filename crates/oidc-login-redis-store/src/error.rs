//! What can go wrong, without anything secret in it.

use oidc_login_core::session::StoreError;
use redis::RedisError;
use tower_sessions_core::session_store;

/// The settings of a store cannot be used. The text holds neither the address nor its password.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RedisConfigError {
    /// The address is none: `redis://[user:password@]host[:port][/database]`, `rediss://` for TLS.
    #[error("the address of redis cannot be read, expected redis://… or rediss://…")]
    Url,
    /// The certificate of the authority cannot be read.
    #[error("the root certificate for redis cannot be read, expected PEM")]
    RootCertificate,
}

/// Why the server gave no answer that counts.
#[derive(Clone, Debug, thiserror::Error)]
pub(crate) enum Failure {
    #[error("redis did not answer in time")]
    Timeout,
    #[error("too many requests wait for redis already")]
    Busy,
    #[error("redis could not be reached a moment ago")]
    Unreachable,
    #[error("the connection to redis failed: {0}")]
    Connection(&'static str),
    /// The server's own words may hold what we sent, so its code has to do.
    #[error("redis refused: {category} ({code})")]
    Refused { category: String, code: String },
    #[error("the values cannot be written as JSON")]
    Values,
}

impl From<RedisError> for Failure {
    fn from(error: RedisError) -> Self {
        if error.is_timeout() {
            return Self::Timeout;
        }
        if error.is_connection_refusal() {
            return Self::Connection("nobody listens there");
        }
        if error.is_io_error() || error.is_connection_dropped() {
            return Self::Connection("it could not be made, or ended");
        }
        Self::Refused {
            category: error.category().to_owned(),
            code: error.code().unwrap_or("no code").to_owned(),
        }
    }
}

impl From<Failure> for StoreError {
    fn from(failure: Failure) -> Self {
        Self::new(failure)
    }
}

impl From<Failure> for session_store::Error {
    fn from(failure: Failure) -> Self {
        Self::Backend(failure.to_string())
    }
}
