//! An app whose handlers use access tokens, at a provider that can be bent.

use std::{sync::Arc, time::Duration};

use axum::{
    Router,
    response::{IntoResponse, Response},
    routing::get,
};
use http::{Method, StatusCode};
use oidc_login::{
    AccessToken, Claims, LoginError, MemoryStore, Oidc, OidcLayer, RelyingParty,
    RelyingPartyBuilder, SessionSecrets, config::ClientConfigBuilder,
};
use tokio::task::JoinHandle;

use crate::{
    clock::HandClock,
    hostile::{Endpoint, HostileProvider, HostileWorld},
    steps::{Gates, steps},
    stores::FrailStore,
    timer::HandTimer,
    user_agent::{Page, UserAgent, script},
    world::{APP, client, routes},
};

/// How long the tokens of [`HostileProvider`] live, in seconds.
pub const LIFETIME: i64 = 300;
/// The first pause of a node that waits for another one's lease.
pub const FIRST_LOOK: Duration = Duration::from_millis(20);
/// How long somebody waits for a new token who has one that still works.
pub const PATIENCE: Duration = Duration::from_secs(3);

/// The app, its provider, and a timer whose time passes by hand.
pub struct TokenWorld {
    /// The app and its provider.
    pub world: HostileWorld,
    /// The timer of the app.
    pub timer: HandTimer,
    /// Where steps wait.
    pub gates: Gates,
}

/// The routes of every app, those of [`steps`], and some that want tokens: `/token` tells it,
/// `/maybe` too if there is one, `/fail` gets one and fails, `/refresh` refreshes it, `/both` gets
/// one and the claims, `/claims` tells the claims.
pub fn token_routes(gates: &Gates) -> Router {
    Router::new()
        .route("/token", get(token))
        .route("/maybe", get(maybe))
        .route("/fail", get(fail))
        .route("/refresh", get(refresh))
        .route("/both", get(both))
        .route("/claims", get(claims))
        .merge(routes())
        .merge(steps(gates))
}

async fn token(token: AccessToken) -> String {
    token.secret().to_owned()
}

async fn maybe(token: Option<AccessToken>) -> String {
    token.map_or("stranger".into(), |token| token.secret().to_owned())
}

async fn fail(_token: AccessToken) -> StatusCode {
    StatusCode::INTERNAL_SERVER_ERROR
}

async fn refresh(oidc: Oidc) -> Response {
    match oidc.refresh().await {
        Ok(None) => "stranger".into_response(),
        Ok(Some(token)) => token.secret().to_owned().into_response(),
        Err(error) => failed(error),
    }
}

async fn both(token: AccessToken, claims: Claims) -> String {
    format!("{} {}", claims.name().unwrap_or("-"), token.secret())
}

async fn claims(claims: Claims) -> String {
    serde_json::to_string(claims.as_map()).expect("JSON")
}

fn failed(error: LoginError) -> Response {
    let mut response = (error.status(), error.code()).into_response();
    response.extensions_mut().insert(error);
    response
}

impl TokenWorld {
    /// The app with every default but the timer.
    pub fn new() -> Self {
        Self::with(|relying_party, _| relying_party)
    }

    /// The same with other settings.
    pub fn with(
        settings: impl FnOnce(RelyingPartyBuilder, &HandClock) -> RelyingPartyBuilder,
    ) -> Self {
        Self::with_client(|client| client, settings)
    }

    /// The same with another client.
    pub fn with_client(
        client_settings: impl FnOnce(ClientConfigBuilder) -> ClientConfigBuilder,
        settings: impl FnOnce(RelyingPartyBuilder, &HandClock) -> RelyingPartyBuilder,
    ) -> Self {
        let (timer, gates) = (HandTimer::new(), Gates::default());
        let world = HostileWorld::with_routes(
            client_settings,
            |builder, clock| settings(builder.timer(timer.clone()), clock),
            token_routes(&gates),
        );
        Self {
            world,
            timer,
            gates,
        }
    }

    /// The same with a store that fails on demand.
    pub fn with_frail_store() -> (Self, FrailStore) {
        let mut made = None;
        let world = Self::with(|settings, clock| {
            let store = FrailStore::new(MemoryStore::with_clock(Arc::new(clock.clone())));
            made = Some(store.clone());
            settings.login_store(store)
        });
        (world, made.expect("a store, made just now"))
    }

    /// The same with alice signed in; her access token too.
    pub async fn signed_in() -> (Self, String) {
        let mut world = Self::new();
        let token = world.sign_in().await;
        (world, token)
    }

    /// Signs alice in; her access token.
    pub async fn sign_in(&mut self) -> String {
        let page = self.world.sign_in("alice", "/token").await;
        assert_eq!(page.status, StatusCode::OK, "{}", page.text());
        page.text()
    }

    /// What a script gets.
    pub async fn get(&mut self, path: &str) -> Page {
        self.world.browser.script(path).await
    }

    /// What a script gets, as text.
    pub async fn text(&mut self, path: &str) -> String {
        self.get(path).await.text()
    }

    /// The same, later.
    pub fn later(&self, path: &str) -> JoinHandle<Page> {
        self.world.browser.script_later(path)
    }

    /// Requests to the token endpoint so far.
    pub fn asked(&self) -> usize {
        self.world.provider.count(Endpoint::Token)
    }

    /// Refresh tokens sent so far.
    pub fn refresh_tokens(&self) -> Vec<String> {
        let seen = self.world.provider.seen().into_iter();
        seen.filter_map(|seen| seen.form.get("refresh_token").cloned())
            .collect()
    }
}

impl Default for TokenWorld {
    fn default() -> Self {
        Self::new()
    }
}

impl UserAgent {
    /// What a script of the app gets from a path.
    pub async fn script(&mut self, path: &str) -> Page {
        self.request(script(Method::GET, &format!("{APP}{path}")))
            .await
    }

    /// The same in a task, with the cookies of this moment.
    pub fn script_later(&self, path: &str) -> JoinHandle<Page> {
        let (mut browser, path) = (self.clone(), path.to_owned());
        tokio::spawn(async move { browser.script(&path).await })
    }
}

/// Two nodes of the app that share a store of logins, each with a timer of its own.
pub struct TokenNodes {
    /// The browser, as one node answers it.
    pub a: UserAgent,
    /// The browser, as the other node answers it.
    pub b: UserAgent,
    /// The timer of the one.
    pub timer_a: HandTimer,
    /// The timer of the other.
    pub timer_b: HandTimer,
    /// The provider of both.
    pub provider: HostileProvider,
    /// The clock of all.
    pub clock: HandClock,
}

impl TokenNodes {
    /// Alice is signed in; her access token too.
    pub async fn signed_in() -> (Self, String) {
        Self::signed_in_with(|relying_party| relying_party).await
    }

    /// The same with other settings of both nodes.
    pub async fn signed_in_with(
        settings: impl Fn(RelyingPartyBuilder) -> RelyingPartyBuilder,
    ) -> (Self, String) {
        let (clock, gates) = (HandClock::new(), Gates::default());
        let provider = HostileProvider::new(&clock);
        let store = MemoryStore::with_clock(Arc::new(clock.clone()));
        // With these, entries are encrypted.
        let secrets = SessionSecrets::from_base64(&"c2VjcmV0".repeat(8)).expect("secrets");
        let node = |timer: &HandTimer| {
            let client = client(provider.clone()).build().expect("a client");
            let relying_party = RelyingParty::builder(client)
                .clock(clock.clone())
                .timer(timer.clone())
                .session_secrets(secrets.clone())
                .login_store(store.clone())
                .session_store(store.clone());
            let relying_party = settings(relying_party).build();
            let layer = OidcLayer::new(relying_party.expect("a relying party"));
            let app = token_routes(&gates).layer(layer);
            UserAgent::new([(APP.to_owned(), app)], clock.clone())
        };
        let (timer_a, timer_b) = (HandTimer::new(), HandTimer::new());
        let (mut a, mut b) = (node(&timer_a), node(&timer_b));
        let login = crate::hostile::location_of_login("/token");
        let url = crate::hostile::to_provider(&mut a, &format!("{APP}{login}")).await;
        let callback = provider.answer(&url, "alice");
        let token = a.open(callback.as_str()).await.text();
        b.jar = a.jar.clone();
        let nodes = Self {
            a,
            b,
            timer_a,
            timer_b,
            provider,
            clock,
        };
        (nodes, token)
    }
}
