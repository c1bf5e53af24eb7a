//! An [OpenID Connect](https://openid.net/connect/) provider to embed in a demo or a test, so that an app can be signed in to with nothing else installed.
//!
//! **Not for production.** Its users, passwords and sessions are in memory, its passwords are shown on its sign-in page, and its
//! keys are new at each start.
//!
//! ```no_run
//! use oidc_login_dev_provider::{Client, DevProvider, User};
//!
//! # async fn run() -> Result<(), oidc_login_dev_provider::ServeError> {
//! let running = DevProvider::builder()
//!     .issuer("http://localhost:5001")
//!     .user(User::new("alice", "alice").role("admin"))
//!     .client(Client::public("flask-app").valid_redirect_uris(["http://localhost:5000/*"]))
//!     .bind()
//!     .await?
//!     .spawn();
//! println!("sign in at {}", running.provider().issuer());
//! # Ok(()) }
//! ```
//!
//! An app that asks for `acr_values=2` gets a second factor: the sign-in page then has a field for a one-time code, which is
//! `123456` for everybody. Whoever leaves it empty signs in with `acr` 1, as everybody else does: providers may. `max_age` and
//! `prompt` make it ask again, and `prompt=none` never. An app that says `prompt=consent`, or is registered with
//! [`Client::consent_required`], gets a page between sign-in and answer that names what it asks for, with *Allow* and *Deny*.
//!
//! In a test no socket is needed: [`DevProvider::router`] is a tower service. Requests to it carry the issuer's host, and the
//! test moves the clock ([`DevProviderBuilder::clock`]) and the requests ([`DevProvider::control`]) by hand. [`Control::sign_in`]
//! signs a user in without the page.
//!
//! # See what your app does when its provider lies
//!
//! The provider of a login is not always the one it seems to be, and not always in order. [`Control::bend`] lets this one tell
//! a lie of [`Bend`], one at a time and everything else honestly; [`Control::straighten`] takes it back. Each says which section
//! of the specification lets an app refuse it. A test goes through all of them:
//!
//! ```
//! # use oidc_login_dev_provider::{Bend, DevProvider};
//! # async fn log_in() -> Result<(), String> { Err("refused".into()) }
//! # async fn test(provider: DevProvider) {
//! for &bend in Bend::ALL {
//!     provider.control().bend(bend);
//!     assert!(log_in().await.is_err(), "{bend}");
//! }
//! # }
//! ```
//!
//! Some need more than a login: an app that asks for `acr_values` or `max_age`, a refresh, a sign-out here. To look at the
//! pages, start the program of this crate with `--bend id-token-nonce`; a name that is unknown lists all.
//!
//! # What it does
//!
//! It does the authorization code flow with PKCE (S256), pushed authorization requests, refresh tokens and their
//! revocation, userinfo, RP-initiated logout, and the news of it to all apps of the session, as
//! [OpenID Connect Core](https://openid.net/specs/openid-connect-core-1_0.html),
//! [RFC 9126](https://www.rfc-editor.org/rfc/rfc9126), [RFC 7009](https://www.rfc-editor.org/rfc/rfc7009),
//! [RP-Initiated](https://openid.net/specs/openid-connect-rpinitiated-1_0.html),
//! [Front-Channel](https://openid.net/specs/openid-connect-frontchannel-1_0.html) and
//! [Back-Channel Logout](https://openid.net/specs/openid-connect-backchannel-1_0.html) describe them.

#![cfg_attr(docsrs, feature(doc_cfg))]
#![warn(missing_debug_implementations)]

mod acr;
mod apps;
mod authorization_request;
mod authorization_response;
mod bend;
mod bounded;
mod builder;
mod claims;
mod client;
mod client_assertion;
mod client_authentication;
mod consent;
mod control;
mod cookies;
mod csrf;
mod end_session_request;
mod endpoints;
mod error;
mod grants;
mod id_token_hint;
mod issuer;
mod jwt;
mod keys;
mod logout_uris;
mod oauth_error;
mod pages;
mod params;
mod pkce;
mod provider;
mod pushed_requests;
mod redirect;
mod redirect_uris;
mod scope;
mod seams;
mod serve;
mod sessions;
mod sign_in_without_page;
mod tokens;
mod user;

use std::{fmt, sync::Arc};

pub use crate::{
    bend::{Bend, UnknownBend},
    builder::DevProviderBuilder,
    client::{Client, ClientAuthentication},
    control::{Control, Endpoint, Gate, Hold},
    error::{ConfigError, ServeError},
    keys::{SigningAlgorithm, SigningKeys},
    pushed_requests::PushedRequests,
    serve::{Listening, Running},
    sign_in_without_page::SignInError,
    tokens::{ExpiresIn, RefreshRotation, RefreshTokens},
    user::User,
};

/// A provider for development. Clones are the same provider.
#[derive(Clone)]
pub struct DevProvider(Arc<provider::Provider>);

impl DevProvider {
    /// Begins with the default settings; only a client must be added.
    pub fn builder() -> DevProviderBuilder {
        DevProviderBuilder::default()
    }

    /// The issuer, exactly as written in the settings.
    pub fn issuer(&self) -> &str {
        self.0.settings.issuer.as_str()
    }

    /// All endpoints as a tower service. It answers to the issuer's host only, 421 otherwise, and expects the issuer's path in front.
    pub fn router(&self) -> axum::Router {
        endpoints::router(Arc::clone(&self.0))
    }

    /// What a test may do to it while it runs.
    pub fn control(&self) -> Control {
        Control(Arc::clone(&self.0))
    }
}

impl fmt::Debug for DevProvider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DevProvider")
            .field("issuer", &self.issuer())
            .finish_non_exhaustive()
    }
}
