//! The app with a provider that can be bent.

use axum::Router;
use oidc_login::{
    OidcLayer, RelyingParty, RelyingPartyBuilder,
    config::{ClientConfigBuilder, ProviderConfigBuilder},
};
use serde_json::json;
use url::Url;

use super::HostileProvider;
use crate::{
    clock::HandClock,
    user_agent::{Page, UserAgent},
    world::{APP, ISSUER, client_at, provider_config, routes},
};

/// The tutorial's app and a provider that can be bent. The browser never opens the provider's
/// pages: [`HostileProvider::answer`] plays them.
pub struct HostileWorld {
    /// The app, layer and all.
    pub app: Router,
    /// The provider.
    pub provider: HostileProvider,
    /// The clock of both.
    pub clock: HandClock,
    /// A browser that knows the app.
    pub browser: UserAgent,
}

impl HostileWorld {
    /// The tutorial's app, with every default.
    pub fn new() -> Self {
        Self::with(|client| client, |relying_party| relying_party)
    }

    /// Signs a user in, in a browser of their own, with a session of this name at the provider; the browser.
    pub async fn sign_in_with_sid(&mut self, user: &str, sid: &str) -> UserAgent {
        self.browser = self.browser.other_browser();
        let sid = sid.to_owned();
        self.provider
            .bend_id_token(move |token| token.claims["sid"] = json!(sid));
        self.sign_in(user, "/secure").await;
        self.provider.be_honest();
        assert_eq!(self.greeting().await, format!("hello {user}"));
        self.browser.clone()
    }

    /// Another client, or other settings.
    pub fn with(
        client_settings: impl FnOnce(ClientConfigBuilder) -> ClientConfigBuilder,
        settings: impl FnOnce(RelyingPartyBuilder) -> RelyingPartyBuilder,
    ) -> Self {
        Self::with_routes(client_settings, |builder, _| settings(builder), routes())
    }

    /// Another client, other settings, other routes.
    pub fn with_routes(
        client_settings: impl FnOnce(ClientConfigBuilder) -> ClientConfigBuilder,
        settings: impl FnOnce(RelyingPartyBuilder, &HandClock) -> RelyingPartyBuilder,
        routes: Router,
    ) -> Self {
        let client = |provider| client_settings(client_at(provider));
        Self::put_together(client, settings, routes)
    }

    /// The tutorial's app, with the provider known otherwise.
    pub fn at(known: impl FnOnce(ProviderConfigBuilder) -> ProviderConfigBuilder) -> Self {
        let client = |provider| client_at(known(provider));
        Self::put_together(client, |builder, _| builder, routes())
    }

    fn put_together(
        client: impl FnOnce(ProviderConfigBuilder) -> ClientConfigBuilder,
        settings: impl FnOnce(RelyingPartyBuilder, &HandClock) -> RelyingPartyBuilder,
        routes: Router,
    ) -> Self {
        let clock = HandClock::new();
        let provider = HostileProvider::new(&clock);
        let client = client(provider_config(provider.clone()));
        let client = client.build().expect("a client");
        let builder = RelyingParty::builder(client).clock(clock.clone());
        let relying_party = settings(builder, &clock).build().expect("a relying party");
        let app = routes.layer(OidcLayer::new(relying_party));
        let browser = UserAgent::new([(APP.to_owned(), app.clone())], clock.clone());
        Self {
            app,
            provider,
            clock,
            browser,
        }
    }

    /// Begins a login at a guarded page: the URL the browser is sent to.
    pub async fn begin(&mut self, path: &str) -> Url {
        to_provider(&mut self.browser, &format!("{APP}{path}")).await
    }

    /// Everything of a login up to the provider's answer: the URL the browser is sent back to.
    pub async fn to_callback(&mut self, user: &str, path: &str) -> Url {
        let authorization_url = self.begin(path).await;
        self.provider.answer(&authorization_url, user)
    }

    /// The same from the sign-in link, for a browser that may be signed in already.
    pub async fn to_callback_again(&mut self, user: &str, path: &str) -> Url {
        self.to_callback(user, &location_of_login(path)).await
    }

    /// Signs a user in, and ends on the page.
    pub async fn sign_in(&mut self, user: &str, path: &str) -> Page {
        let callback = self.to_callback_again(user, path).await;
        self.browser.open(callback.as_str()).await
    }

    /// What the app says to whoever uses this browser.
    pub async fn greeting(&mut self) -> String {
        self.browser.open(&format!("{APP}/hello")).await.text()
    }
}

impl Default for HostileWorld {
    fn default() -> Self {
        Self::new()
    }
}

/// The sign-in link that leads to a path afterwards.
pub fn location_of_login(return_to: &str) -> String {
    let encoded: String = url::form_urlencoded::byte_serialize(return_to.as_bytes()).collect();
    format!("/auth/login?return_to={encoded}")
}

/// Follows redirects until one leads to the provider, and gives its URL.
pub async fn to_provider(browser: &mut UserAgent, url: &str) -> Url {
    let mut page = browser.get(url).await;
    for _ in 0..5 {
        let Some(location) = page.location() else {
            panic!("no login at {}: {} {}", page.url, page.status, page.text());
        };
        if location.as_str().starts_with(ISSUER) {
            return location;
        }
        page = browser.get(location.as_str()).await;
    }
    panic!("no login at {url}, the last page was {}", page.url);
}
