//! Where nobody can say who it is, nobody passes.

use std::sync::Arc;

use axum::{Router, body::Body, routing::get};
use http::{Method, Response, StatusCode};
use http_body_util::BodyExt as _;
use oidc_login::{Claims, MemoryStore, Oidc, OidcLayer, RequireLoginLayer};
use oidc_login_tests::{
    steps::{Gates, steps},
    stores::{FrailStore, OpenStore},
    user_agent::{navigation, script},
    wire::call,
    world::{APP, World, routes},
};
use tower_sessions::Session;

#[derive(serde::Deserialize)]
struct Own {}

fn every_guard() -> Router {
    Router::new()
        .route("/claims", get(|_: Claims| async { "passed" }))
        .route("/option", get(|_: Option<Claims>| async { "passed" }))
        .route("/own", get(|_: Claims<Own>| async { "passed" }))
        .route(
            "/option-own",
            get(|_: Option<Claims<Own>>| async { "passed" }),
        )
        .route(
            "/layer",
            get(|| async { "passed" }).layer(RequireLoginLayer::new()),
        )
        .route(
            "/role",
            get(|| async { "passed" }).layer(RequireLoginLayer::role("admin")),
        )
}

const PATHS: [&str; 6] = [
    "/claims",
    "/option",
    "/own",
    "/option-own",
    "/layer",
    "/role",
];

#[tokio::test]
async fn without_the_layer_nothing_passes_and_the_page_says_why() {
    let app = every_guard().route("/oidc", get(|_: Oidc| async { "passed" }));
    for path in PATHS.into_iter().chain(["/oidc"]) {
        let url = format!("{APP}{path}");
        for request in [
            navigation(Method::GET, &url, Body::empty()),
            script(Method::GET, &url),
        ] {
            let answer = call(&app, request).await;
            assert_eq!(answer.status(), StatusCode::INTERNAL_SERVER_ERROR, "{path}");
            let text = text(answer).await;
            assert!(text.contains("layer_missing"), "{path}: {text}");
            assert!(
                text.contains("Add OidcLayer to the outermost router"),
                "{path}: {text}"
            );
        }
    }
}

#[tokio::test]
async fn a_store_that_fails_makes_nobody_anonymous() {
    let (mut world, store) = world();
    world.sign_in("alice", "/secure").await;
    store.break_down();
    for path in PATHS.into_iter().chain(["/auth/session"]) {
        let page = world.browser.get(&format!("{APP}{path}")).await;
        assert_eq!(page.status, StatusCode::SERVICE_UNAVAILABLE, "{path}");
        let text = page.text();
        assert!(text.contains("store_unavailable"), "{path}: {text}");
        assert!(page.set_cookies().is_empty(), "{path}");
        let page = world
            .browser
            .request(script(Method::GET, &format!("{APP}{path}")))
            .await;
        assert_eq!(page.status, StatusCode::SERVICE_UNAVAILABLE, "{path}");
        assert_eq!(page.json()["error"], "store_unavailable", "{path}");
    }
    assert_eq!(world.browser.get(&format!("{APP}/")).await.text(), "open");

    store.recover();
    let page = world.browser.get(&format!("{APP}/secure")).await;
    assert_eq!(page.text(), "secure alice", "signed in as before");
}

#[tokio::test]
async fn a_visitor_without_a_session_needs_no_store() {
    let (mut world, store) = world();
    store.break_down();
    let page = world.browser.get(&format!("{APP}/hello")).await;
    assert_eq!(page.text(), "hello stranger");
}

#[tokio::test]
async fn a_sign_out_that_the_store_does_not_take_leaves_the_user_signed_in() {
    let (mut world, store) = world();
    world.sign_in("alice", "/secure").await;
    store.break_down();
    let page = world.browser.post(&format!("{APP}/auth/logout"), &[]).await;
    assert_eq!(page.status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(page.set_cookies().is_empty(), "{:?}", page.set_cookies());
    store.recover();
    let page = world.browser.get(&format!("{APP}/secure")).await;
    assert_eq!(page.text(), "secure alice");
}

#[tokio::test]
async fn a_login_that_the_store_does_not_take_changes_nothing() {
    let (mut world, store) = world();
    world.browser.steps("set=color:red").await;
    let before = world.browser.session();
    let back = oidc_login_tests::world::to_callback(&mut world.browser, "alice", "/secure").await;
    store.break_down();
    let page = world.browser.get(&back).await;
    assert_eq!(page.status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(world.browser.session(), before);
    store.recover();
    let found = world.browser.steps("who&read=color").await;
    assert_eq!(found, "who=- color=red");
}

/// The answer must not claim what was not saved.
#[tokio::test]
async fn values_that_cannot_be_saved_are_a_503_and_the_login_stays() {
    let (mut world, store) = world();
    world.sign_in("alice", "/secure").await;
    for steps in ["set=color:red", "who&set=color:red", "who&cycle"] {
        store.break_after_load();
        let page = world.browser.get(&format!("{APP}/do?{steps}")).await;
        store.recover();
        assert_eq!(page.status, StatusCode::SERVICE_UNAVAILABLE, "{steps}");
        assert_eq!(world.browser.steps("who").await, "who=alice", "{steps}");
    }
}

/// What the browser asked for shows in what the app answered.
#[tokio::test]
async fn values_that_cannot_be_saved_are_told_as_the_app_would_have_answered() {
    let store = OpenStore::default();
    let put = |kind: &'static str| {
        get(move |session: Session| async move {
            session.insert("color", "red").await.expect("a session");
            ([("content-type", kind)], "{}")
        })
    };
    let kinds = [
        (
            "/page",
            "text/html; charset=utf-8",
            "text/html; charset=utf-8",
        ),
        ("/text", "text/plain", "text/html; charset=utf-8"),
        ("/json", "application/json", "application/json"),
    ];
    let routes = kinds.iter().fold(Router::new(), |routes, (path, kind, _)| {
        routes.route(path, put(kind))
    });
    let settings = store.clone();
    let mut world = World::with(
        |client| client,
        |relying_party| relying_party.session_store(settings),
        routes,
    );
    store.break_down();
    for (path, _, expected) in kinds {
        let page = world.browser.get(&format!("{APP}{path}")).await;
        assert_eq!(page.status, StatusCode::SERVICE_UNAVAILABLE, "{path}");
        assert_eq!(page.header("content-type"), expected, "{path}");
    }
}

/// The id was renewed before the store broke, so the new one must reach the browser all the same.
#[tokio::test]
async fn a_renewed_login_survives_values_that_cannot_be_saved() {
    let (store, gates) = (OpenStore::default(), Gates::default());
    let mut world = World::with(
        |client| client,
        |settings| settings.session_store(store.clone()),
        routes().merge(steps(&gates)),
    );
    world.sign_in("alice", "/secure").await;
    let steps = "cycle&save&hold=slow&set=color:red";
    let slow = world.browser.in_flight(&gates, "slow", steps).await;
    store.break_down();
    let page = world.browser.land(slow).await;
    assert_eq!(page.status, StatusCode::SERVICE_UNAVAILABLE);
    store.recover();
    assert_eq!(world.browser.steps("who").await, "who=alice");
}

/// What the values' store cannot delete does not keep anybody signed in.
#[tokio::test]
async fn a_sign_out_needs_no_store_of_values() {
    let (store, gates) = (OpenStore::default(), Gates::default());
    let mut world = World::with(
        |client| client,
        |settings| settings.session_store(store.clone()),
        routes().merge(steps(&gates)),
    );
    world.sign_in("alice", "/secure").await;
    world.browser.steps("set=color:red").await;
    let mut before = world.browser.clone();
    store.break_down();
    let page = world.browser.post(&format!("{APP}/auth/logout"), &[]).await;
    assert_eq!(page.status, StatusCode::SEE_OTHER);
    store.recover();
    assert_eq!(before.steps("who&read=color").await, "who=- color=-");
}

fn world() -> (World, FrailStore) {
    let mut store = None;
    let world = World::assemble(
        |provider| provider,
        |client| client,
        |builder, clock| {
            let frail = FrailStore::new(MemoryStore::with_clock(Arc::new(clock.clone())));
            store = Some(frail.clone());
            let relying_party = builder.login_store(frail).build().expect("one");
            let routes = routes()
                .merge(every_guard())
                .merge(steps(&Gates::default()));
            routes.layer(OidcLayer::new(relying_party))
        },
    );
    (world, store.expect("the app was made"))
}

async fn text(answer: Response<Body>) -> String {
    let body = answer.into_body().collect().await.expect("a body");
    String::from_utf8_lossy(&body.to_bytes()).into_owned()
}
