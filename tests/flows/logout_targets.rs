//! Where a sign-out may lead, and the way back from the provider.

use oidc_login::{OidcLayer, config::ClientConfigBuilder, session::SessionSecrets};
use oidc_login_dev_provider::Client;
use oidc_login_tests::{
    user_agent::Page,
    world::{APP, World, routes},
};
use url::form_urlencoded::byte_serialize;

const LOGOUT: &str = "http://localhost:5000/auth/logout";

fn world(settings: impl FnOnce(ClientConfigBuilder) -> ClientConfigBuilder) -> World {
    let no_return = Client::public("no-return")
        .valid_redirect_uris([format!("{APP}/*")])
        .valid_post_logout_redirect_uris(["-"]);
    World::assemble(
        |provider| provider.client(no_return),
        settings,
        |builder, _| {
            let relying_party = builder.build().expect("a relying party");
            routes().layer(OidcLayer::new(relying_party))
        },
    )
}

fn parameter(page: &Page, name: &str) -> Option<String> {
    let location = page.location().expect("the provider");
    let mut parameters = location.query_pairs();
    let found = parameters.find(|(found, _)| found == name);
    found.map(|(_, value)| value.into_owned())
}

async fn sign_out(world: &mut World, target: &str) -> Page {
    world.browser.jar.clear();
    world.sign_in("alice", "/secure").await;
    let page = world.browser.post(LOGOUT, &[("return_to", target)]).await;
    assert_eq!(world.browser.session(), None);
    page
}

#[tokio::test]
async fn only_a_valid_target_goes_to_the_provider() {
    for (patterns, target, expected) in [
        (vec![], "/bye", Some("/bye")),
        (vec!["+"], "http://localhost:5000/bye?a=b", Some("/bye?a=b")),
        (vec!["/", "/bye"], "/bye", Some("/bye")),
        (vec!["/", "/bye"], "/other", Some("/")),
        (vec!["/", "/bye"], "https://evil.test/bye", Some("/")),
        (vec!["/bye"], "/bye", Some("/bye")),
        (vec!["/bye"], "/other", None),
        (vec!["-"], "/bye", None),
        (vec!["-"], "", None),
    ] {
        let settings = patterns.clone();
        let mut world = world(|client| client.valid_post_logout_redirect_uris(settings));
        let page = sign_out(&mut world, target).await;
        let found = parameter(&page, "post_logout_redirect_uri");
        let expected = expected.map(|path| format!("{APP}{path}"));
        assert_eq!(found, expected, "{patterns:?} {target}");
    }
}

/// With `-` at both sides the provider shows its own last page, instead of an error.
#[tokio::test]
async fn where_no_target_is_valid_the_browser_stays_at_the_provider() {
    let mut world = world(|client| {
        let client = client.public_client("no-return");
        client.valid_post_logout_redirect_uris(["-"])
    });
    let page = sign_out(&mut world, "").await;
    let page = world
        .browser
        .open(page.location().expect("the provider").as_str())
        .await;
    assert!(page.status.is_success(), "{}", page.text());
}

#[tokio::test]
async fn no_hostile_target_is_ever_reached() {
    let mut world = World::new();
    let mut count = 0;
    for (name, value) in hostile_urls() {
        count += 1;
        let encoded: String = byte_serialize(value.as_bytes()).collect();
        let page = world
            .browser
            .get(&format!("{LOGOUT}?return_to={encoded}"))
            .await;
        let location = page.location().expect("a place to go");
        assert_eq!(location.as_str(), format!("{APP}/"), "{name}: {value:?}");
    }
    assert!(count > 150, "{count}");
}

/// The corpus, for this app's root URL.
fn hostile_urls() -> impl Iterator<Item = (&'static str, String)> {
    let corpus = include_str!("../../crates/oidc-login-core/src/config/hostile_urls.txt");
    let lines = corpus
        .lines()
        .filter(|line| !line.is_empty() && !line.starts_with("# "));
    lines.map(|line| {
        let (name, value) = line.split_once(": ").expect("name: value");
        (name, unescape(value).replace("https://app.example", APP))
    })
}

fn unescape(text: &str) -> String {
    let simple = [("\\t", "\t"), ("\\r", "\r"), ("\\n", "\n"), ("\\s", " ")];
    let mut text = simple
        .iter()
        .fold(text.to_owned(), |text, (from, to)| text.replace(from, to));
    while let Some((before, rest)) = text.clone().split_once("\\u{") {
        let (digits, after) = rest.split_once('}').expect("\\u{..}");
        let code = u32::from_str_radix(digits, 16).expect("hexadecimal digits");
        let character = char::from_u32(code).expect("a character");
        text = format!("{before}{character}{after}");
    }
    text.replace("\\\\", "\\")
}

#[tokio::test]
async fn the_way_back_through_our_own_endpoint_reaches_the_target() {
    let mut world = world(|client| client.post_logout_redirect_uri("/auth/logout/callback"));
    for (target, expected) in [("/bye", "/bye"), ("", "/"), ("https://evil.test/", "/")] {
        let page = sign_out(&mut world, target).await;
        let own = parameter(&page, "post_logout_redirect_uri");
        assert_eq!(own, Some(format!("{APP}/auth/logout/callback")));
        assert!(parameter(&page, "state").is_some_and(|state| !state.contains("/bye")));
        let page = world
            .browser
            .open(page.location().expect("the provider").as_str())
            .await;
        assert_eq!(page.url.as_str(), format!("{APP}{expected}"));
    }
}

/// Nothing depends on this request, so whatever it carries, the browser just goes home.
#[tokio::test]
async fn a_return_without_a_state_of_ours_leads_home() {
    let mut world = world(|client| client.post_logout_redirect_uri("/auth/logout/callback"));
    let page = sign_out(&mut world, "/bye").await;
    let state = parameter(&page, "state").expect("a state");
    world.browser.jar.clear();
    world.sign_in("alice", "/secure").await;
    for (name, query, seconds, expected) in [
        ("none", String::new(), 0, "/"),
        ("invented", "?state=abc".to_owned(), 0, "/"),
        ("cut", format!("?state={}", &state[1..]), 0, "/"),
        ("twice", format!("?state={state}&state={state}"), 0, "/"),
        ("right", format!("?state={state}"), 599, "/bye"),
        ("late", format!("?state={state}"), 1, "/"),
    ] {
        world.clock.advance(seconds);
        let page = world
            .browser
            .get(&format!("{APP}/auth/logout/callback{query}"))
            .await;
        let location = page.location().expect("a place to go");
        assert_eq!(location.as_str(), format!("{APP}{expected}"), "{name}");
        let hello = world.browser.get(&format!("{APP}/hello")).await;
        assert_eq!(hello.text(), "hello alice", "{name} ends nothing");
    }
}

/// Two apps of one company may share their session secrets.
#[tokio::test]
async fn a_state_of_another_app_leads_home() {
    let app = |client_id: &'static str| {
        World::assemble(
            |provider| {
                let other = Client::public("other").valid_redirect_uris([format!("{APP}/*")]);
                provider.client(other.valid_post_logout_redirect_uris(["+"]))
            },
            |client| {
                let client = client.public_client(client_id);
                client.post_logout_redirect_uri("/auth/logout/callback")
            },
            |builder, _| {
                let secrets = SessionSecrets::from_bytes([[7; 32]]).expect("32 bytes");
                let relying_party = builder.session_secrets(secrets).build();
                routes().layer(OidcLayer::new(relying_party.expect("a relying party")))
            },
        )
    };
    let mut ours = app("flask-app");
    for (client_id, expected) in [("flask-app", "/bye"), ("other", "/")] {
        let mut world = app(client_id);
        let page = sign_out(&mut world, "/bye").await;
        let state = parameter(&page, "state").expect("a state");
        let url = format!("{APP}/auth/logout/callback?state={state}");
        let page = ours.browser.get(&url).await;
        let location = page.location().expect("a place to go");
        assert_eq!(location.as_str(), format!("{APP}{expected}"), "{client_id}");
    }
}
