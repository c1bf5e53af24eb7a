//! A layer in the wrong place says so, once.

use axum::{Router, routing::get};
use http::StatusCode;
use oidc_login::{Claims, OidcLayer};
use oidc_login_tests::{
    log::Log,
    world::{APP, World},
};

const NESTED: &str = "OidcLayer sits inside a nested router and may never see its callback: add it to the outermost router";
const UNSEEN: &str = "browsers were sent to the sign-in, but no request for it ever came: add OidcLayer with Router::layer on the outermost router, not with route_layer";

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
