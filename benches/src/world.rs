//! The provider and the relying party of every measurement, in this process.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use axum::{Router, body::Body};
use bytes::Bytes;
use http::{Request, Response};
use http_body_util::BodyExt as _;
use oidc_login::{
    ClientConfig, Login, OidcLayer, ProviderConfig, RelyingParty, SessionSecrets,
    config::{ClientConfigBuilder, UserInfo},
    seams::{Clock as _, HttpClient, HttpError},
};
use oidc_login_dev_provider::{
    Client, DevProvider, DevProviderBuilder, SigningAlgorithm, SigningKeys,
};
use oidc_login_redis_store::RedisStore;
use oidc_login_tests::{
    clock::HandClock,
    user_agent::UserAgent,
    wire::{self, Wire},
    world,
};
use serde_json::Value;
use url::Url;

use crate::{counting::Others, request::get, told::Told, user::alice};

/// The app's origin.
pub const APP: &str = "http://localhost:5000";
/// The provider's issuer.
pub const ISSUER: &str = "http://localhost:5001";

/// A client of the provider: they differ in the algorithm of their ID tokens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OneClient {
    /// RS256, 2048 bits: what providers use unless told otherwise.
    Rs256,
    /// ES256.
    Es256,
}

impl OneClient {
    fn id(self) -> &'static str {
        match self {
            Self::Rs256 => "app-rs256",
            Self::Es256 => "app-es256",
        }
    }

    fn registration(self) -> Client {
        let algorithm = match self {
            Self::Rs256 => SigningAlgorithm::Rs256,
            Self::Es256 => SigningAlgorithm::Es256,
        };
        Client::public(self.id())
            .valid_redirect_uris([format!("{APP}/*")])
            .backchannel_logout_uri(format!("{APP}/auth/backchannel-logout"))
            .id_token_signed_response_alg(algorithm)
    }
}

/// One provider and one client of it.
pub struct World {
    provider: DevProvider,
    relying_party: RelyingParty,
    told: Told,
}

/// A browser that knows the app and the provider.
pub type Browser = UserAgent;

impl World {
    /// With a memory store.
    ///
    /// # Panics
    /// When the settings here are wrong.
    pub fn new(client: OneClient, keys: SigningKeys) -> Self {
        Self::with(
            client,
            keys,
            |provider| provider,
            |client| client,
            ClientConfig::into,
        )
    }

    /// With an app that keeps no values of its own.
    ///
    /// # Panics
    /// When the settings here are wrong.
    pub fn with_logins_only(client: OneClient, keys: SigningKeys) -> Self {
        let relying_party = |client| RelyingParty::builder(client).logins_only().build();
        Self::with(
            client,
            keys,
            |provider| provider,
            |client| client,
            |client| relying_party(client).expect("a relying party"),
        )
    }

    /// With an app that asks userinfo at every login.
    ///
    /// # Panics
    /// When the settings here are wrong.
    pub fn with_userinfo(client: OneClient, keys: SigningKeys) -> Self {
        Self::with(
            client,
            keys,
            |provider| provider,
            |client| client.userinfo(UserInfo::Always),
            ClientConfig::into,
        )
    }

    /// With a clock that is moved by hand.
    ///
    /// # Panics
    /// When the settings here are wrong.
    pub fn with_clock(client: OneClient, keys: SigningKeys, clock: &HandClock) -> Self {
        let providers = clock.clone();
        Self::with(
            client,
            keys,
            |provider| provider.clock(move || providers.now()),
            |client| client,
            |client| {
                let relying_party = RelyingParty::builder(client).clock(clock.clone());
                relying_party.build().expect("a relying party")
            },
        )
    }

    /// With the sessions in the Redis at this address, asked at most this often about each.
    ///
    /// # Panics
    /// When the address is none.
    pub fn with_redis(
        client: OneClient,
        keys: SigningKeys,
        url: String,
        cache_time: Duration,
    ) -> Self {
        let store = RedisStore::new(url).expect("the address of a Redis");
        let secrets = SessionSecrets::from_bytes([[1; 32]]).expect("a secret");
        Self::with(
            client,
            keys,
            |provider| provider,
            |client| client,
            |client| {
                RelyingParty::builder(client)
                    .session_secrets(secrets)
                    .login_cache_time(cache_time)
                    .login_store(store.clone())
                    .session_store(store)
                    .build()
                    .expect("a relying party")
            },
        )
    }

    fn with(
        client: OneClient,
        keys: SigningKeys,
        provider_settings: impl FnOnce(DevProviderBuilder) -> DevProviderBuilder,
        client_settings: impl FnOnce(ClientConfigBuilder) -> ClientConfigBuilder,
        relying_party: impl FnOnce(ClientConfig) -> RelyingParty,
    ) -> Self {
        let (provider, told) = provider_of(client, keys, provider_settings);
        let way = OthersWire(Wire(provider.router()));
        Self::of(provider, told, client, way, client_settings, relying_party)
    }

    /// Of a provider that there is, and with this way to it.
    pub(crate) fn of(
        provider: DevProvider,
        told: Told,
        client: OneClient,
        way: impl HttpClient + 'static,
        client_settings: impl FnOnce(ClientConfigBuilder) -> ClientConfigBuilder,
        relying_party: impl FnOnce(ClientConfig) -> RelyingParty,
    ) -> Self {
        let settings = ProviderConfig::builder()
            .issuer(ISSUER)
            .http_client(way)
            .build()
            .expect("a provider's settings");
        let client = ClientConfig::builder()
            .provider(settings)
            .public_client(client.id())
            .root_url(format!("{APP}/"))
            .valid_redirect_uris(["/*"]);
        let client = client_settings(client).build().expect("a client");
        Self {
            provider,
            relying_party: relying_party(client),
            told,
        }
    }

    /// The layer; all of them are of one relying party.
    pub fn layer(&self) -> OidcLayer {
        OidcLayer::new(self.relying_party.clone())
    }

    /// The relying party.
    pub fn relying_party(&self) -> &RelyingParty {
        &self.relying_party
    }

    /// The provider's routes.
    pub fn provider(&self) -> Router {
        self.provider.router()
    }

    /// The provider's public keys, as it publishes them.
    ///
    /// # Panics
    /// When it does not.
    pub async fn jwks(&self) -> Bytes {
        self.fetch(&self.endpoint("jwks_uri").await).await
    }

    /// Where the provider says that it has an endpoint.
    async fn endpoint(&self, name: &str) -> String {
        let url = format!("{ISSUER}/.well-known/openid-configuration");
        let metadata: Value = serde_json::from_slice(&self.fetch(&url).await).expect("JSON");
        metadata[name].as_str().expect("a URL").to_owned()
    }

    async fn fetch(&self, url: &str) -> Bytes {
        let request = Request::get(url).body(Body::empty()).expect("a request");
        let answer = wire::call(&self.provider(), request).await;
        let body = answer.into_body().collect().await;
        body.expect("a whole body").to_bytes()
    }

    /// A browser without cookies.
    pub fn browser(&self, app: Router) -> Browser {
        let sites = [(APP.to_owned(), app), (ISSUER.to_owned(), self.provider())];
        UserAgent::new(sites, HandClock::new())
    }

    /// Signs alice in and gives the session's cookie, as it stands in a request.
    ///
    /// # Panics
    /// When that fails.
    pub async fn sign_in(&self) -> String {
        session_cookie(&self.signed_in().await)
    }

    async fn signed_in(&self) -> Browser {
        let mut browser = self.browser(Router::new().layer(self.layer()));
        world::sign_in(&mut browser, "alice", "/auth/login").await;
        browser
    }

    /// Signs alice in, and out again at the provider alone: the form with the logout token that it
    /// then posts to the app.
    ///
    /// # Panics
    /// When that fails.
    pub async fn logout_form(&self) -> Bytes {
        let mut browser = self.signed_in().await;
        let login = self.login(&session_cookie(&browser)).await;
        let mut url = Url::parse(&self.endpoint("end_session_endpoint").await).expect("a URL");
        url.query_pairs_mut()
            .append_pair("id_token_hint", login.id_token().secret());
        browser.get(url.as_str()).await;
        self.told.take().expect("a logout token")
    }

    /// The login behind a session's cookie.
    ///
    /// # Panics
    /// When there is none.
    pub async fn login(&self, cookie: &str) -> Arc<Login> {
        let request = get("/", Some(cookie));
        let context = self.relying_party.context(&request, request.uri(), None);
        let login = context.login().await.expect("a store that answers");
        login.expect("a login")
    }
}

/// The provider, and what it tells the app.
pub(crate) fn provider_of(
    client: OneClient,
    keys: SigningKeys,
    settings: impl FnOnce(DevProviderBuilder) -> DevProviderBuilder,
) -> (DevProvider, Told) {
    let told = Told::default();
    let provider = DevProvider::builder()
        .issuer(ISSUER)
        .user(alice())
        .client(client.registration())
        .http_client(told.clone())
        .keys(keys);
    let provider = settings(provider).build();
    (provider.expect("a provider"), told)
}

/// The cookie of the session in a browser.
fn session_cookie(browser: &Browser) -> String {
    let session = browser
        .jar
        .iter()
        .find(|((_, name), _)| name.starts_with("oidc_session_"));
    let ((_, name), (value, _)) = session.expect("a session");
    format!("{name}={value}")
}

/// The way to the provider; what the provider does is not ours to count.
struct OthersWire(Wire);

#[async_trait]
impl HttpClient for OthersWire {
    async fn send(&self, request: Request<Bytes>) -> Result<Response<Bytes>, HttpError> {
        Others::new(self.0.send(request)).await
    }
}
