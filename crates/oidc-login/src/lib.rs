//! OpenID Connect login for Rust web apps as one Tower layer.
//!
//! Add the layer, name the provider and the client, and `Claims` is an argument of your handlers:
//!
//! ```
//! # use axum::{Router, routing::get};
//! use oidc_login::{Claims, ClientConfig, OidcLayer};
//!
//! # fn app() -> Result<Router, oidc_login::ConfigError> {
//! let client = ClientConfig::builder()
//!     .issuer("http://localhost:8080/realms/myRealm")
//!     .public_client("flask-app")
//!     .root_url("http://localhost:5000/")
//!     .valid_redirect_uris(["/*"])
//!     .build()?;
//!
//! let app = Router::new()
//!     .route("/", get(|| async { "open" }))
//!     .route("/secure", get(secure))
//!     .layer(OidcLayer::new(client));
//!
//! async fn secure(claims: Claims) -> String {
//!     format!("Hello, {}!", claims.preferred_username().unwrap_or(claims.sub()))
//! }
//! # Ok(app)
//! # }
//! # tokio::runtime::Runtime::new().unwrap().block_on(async { app().unwrap() });
//! ```
//!
//! Who opens `/secure` is sent to the provider, signs in, and comes back. The layer brings its own
//! endpoints below `/auth`, sessions in memory, and a [`Session`] for the app's own values.
//!
//! | To | use |
//! |---|---|
//! | protect one handler | [`Claims`], or [`Claims<T>`](Claims) with a type of your own |
//! | greet who is signed in, and serve everybody | `Option<Claims>` |
//! | protect many routes, ask for a role | [`RequireLoginLayer`] |
//! | ask for a recent login, or a second factor | [`RequireLoginLayer::max_age`], [`RequireLoginLayer::acr_values`], [`Oidc::require`] |
//! | call another service as the user | [`AccessToken`], refreshed when needed |
//! | build sign-in and sign-out links | [`Oidc`] |
//! | sign visitors in without a question | [`SilentLogin`] |
//! | ask the provider for more at one login | [`LoginParameters`], [`Oidc::login_redirect_with`] |
//! | let users see and end their sessions | [`Oidc::sessions`] |
//! | take a form, or a WebSocket, from the app's own pages only | [`SameOrigin`] |
//! | keep values of the app's own for a visitor or user | [`Session`] |
//! | look users up, refuse some, use other stores and pages | [`RelyingParty::builder`] |
//! | test handlers without a provider | `test::signed_in`, feature `test` |
//!
//! The guides in `docs/` have whole snippets: users in a database, single-page apps, the place of the layer
//! among others, tests.
//!
//! # Features
//!
//! | Feature | Default | |
//! |---|---|---|
//! | `axum` | yes | the extractors, and the peer's address from `ConnectInfo` |
//! | `metrics` | no | counters and a histogram for the `metrics` facade; `docs/operations.md` lists them |
//! | `test` | no | `test::signed_in`, for an app's own tests |

#![cfg_attr(docsrs, feature(doc_cfg))]
#![warn(missing_debug_implementations)]

mod body;
#[cfg(feature = "axum")]
mod extract;
mod future;
mod layer;
mod missing;
mod require_login;
mod service;
#[cfg(feature = "test")]
pub mod test;

pub use body::Body;
#[cfg(feature = "axum")]
pub use extract::{AccessToken, Claims, Oidc, Rejection, SameOrigin};
pub use future::OidcFuture;
pub use layer::OidcLayer;
pub use oidc_login_core::{
    CLAIMS_KEY, ClaimError, ConfigError, DetailSetting, Evidence, HookError, LoginDecision,
    LoginError, LoginErrorKind, Move, Policy, ProviderReadiness, Readiness, RelyingParty,
    RelyingPartyBuilder, RequestContext, SaidByProvider, SessionClaims, Sessions, StoreReadiness,
    VerifiedClaims,
    config::{
        self, AccessTokenRoles, BackgroundRefresh, ClientAuthentication, ClientConfig, ClientKeys,
        ClientSecret, FrontchannelLogout, Lifetimes, ProviderConfig, PushedAuthorizationRequests,
        RedirectUri, ResponseMode, ReturnTo, SilentLogin, StoreEntries, StoreFailure,
        TokenRevocation, TrustedProxies, UserInfo,
    },
    page,
    protocol::{self, LoginParameters, ParameterError, SigningAlgorithm, StandardClaims},
    seams,
    session::{self, Login, LoginStore, MemoryStore, SessionSecrets},
};
#[doc(no_inline)]
pub use oidc_login_core::{async_trait, bytes, http, serde_json, time, tower_sessions_core, url};
pub use require_login::{RequireLogin, RequireLoginFuture, RequireLoginLayer};
pub use service::OidcService;
pub use tower_sessions_core::Session;

/// The snippet of the README compiles.
#[cfg(all(doctest, feature = "axum"))]
#[doc = include_str!("../../../README.md")]
struct Readme;

/// The snippets of the guide compile.
#[cfg(doctest)]
#[doc = include_str!("../../../docs/claims.md")]
struct ClaimsGuide;

/// The snippets of the guide compile.
#[cfg(doctest)]
#[doc = include_str!("../../../docs/client-authentication.md")]
struct ClientAuthenticationGuide;

/// The snippets of the guide compile.
#[cfg(all(doctest, feature = "axum"))]
#[doc = include_str!("../../../docs/step-up.md")]
struct StepUpGuide;

/// The snippet of the guide compiles.
#[cfg(doctest)]
#[doc = include_str!("../../../docs/silent-login.md")]
struct SilentLoginGuide;

/// The snippets of the guide compile.
#[cfg(all(doctest, feature = "axum"))]
#[doc = include_str!("../../../docs/layers.md")]
struct LayersGuide;

/// The snippets of the guide compile.
#[cfg(all(doctest, feature = "axum"))]
#[doc = include_str!("../../../docs/scripts.md")]
struct ScriptsGuide;

/// The snippets of the guide compile.
#[cfg(all(doctest, feature = "axum", feature = "test"))]
#[doc = include_str!("../../../docs/testing.md")]
struct TestingGuide;

/// The snippets of the guide compile.
#[cfg(all(doctest, feature = "axum"))]
#[doc = include_str!("../../../docs/users.md")]
struct UsersGuide;
