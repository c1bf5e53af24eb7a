//! Refresh tokens: granted or not, and used once each.

use futures_util::future::join_all;
use http::{Method, StatusCode};
use oidc_login::{ClientConfig, OidcLayer, RelyingParty};
use oidc_login_tests::{
    clock::HandClock, demo::free_port, oidc_provider::OidcProvider, steps::Gates,
    tokens::token_routes, user_agent::script, visitor::Visitor,
};

use crate::stage::{OFFLINE, Stage};

#[tokio::test]
#[ignore = "needs oidc-provider: ./test installs it"]
async fn each_is_used_once_however_many_requests_want_a_token() {
    let port = free_port();
    let provider = OidcProvider::start(port).await;
    let client = ClientConfig::builder()
        .issuer(provider.issuer())
        .public_client("flask-app")
        .root_url(format!("http://localhost:{port}/"))
        .valid_redirect_uris(["/*"])
        .scopes(["openid", "offline_access"])
        .authorization_parameter("prompt", "consent")
        .build()
        .expect("a client");
    let clock = HandClock::of_now();
    let relying_party = RelyingParty::builder(client).clock(clock.clone());
    let relying_party = relying_party.build().expect("a relying party");
    let app = token_routes(&Gates::default()).layer(OidcLayer::new(relying_party));
    let mut alice = Visitor::at(port, app, provider.port());
    let page = alice.sign_in("alice").await;
    assert!(page.text().starts_with("secure"), "{}", page.text());

    let mut seen = vec![alice.open("/token").await.text()];
    for hour in 1..=3 {
        // Half a minute before the token ends.
        clock.advance(3_570);
        let url = alice.at_app("/token");
        let tabs = (0..5).map(|_| {
            let (request, mut tab) = (script(Method::GET, &url), alice.agent.clone());
            async move { tab.request(request).await.text() }
        });
        let mut tokens = join_all(tabs).await;
        tokens.dedup();
        let [token] = &tokens[..] else {
            panic!("not one token for all: {tokens:?}");
        };
        assert!(!seen.contains(token), "hour {hour}: a new one");
        seen.push(token.clone());
        let consumed = provider.count("refresh_token.consumed flask-app").await;
        assert_eq!(consumed, hour);
    }
    assert_eq!(provider.count("grant.revoked flask-app").await, 0);
}

#[tokio::test]
#[ignore = "needs oidc-provider: ./test installs it"]
async fn the_app_lives_without_one() {
    // `offline_access` without a page for consent: the provider drops the scope (OIDC Core §11).
    let scopes = [OFFLINE[0]];
    let stage = Stage::at("flask-app", &scopes).await;
    let mut alice = stage.signed_in("alice").await;
    let (status, answer) = alice.script(Method::GET, "/api/downstream").await;
    assert_eq!(status, StatusCode::OK, "{answer}");
    let (status, answer) = alice.script(Method::POST, "/api/refresh").await;
    assert_eq!(status, StatusCode::BAD_GATEWAY, "{answer}");
    assert_eq!(answer["error"], "refresh_token_missing", "{answer}");
    assert_eq!(alice.who().await.as_deref(), Ok("alice"));
}
