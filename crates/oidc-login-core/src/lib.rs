//! The relying party of oidc-login: OpenID Connect login without a framework and without a runtime.

pub mod config;
mod error;
pub mod page;
pub mod protocol;
mod provider;
pub mod seams;
pub mod session;

pub use error::{ConfigError, Evidence, LoginError, LoginErrorKind, Move, SaidByProvider};
