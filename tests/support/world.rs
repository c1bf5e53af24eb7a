//! An app and a provider in one process.

use axum::{Router, routing::get};
use oidc_login::{
    Claims, ClientConfig, OidcLayer, ProviderConfig, RelyingParty, RelyingPartyBuilder,
    RequireLoginLayer,
    config::{ClientConfigBuilder, ProviderConfigBuilder},
    seams::HttpClient,
};
use oidc_login_dev_provider::{Client, DevProvider, DevProviderBuilder, SigningKeys, User};
use std::sync::OnceLock;
use url::Url;

use crate::{
    clock::HandClock,
    user_agent::{Page, UserAgent},
    wire::Wire,
};

/// The app's origin.
pub const APP: &str = "http://localhost:5000";
/// The provider's issuer.
pub const ISSUER: &str = "http://localhost:5001";

/// An app with one open and several guarded routes, and the development provider.
pub struct World {
    /// The app, layer and all.
    pub app: Router,
    /// The provider.
    pub provider: DevProvider,
    /// The clock of both.
    pub clock: HandClock,
    /// A browser that knows both.
    pub browser: UserAgent,
}

/// The tutorial's provider, reached through this client.
pub fn provider_config(http_client: impl HttpClient) -> ProviderConfigBuilder {
    ProviderConfig::builder()
        .issuer(ISSUER)
        .http_client(http_client)
}

/// The tutorial's client at a provider reached through this client.
pub fn client(http_client: impl HttpClient) -> ClientConfigBuilder {
    client_at(provider_config(http_client))
}

/// The tutorial's client at a provider.
pub fn client_at(provider: ProviderConfigBuilder) -> ClientConfigBuilder {
    ClientConfig::builder()
        .provider(provider.build().expect("a provider"))
        .public_client("flask-app")
        .root_url(format!("{APP}/"))
        .valid_redirect_uris(["/*"])
}

/// The development provider with alice (admin) and bob.
pub fn provider(clock: &HandClock) -> DevProviderBuilder {
    let clock = clock.clone();
    DevProvider::builder()
        .issuer(ISSUER)
        .user(User::new("alice", "alice").role("admin"))
        .user(User::new("bob", "bob"))
        .client(Client::public("flask-app").valid_redirect_uris([format!("{APP}/*")]))
        .keys(keys())
        .clock(move || oidc_login::seams::Clock::now(&clock))
}

/// Signing keys. Making an RSA key takes long, so all tests of a program share one.
pub fn keys() -> SigningKeys {
    static KEYS: OnceLock<SigningKeys> = OnceLock::new();
    KEYS.get_or_init(|| SigningKeys::generate().expect("keys"))
        .clone()
}

/// The routes of the app.
pub fn routes() -> Router {
    Router::new()
        .route("/", get(|| async { "open" }))
        .route("/hello", get(hello))
        .route("/secure", get(secure).post(secure))
        .route(
            "/admin",
            get(|| async { "for admins" }).route_layer(RequireLoginLayer::role("admin")),
        )
}

async fn hello(claims: Option<Claims>) -> String {
    match claims {
        Some(claims) => format!("hello {}", claims.preferred_username().unwrap_or_default()),
        None => "hello stranger".to_owned(),
    }
}

async fn secure(claims: Claims) -> String {
    format!("secure {}", claims.preferred_username().unwrap_or_default())
}

impl World {
    /// The tutorial's app, with every default.
    pub fn new() -> Self {
        Self::with(|client| client, |relying_party| relying_party, routes())
    }

    /// Another client, other settings, or other routes.
    pub fn with(
        client_settings: impl FnOnce(ClientConfigBuilder) -> ClientConfigBuilder,
        settings: impl FnOnce(RelyingPartyBuilder) -> RelyingPartyBuilder,
        routes: Router,
    ) -> Self {
        Self::assemble(
            |provider| provider,
            client_settings,
            |builder, _| {
                let relying_party = settings(builder).build().expect("a relying party");
                routes.layer(OidcLayer::new(relying_party))
            },
        )
    }

    /// Another provider, another client, or another app altogether.
    pub fn assemble(
        provider_settings: impl FnOnce(DevProviderBuilder) -> DevProviderBuilder,
        client_settings: impl FnOnce(ClientConfigBuilder) -> ClientConfigBuilder,
        app: impl FnOnce(RelyingPartyBuilder, &HandClock) -> Router,
    ) -> Self {
        let client = |provider| client_settings(client_at(provider));
        Self::put_together(provider_settings, client, app)
    }

    /// The tutorial's app at another provider, or one that it knows otherwise.
    pub fn at(
        provider_settings: impl FnOnce(DevProviderBuilder) -> DevProviderBuilder,
        known: impl FnOnce(ProviderConfigBuilder) -> ProviderConfigBuilder,
    ) -> Self {
        let client = |provider| client_at(known(provider));
        Self::put_together(provider_settings, client, |builder, _| {
            let relying_party = builder.build().expect("a relying party");
            routes().layer(OidcLayer::new(relying_party))
        })
    }

    fn put_together(
        provider_settings: impl FnOnce(DevProviderBuilder) -> DevProviderBuilder,
        client: impl FnOnce(ProviderConfigBuilder) -> ClientConfigBuilder,
        app: impl FnOnce(RelyingPartyBuilder, &HandClock) -> Router,
    ) -> Self {
        let clock = HandClock::new();
        let provider = provider_settings(provider(&clock));
        let provider = provider.build().expect("a provider");
        let client = client(provider_config(Wire(provider.router())));
        let client = client.build().expect("a client");
        let app = app(RelyingParty::builder(client).clock(clock.clone()), &clock);
        let sites = [
            (APP.to_owned(), app.clone()),
            (ISSUER.to_owned(), provider.router()),
        ];
        Self {
            browser: UserAgent::new(sites, clock.clone()),
            app,
            provider,
            clock,
        }
    }

    /// Signs a user in, as a person would, and ends on `path`.
    pub async fn sign_in(&mut self, user: &str, path: &str) -> Page {
        sign_in(&mut self.browser, user, path).await
    }
}

impl Default for World {
    fn default() -> Self {
        Self::new()
    }
}

/// Opens a guarded page, fills in the provider's form, and comes back.
pub async fn sign_in(browser: &mut UserAgent, user: &str, path: &str) -> Page {
    let location = to_callback(browser, user, path).await;
    browser.open(&location).await
}

/// Everything of a login up to the provider's answer: the URL the browser is sent to with it.
pub async fn to_callback(browser: &mut UserAgent, user: &str, path: &str) -> String {
    let form = browser.open(&format!("{APP}{path}")).await;
    fill_in(browser, &form, user).await
}

/// Fills in the provider's form, and allows what the app asks for; the answer leads back to the app.
pub async fn fill_in(browser: &mut UserAgent, form: &Page, user: &str) -> String {
    let text = form.text();
    assert!(
        text.contains("name=\"password\""),
        "no sign-in form at {}: {text}",
        form.url
    );
    let mut answer = send_form(browser, form, &[("username", user), ("password", user)]).await;
    if answer.text().contains("value=\"allow\"") {
        answer = send_form(browser, &answer, &[("action", "allow")]).await;
    }
    let location = answer.location();
    location
        .unwrap_or_else(|| panic!("no way back: {} {}", answer.status, answer.text()))
        .into()
}

/// Sends the first form of a page with these fields besides its hidden ones, without following redirects.
pub async fn send_form(browser: &mut UserAgent, page: &Page, fields: &[(&str, &str)]) -> Page {
    let (action, hidden) = form(page);
    let hidden = hidden
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()));
    let fields: Vec<(&str, &str)> = hidden.chain(fields.iter().copied()).collect();
    browser.post(action.as_str(), &fields).await
}

/// Where the first form of a page leads, and its hidden fields.
pub fn form(page: &Page) -> (Url, Vec<(String, String)>) {
    let text = page.text();
    let action = text
        .split_once("action=\"")
        .map(|(_, rest)| rest.split('"').next().unwrap_or(""));
    let action = action.unwrap_or_default().replace("&amp;", "&");
    let action = page.url.join(&action).expect("a URL");
    (action, hidden_fields(&text))
}

fn hidden_fields(html: &str) -> Vec<(String, String)> {
    let value = |tag: &str, name: &str| {
        let rest = tag.split_once(&format!("{name}=\""))?.1;
        Some(
            rest.split('"')
                .next()?
                .replace("&amp;", "&")
                .replace("&#38;", "&"),
        )
    };
    html.split("<input")
        .skip(1)
        .map(|rest| rest.split('>').next().unwrap_or_default())
        .filter(|tag| tag.contains("type=\"hidden\""))
        .filter_map(|tag| Some((value(tag, "name")?, value(tag, "value")?)))
        .collect()
}
