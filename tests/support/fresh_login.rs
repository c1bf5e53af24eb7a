//! An app with a page that only a fresh login opens, for providers with a clock that nobody moves.

use std::time::Duration;

use axum::{Router, routing::get};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use http::{Method, StatusCode};
use oidc_login::{
    AccessToken, Claims, ClientConfig, OidcLayer, RelyingParty, RequireLoginLayer,
    config::ClientConfigBuilder,
};
use serde_json::Value;

use crate::{steps::Gates, tokens::token_routes, user_agent::Page, visitor::Visitor};

/// How old a login may be, and how far the clocks may be apart.
const SECOND: Duration = Duration::from_secs(1);
const PAGE: &str = "/recent";

/// The routes of [`token_routes`], `/recent` for who proved who they are a moment ago, and `/said`, the claims of the ID
/// token that came last; at a public client of this provider, for an app on this port.
///
/// # Panics
/// When the settings are refused.
pub fn fresh_login_app(issuer: &str, client_id: &str, port: u16) -> Router {
    fresh_login_app_with(issuer, client_id, port, |client| client)
}

/// The same with other settings of the client.
///
/// # Panics
/// When the settings are refused.
pub fn fresh_login_app_with(
    issuer: &str,
    client_id: &str,
    port: u16,
    settings: impl FnOnce(ClientConfigBuilder) -> ClientConfigBuilder,
) -> Router {
    let client = ClientConfig::builder()
        .issuer(issuer)
        .public_client(client_id)
        .root_url(format!("http://localhost:{port}/"))
        .valid_redirect_uris(["/*"])
        .clock_leeway(SECOND);
    let client = settings(client).build().expect("a client");
    let relying_party = RelyingParty::builder(client).build();
    let recent = get(|claims: Claims| async move { format!("fresh {}", claims.sub()) })
        .route_layer(RequireLoginLayer::new().max_age(SECOND));
    token_routes(&Gates::default())
        .route(PAGE, recent)
        .route("/said", get(said))
        .layer(OidcLayer::new(relying_party.expect("a relying party")))
}

async fn said(token: AccessToken) -> Vec<u8> {
    let id_token = token.login().id_token().secret();
    let payload = id_token.split('.').nth(1).expect("a JWT");
    URL_SAFE_NO_PAD.decode(payload).expect("base64url")
}

impl Visitor {
    /// Refreshes the tokens; what the provider says of who is signed in, in the newest ID token.
    ///
    /// # Panics
    /// When it gives no new tokens.
    pub async fn refreshed(&mut self) -> Value {
        let before = self.open("/token").await.text();
        let (status, _) = self.script(Method::GET, "/refresh").await;
        assert_eq!(status, StatusCode::OK);
        assert_ne!(self.open("/token").await.text(), before, "the same token");
        self.open("/said").await.json()
    }

    /// Opens the page for fresh logins as soon as this login is none any more; where that leads.
    pub async fn open_recent(&mut self) -> Page {
        let url = self.at_app(PAGE);
        while self.agent.get(&url).await.status == StatusCode::OK {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        self.open(PAGE).await
    }

    /// Answers the provider, which asks for this again; the page for fresh logins is open then.
    ///
    /// # Panics
    /// When it is not, or not at its own address.
    pub async fn prove_again(&mut self, form: &Page, typed: &[(&str, &str)]) {
        let answer = self.press_and_allow(form, typed).await;
        let page = self.come_back(&answer).await;
        assert_eq!(page.url.as_str(), self.at_app(PAGE), "{}", page.text());
        assert!(page.text().starts_with("fresh "), "{}", page.text());
    }

    /// The claims of who is signed in at an app with the routes of [`token_routes`].
    pub async fn claims_here(&mut self) -> Value {
        self.open("/claims").await.json()
    }
}
