//! The provider on a socket, for libraries that bring their own HTTP client, and the browser.

use std::{
    net::{Ipv4Addr, SocketAddr},
    time::Duration,
};

use axum::Router;
use benches::side_by_side::Failure;
use oidc_login_dev_provider::{Client, DevProvider};
use oidc_login_tests::{clock::HandClock, user_agent::UserAgent, world};
use tokio::net::TcpListener;

pub(crate) const CLIENT_ID: &str = "app";
pub(crate) const CLIENT_SECRET: &str = "a secret of this bench, 0123456789abcdef";

/// Longer than any run: no token is refreshed while it is measured.
const LIFETIME: Duration = Duration::from_secs(8 * 60 * 60);

/// Where the app and the provider are.
pub(crate) struct Stage {
    /// The app's origin.
    pub(crate) origin: String,
    pub(crate) issuer: String,
    provider: Router,
}

impl Stage {
    /// Starts the provider for the app at this address.
    pub(crate) async fn open(app: SocketAddr) -> Result<Self, Failure> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let issuer = format!("http://{}", listener.local_addr()?);
        // Another name than the provider's, so that neither gets the other's cookies.
        let origin = format!("http://localhost:{}", app.port());
        let client = Client::confidential(CLIENT_ID, CLIENT_SECRET);
        let provider = DevProvider::builder()
            .issuer(&issuer)
            .user(benches::alice())
            .client(client.valid_redirect_uris([format!("{origin}/*")]))
            .access_token_lifetime(LIFETIME)
            .id_token_lifetime(LIFETIME)
            .build()?
            .router();
        let served = axum::serve(listener, provider.clone());
        tokio::spawn(async move { served.await });
        Ok(Self {
            origin,
            issuer,
            provider,
        })
    }

    /// Signs alice in, by this path of the app, and gives the app's cookies as they stand in a
    /// request.
    pub(crate) async fn sign_in(&self, app: &Router, path: &str) -> String {
        let sites = [
            (self.origin.clone(), app.clone()),
            (self.issuer.clone(), self.provider.clone()),
        ];
        let mut browser = UserAgent::new(sites, HandClock::new());
        let form = browser.open(&format!("{}{path}", self.origin)).await;
        let callback = world::fill_in(&mut browser, &form, "alice").await;
        browser.open(&callback).await;
        browser.cookie_line("localhost")
    }
}
