//! The relying party of oidc-login: OpenID Connect login without a framework and without a runtime.

pub mod config;
pub mod protocol;
