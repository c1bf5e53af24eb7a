//! What the provider is told when somebody signs out (RP-Initiated Logout 1.0 §2).

use http::{Method, StatusCode};
use oidc_login::config::ClientConfigBuilder;
use oidc_login_tests::{
    hostile::HostileWorld,
    user_agent::{Page, navigation, set},
    world::{APP, ISSUER, World},
};
use serde_json::json;

const LOGOUT: &str = "http://localhost:5000/auth/logout";

fn world(settings: impl FnOnce(ClientConfigBuilder) -> ClientConfigBuilder) -> HostileWorld {
    HostileWorld::with(settings, |relying_party| relying_party)
}

fn names(page: &Page) -> Vec<String> {
    assert_eq!(page.status, StatusCode::SEE_OTHER, "{}", page.text());
    let location = page.location().expect("the provider");
    assert!(location.as_str().starts_with(ISSUER), "{location}");
    let names = location.query_pairs().map(|(name, _)| name.into_owned());
    names.collect()
}

fn value(page: &Page, name: &str) -> Option<String> {
    let location = page.location().expect("the provider");
    let mut found = location.query_pairs().filter(|(found, _)| found == name);
    let value = found.next().map(|(_, value)| value.into_owned());
    assert!(found.next().is_none(), "{name} twice in {location}");
    value
}

#[tokio::test]
async fn a_hint_and_own_parameters_go_along_where_they_are_set() {
    for (name, claim, hint) in [
        (
            "a text",
            json!("alice+x@example.org"),
            Some("alice+x@example.org"),
        ),
        ("empty", json!(""), None),
        ("no text", json!(["alice"]), None),
        ("none", json!(null), None),
    ] {
        let mut world = world(|client| {
            client
                .logout_hint_claim("login_hint")
                .end_session_parameter("ui_locales", "de fr")
        });
        world
            .provider
            .bend_id_token(move |token| token.claims["login_hint"] = claim.clone());
        world.sign_in("alice", "/secure").await;
        let page = world.browser.post(LOGOUT, &[]).await;
        assert_eq!(value(&page, "logout_hint").as_deref(), hint, "{name}");
        assert_eq!(value(&page, "ui_locales").as_deref(), Some("de fr"));
        let sent = value(&page, "id_token_hint").expect("the ID token");
        assert!(world.provider.issued().contains(&sent));
    }
}

/// Some providers read request lines of 4 KB and no more; a URL that is refused signs nobody out.
#[tokio::test]
async fn an_id_token_too_long_for_a_url_is_left_out() {
    for (length, is_sent) in [(100, true), (1_500, true), (4_000, false), (20_000, false)] {
        let mut world = world(|client| client.logout_hint_claim("preferred_username"));
        world
            .provider
            .bend_id_token(move |token| token.claims["groups"] = json!("g".repeat(length)));
        world.sign_in("alice", "/secure").await;
        let page = world.browser.post(LOGOUT, &[]).await;
        let location = page.location().expect("the provider");
        assert!(location.as_str().len() <= 4_000, "{length}");
        assert_eq!(value(&page, "id_token_hint").is_some(), is_sent, "{length}");
        assert_eq!(value(&page, "client_id").as_deref(), Some("flask-app"));
        assert_eq!(value(&page, "logout_hint").as_deref(), Some("alice"));
        let back = value(&page, "post_logout_redirect_uri");
        assert_eq!(back, Some(format!("{APP}/")));
        assert_eq!(world.greeting().await, "hello stranger");
    }
}

#[tokio::test]
async fn a_query_of_the_endpoints_own_stays() {
    let mut world = world(|client| client);
    world.provider.bend_metadata(|metadata| {
        metadata["end_session_endpoint"] = json!(format!("{ISSUER}/logout?realm=a%20b&x"));
    });
    world.sign_in("alice", "/secure").await;
    let page = world.browser.post(LOGOUT, &[]).await;
    assert_eq!(value(&page, "realm").as_deref(), Some("a b"));
    assert_eq!(value(&page, "client_id").as_deref(), Some("flask-app"));
}

/// The session has ended by itself, or in another tab; the provider's may be alive all the same.
#[tokio::test]
async fn who_is_signed_out_here_already_signs_out_at_the_provider() {
    let mut world = world(|client| client.logout_hint_claim("preferred_username"));
    world.sign_in("alice", "/secure").await;
    world.clock.advance(9 * 3_600);
    let mut stranger = world.browser.other_browser();
    for (name, browser) in [
        ("an old cookie", &mut world.browser),
        ("no cookie", &mut stranger),
    ] {
        let page = browser.post(LOGOUT, &[]).await;
        let expected = ["client_id", "post_logout_redirect_uri"];
        assert_eq!(names(&page), expected, "{name}");
    }
    // Only the app's own pages ask for that.
    let mut request = navigation(Method::GET, LOGOUT, axum::body::Body::empty());
    set(&mut request, "sec-fetch-site", "cross-site");
    let page = stranger.request(request).await;
    let location = page.location().expect("home");
    assert_eq!(location.as_str(), format!("{APP}/"));
}

/// A double click: the second request finds no session any more.
#[tokio::test]
async fn a_second_sign_out_ends_at_the_provider_too() {
    let mut world = World::new();
    world.sign_in("alice", "/secure").await;
    let mut double = world.browser.clone();
    let first = world.browser.post(LOGOUT, &[]).await;
    assert!(value(&first, "id_token_hint").is_some());
    let second = double.post(LOGOUT, &[]).await;
    let question = double
        .open(second.location().expect("the provider").as_str())
        .await;
    assert!(question.url.as_str().starts_with(ISSUER));
    assert!(question.status.is_success(), "{}", question.text());
}
