//! The relying party of oidc-login: OpenID Connect login without a framework and without a runtime.

#![warn(missing_debug_implementations)]

pub mod config;
mod error;
mod flow;
#[cfg(feature = "fuzz")]
#[doc(hidden)]
pub mod fuzzing;
mod hooks;
pub mod page;
pub mod protocol;
mod provider;
mod readiness;
mod relying_party;
pub mod seams;
pub mod session;
mod telemetry;
#[cfg(feature = "test")]
pub mod testing;
mod verified_claims;

pub use error::{ConfigError, Evidence, LoginError, LoginErrorKind, Move, SaidByProvider};
pub use flow::{
    Admitted, CLAIMS_KEY, DetailSetting, MAX_BODY, Policy, RequestContext, SessionClaims,
    plain_error,
};
pub use hooks::{HookError, LoginDecision};
pub use readiness::{ProviderReadiness, Readiness, StoreReadiness};
pub use relying_party::{RelyingParty, RelyingPartyBuilder, Sessions};
pub use verified_claims::{ClaimError, VerifiedClaims};

// What stands in signatures here, so that an app need not find the versions that fit.
#[doc(no_inline)]
pub use async_trait::async_trait;
#[doc(no_inline)]
pub use {bytes, http, serde_json, time, tower_sessions_core, url};
