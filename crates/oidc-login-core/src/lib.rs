//! The relying party of oidc-login: OpenID Connect login without a framework and without a runtime.
//!
//! An app on axum, or on anything else that takes tower layers, uses the crate `oidc-login`, which has all of this and
//! the layer. This crate is for adapters to other frameworks, for stores, and for whoever needs a single piece, such
//! as [`protocol::id_token::verify`].
//!
//! An adapter translates. For every request it does this:
//!
//! ```
//! use oidc_login_core::{RelyingParty, bytes::Bytes, http::{Request, Response}};
//!
//! async fn handle(
//!     relying_party: &RelyingParty,
//!     mut request: Request<Bytes>,
//!     app: impl AsyncFnOnce(Request<Bytes>) -> Response<Bytes>,
//! ) -> Response<Bytes> {
//!     let context = relying_party.context(&request, request.uri(), None);
//!     if let Some(endpoint) = context.endpoint() {
//!         let (parts, body) = request.into_parts();
//!         return context.serve(endpoint, &parts, Ok(body)).await;
//!     }
//!     let session = match context.enter(request.extensions_mut()) {
//!         Ok(session) => session,
//!         Err(error) => return context.error_response(error, request.headers()),
//!     };
//!     let mut response = app(request).await;
//!     if let Some(session) = session.filter(|session| context.is_unsettled(session))
//!         && let Err(error) = context.settle(&session, response.status()).await
//!     {
//!         return context.unfinished(error, response.headers());
//!     }
//!     context.finish(response.headers_mut());
//!     response
//! }
//! ```
//!
//! The app finds the [`RequestContext`], as an `Arc`, in the request's extensions; guards and extractors ask it
//! ([`admit`](RequestContext::admit), [`login`](RequestContext::login)). Where the app brings sessions of its own,
//! [`admit_with_app_session`](RequestContext::admit_with_app_session) comes before the app as well, and a client that
//! hangs up is told to [`abandon`](RequestContext::abandon).
//!
//! | Module | What is there |
//! |---|---|
//! | [`config`] | the client and its provider, in the words of the provider's console |
//! | [`protocol`] | OpenID Connect as pure functions: verifying tokens, keys, the claims |
//! | [`session`] | what is kept of a user, and the trait [`LoginStore`](session::LoginStore) for where |
//! | [`page`] | our pages, and the trait for your own |
//! | [`seams`] | clock, chance, tasks, timer, and the way to the provider |
//!
//! # Features
//!
//! | Feature | Default | |
//! |---|---|---|
//! | `tokio` | yes | requests to the provider by reqwest, tasks and timers by tokio |
//! | `metrics` | no | counters and a histogram for the `metrics` facade |
//! | `test` | no | `testing::signed_in`, and `session::contract` for stores |

#![cfg_attr(docsrs, feature(doc_cfg))]
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
