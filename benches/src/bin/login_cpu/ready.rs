//! Logins that only the app has something left to do for.

use axum::{Router, body::Body};
use benches::{AtCallback, BareSignature, LeastLogin, OneClient, Rehearsed, World, new_session};
use bytes::Bytes;
use http::Request;
use oidc_login_dev_provider::SigningKeys;
use tokio::runtime::Runtime;
use tower::ServiceExt as _;

/// An app without sessions, and browsers on their way to its callback.
pub(crate) struct Ready {
    pub(crate) app: Router,
    /// To warm up: the app asks for the provider's metadata and keys.
    pub(crate) first: Login,
    pub(crate) logins: Vec<Login>,
}

/// One login.
pub(crate) struct Login {
    /// The request of the callback.
    pub(crate) callback: Request<Body>,
    /// What its ID token is signed with.
    pub(crate) signature: BareSignature,
    /// The least that can be done with the same tokens.
    pub(crate) least: LeastLogin,
}

impl Ready {
    /// Has the provider do all it has to for so many logins.
    pub(crate) fn new(
        runtime: &Runtime,
        client: OneClient,
        keys: SigningKeys,
        logins: usize,
    ) -> Self {
        let rehearsed = Rehearsed::new(client, keys);
        let app = |world: &World| Router::new().layer(world.layer());
        let rehearsal = app(&rehearsed.rehearsal);
        let jwks = runtime.block_on(rehearsed.rehearsal.jwks());
        let login = || {
            let login = Login::new(client, &rehearsed.rehearsal, &rehearsal, &jwks);
            runtime.block_on(login)
        };
        Self {
            app: app(&rehearsed.performance),
            first: login(),
            logins: (0..logins).map(|_| login()).collect(),
        }
    }
}

impl Login {
    async fn new(client: OneClient, world: &World, rehearsal: &Router, jwks: &Bytes) -> Self {
        let browser = AtCallback::of(world.browser(rehearsal.clone())).await;
        let Ok(answer) = rehearsal.clone().oneshot(browser.request()).await;
        let login = world.login(new_session(&answer)).await;
        Self {
            callback: browser.request(),
            signature: BareSignature::of(client, login.id_token().secret(), jwks),
            least: LeastLogin::of(client, &login, jwks),
        }
    }
}
