//! A layer in the wrong place says so, once.

use axum::{Router, routing::get};
use http::StatusCode;
use oidc_login::{Claims, OidcLayer};
use oidc_login_tests::{
    log::Log,
    world::{APP, World},
};

const NESTED: &str = "OidcLayer sits inside a nested router and may never see its callback: add it to the outermost router, or let the root URL have the path that is nested at";
const UNSEEN: &str = "browsers were sent to the sign-in, but no request for it ever came: add OidcLayer with Router::layer on the outermost router, not with route_layer; around a part of an app, that part needs a fallback of its own";

fn members() -> Router {
    Router::new().route("/members", get(|_: Claims| async { "members" }))
}

fn world(app: impl FnOnce(OidcLayer) -> Router) -> World {
    World::assemble(
        |provider| provider,
        |client| client,
        |builder, _| app(OidcLayer::new(builder.build().expect("a relying party"))),
    )
}

#[tokio::test]
async fn as_a_route_layer_it_never_sees_the_sign_in() {
    let (log, _guard) = Log::record();
    let mut world = world(|layer| members().route_layer(layer));
    for times in 1..=6 {
        let page = world.browser.open(&format!("{APP}/members")).await;
        assert_eq!(page.status, StatusCode::NOT_FOUND, "no sign-in there");
        let told = usize::from(times >= 3);
        assert_eq!(log.count(UNSEEN), told, "after {times}: {}", log.text());
    }
    assert_eq!(log.count(" ERROR "), 1, "{}", log.text());
}

#[tokio::test]
async fn inside_a_nested_router_it_says_so_at_once() {
    let (log, _guard) = Log::record();
    let mut world = world(|layer| Router::new().nest("/club", members().layer(layer)));
    for _ in 0..3 {
        world.browser.get(&format!("{APP}/club/members")).await;
    }
    assert_eq!(log.count(NESTED), 1, "{}", log.text());
}

/// The layer for a part of the app: its root URL has the part's path.
fn of_a_part(app: impl FnOnce(OidcLayer) -> Router) -> World {
    World::assemble(
        |provider| provider,
        |client| client.root_url(format!("{APP}/club/")),
        |builder, _| app(OidcLayer::new(builder.build().expect("a relying party"))),
    )
}

#[tokio::test]
async fn around_a_nested_router_that_has_its_endpoints_all_is_well() {
    let (log, _guard) = Log::record();
    let mut world = of_a_part(|layer| {
        let club = members().route("/", get(|| async { "club" }));
        let club = club.fallback(|| async { (StatusCode::NOT_FOUND, "not in the club") });
        Router::new()
            .route("/", get(|_: Claims| async { "outside" }))
            .nest("/club", club.layer(layer))
    });
    let page = world.sign_in("alice", "/club/members").await;
    assert_eq!(page.text(), "members");
    for (path, status) in [
        ("/club", StatusCode::OK),
        ("/club/nowhere", StatusCode::NOT_FOUND),
        ("/club/auth/session", StatusCode::OK),
        ("/auth/session", StatusCode::NOT_FOUND),
        ("/", StatusCode::INTERNAL_SERVER_ERROR),
    ] {
        let page = world.browser.get(&format!("{APP}{path}")).await;
        assert_eq!(page.status, status, "{path}: {}", page.text());
    }
    assert_eq!(log.count("OidcLayer sits"), 0, "{}", log.text());
    assert_eq!(log.count(" ERROR "), 1, "the route outside: {}", log.text());
    assert_eq!(log.count("layer_missing"), 1, "{}", log.text());
}

#[tokio::test]
async fn a_nested_router_without_a_fallback_is_told_of_it() {
    let (log, _guard) = Log::record();
    let mut world = of_a_part(|layer| Router::new().nest("/club", members().layer(layer)));
    for _ in 0..3 {
        let page = world.browser.open(&format!("{APP}/club/members")).await;
        assert_eq!(page.status, StatusCode::NOT_FOUND, "{}", page.text());
    }
    assert_eq!(log.count(UNSEEN), 1, "{}", log.text());
}

#[tokio::test]
async fn a_prefix_is_whole_names() {
    let (log, _guard) = Log::record();
    let mut world = of_a_part(|layer| Router::new().nest("/clu", members().layer(layer)));
    world.browser.get(&format!("{APP}/clu/members")).await;
    assert_eq!(log.count(NESTED), 1, "{}", log.text());
}

#[tokio::test]
async fn one_inside_another_is_refused_as_what_it_is() {
    for (name, mut world) in [
        (
            "twice",
            world(|layer| members().layer(layer.clone()).layer(layer)),
        ),
        (
            "around a part as well",
            world(|layer| {
                Router::new()
                    .merge(members().layer(layer.clone()))
                    .layer(layer)
            }),
        ),
    ] {
        let page = world.browser.get(&format!("{APP}/members")).await;
        assert_eq!(page.status, StatusCode::INTERNAL_SERVER_ERROR, "{name}");
        let text = page.text();
        assert!(text.contains("layer_doubled"), "{name}: {text}");
        assert!(text.contains("Add OidcLayer once."), "{name}: {text}");
    }
}

#[tokio::test]
async fn around_the_outermost_router_there_is_nothing_to_say() {
    let (log, _guard) = Log::record();
    let mut world = world(|layer| Router::new().nest("/club", members()).layer(layer));
    for _ in 0..5 {
        world.browser.get(&format!("{APP}/auth/login")).await;
        world.browser.get(&format!("{APP}/club/members")).await;
    }
    world.sign_in("alice", "/club/members").await;
    assert_eq!(log.count("outermost router"), 0, "{}", log.text());
}
