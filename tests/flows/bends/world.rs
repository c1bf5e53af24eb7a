//! An app and the development provider, with a socket between them.

use std::{
    sync::{Arc, Mutex, OnceLock, PoisonError},
    time::Duration,
};

use async_trait::async_trait;
use axum::{Router, routing::get};
use bytes::Bytes;
use http::{Request, Response};
use oidc_login::{
    AccessToken, Claims, ClientConfig, LoginError, LoginErrorKind as Kind, OidcLayer,
    ProviderConfig, RelyingParty, RequireLoginLayer, UserInfo,
    seams::{HttpClient, HttpError},
};
use oidc_login_dev_provider::{Client, Control, Running};
use oidc_login_tests::{
    clock::HandClock,
    user_agent::{Page, UserAgent},
    wire::Wire,
    world::{APP, provider, routes, send_form},
};

/// The provider's way to the app, and what the app thought of the last request.
#[derive(Clone, Default)]
struct ToApp {
    app: Arc<OnceLock<Router>>,
    refusal: Arc<Mutex<Option<Kind>>>,
}

#[async_trait]
impl HttpClient for ToApp {
    async fn send(&self, request: Request<Bytes>) -> Result<Response<Bytes>, HttpError> {
        let app = self.app.get().cloned().expect("an app");
        let response = Wire(app).send(request).await?;
        let refusal = response.extensions().get().map(LoginError::kind);
        *self.refusal.lock().unwrap_or_else(PoisonError::into_inner) = refusal;
        Ok(response)
    }
}

pub(super) struct World {
    pub(super) browser: UserAgent,
    pub(super) clock: HandClock,
    pub(super) control: Control,
    to_app: ToApp,
    issuer: String,
    _running: Running,
}

async fn token(token: AccessToken) -> String {
    token.secret().to_owned()
}

fn guarded(path: &str, guard: RequireLoginLayer) -> Router {
    let handler = get(|claims: Claims| async move {
        format!("for {}", claims.preferred_username().unwrap_or_default())
    });
    Router::new().route(path, handler).route_layer(guard)
}

impl World {
    pub(super) async fn new() -> Self {
        let (clock, to_app) = (HandClock::new(), ToApp::default());
        let ours = Client::public("app")
            .root_url(APP)
            .valid_redirect_uris(["/*"])
            .backchannel_logout_uri("/auth/backchannel-logout");
        let provider = provider(&clock)
            .issuer("http://localhost:0")
            .client(ours)
            .http_client(to_app.clone());
        let running = provider.bind().await.expect("a free port").spawn();
        let provider = running.provider().clone();
        let issuer = provider.issuer().to_owned();
        let config = ProviderConfig::builder().issuer(&issuer).build();
        let client = ClientConfig::builder()
            .provider(config.expect("a provider"))
            .public_client("app")
            .root_url(APP)
            .valid_redirect_uris(["/*"])
            .userinfo(UserInfo::Always)
            .build();
        let relying_party = RelyingParty::builder(client.expect("a client"))
            .clock(clock.clone())
            .build();
        let five_minutes = Duration::from_secs(300);
        let app = routes()
            .route("/token", get(token))
            .merge(guarded(
                "/recent",
                RequireLoginLayer::new().max_age(five_minutes),
            ))
            .merge(guarded(
                "/strong",
                RequireLoginLayer::new().acr_values(["2"]),
            ))
            .layer(OidcLayer::new(relying_party.expect("a relying party")));
        to_app.app.set(app.clone()).expect("one app");
        let sites = [(APP.to_owned(), app), (issuer.clone(), provider.router())];
        Self {
            browser: UserAgent::new(sites, clock.clone()),
            clock,
            control: provider.control(),
            to_app,
            issuer,
            _running: running,
        }
    }

    /// Where alice ends who opens this page, and signs in if she is asked to.
    pub(super) async fn open(&mut self, path: &str) -> Page {
        let page = self.browser.open(&format!("{APP}{path}")).await;
        if !page.text().contains("name=\"password\"") {
            return page;
        }
        let alice = [
            ("username", "alice"),
            ("password", "alice"),
            ("code", "123456"),
        ];
        let answer = send_form(&mut self.browser, &page, &alice).await;
        let callback = answer.location().expect("an answer");
        self.browser.open(callback.as_str()).await
    }

    pub(super) async fn greeting(&mut self) -> String {
        self.open("/hello").await.text()
    }

    /// Signs out at the provider, and gives the app's objection to being told.
    pub(super) async fn sign_out_at_provider(&mut self) -> Option<Kind> {
        let page = self
            .browser
            .open(&format!("{}/end-session", self.issuer))
            .await;
        let page = send_form(&mut self.browser, &page, &[]).await;
        assert!(
            page.text().contains("You are signed out"),
            "{}",
            page.text()
        );
        let refusal = self.to_app.refusal.lock();
        *refusal.unwrap_or_else(PoisonError::into_inner)
    }
}
