//! Refresh tokens: granted or not, and used once each.

use futures_util::future::join_all;
use http::{Method, StatusCode};
use oidc_login::{ClientConfig, OidcLayer, RelyingParty, config::ClientConfigBuilder};
use oidc_login_tests::{
    clock::HandClock, demo::free_port, fresh_login::fresh_login_app_with,
    oidc_provider::OidcProvider, steps::Gates, tokens::token_routes, user_agent::script,
    visitor::Visitor,
};

use crate::stage::{OFFLINE, Stage};

/// What a client has to send for a refresh token, as [`OFFLINE`] has it for the demo.
fn offline_with_consent(client: ClientConfigBuilder) -> ClientConfigBuilder {
    let client = client.scopes(["openid", "offline_access"]);
    client.authorization_parameter("prompt", "consent")
}

#[tokio::test]
#[ignore = "needs oidc-provider: ./test installs it"]
async fn each_is_used_once_however_many_requests_want_a_token() {
    let port = free_port();
    let provider = OidcProvider::start(port).await;
    let client = ClientConfig::builder()
        .issuer(provider.issuer())
        .public_client("flask-app")
        .root_url(format!("http://localhost:{port}/"))
        .valid_redirect_uris(["/*"]);
    let client = offline_with_consent(client).build().expect("a client");
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

/// It keeps the time of an authentication with the login, as OpenID Connect Core §12.2 has it.
#[tokio::test]
#[ignore = "needs oidc-provider: ./test installs it"]
async fn a_login_keeps_its_time_when_its_user_signs_in_again_in_the_same_browser() {
    let port = free_port();
    let provider = OidcProvider::start(port).await;
    let app = fresh_login_app_with(
        &provider.issuer(),
        "flask-app-auth-time",
        port,
        offline_with_consent,
    );
    let mut first = Visitor::at(port, app, provider.port());
    let page = first.sign_in("alice").await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.text());
    first.open_recent().await;

    let mut second = first.clone();
    second.forget_app();
    let form = second.open("/recent").await;
    let typed = [("username", "alice"), ("password", "alice")];
    second.prove_again(&form, &typed).await;

    let [of_first, of_second] = [first.claims_here().await, second.claims_here().await];
    assert!(of_second["auth_time"].as_i64() > of_first["auth_time"].as_i64());
    for (login, visitor) in [(of_first, &mut first), (of_second, &mut second)] {
        let said = visitor.refreshed().await;
        for name in ["auth_time", "nonce", "sid"] {
            assert_eq!(said[name], login[name], "{name}");
        }
    }
    assert_eq!(provider.count("grant.revoked flask-app-auth-time").await, 0);
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
