//! What caches may keep: nothing that depends on who asks, and everything that does not.

use axum::{Router, body::Body, routing::get};
use http::{Method, StatusCode, header};
use oidc_login::{Claims, Oidc, RequireLoginLayer};
use oidc_login_tests::{
    steps::{Gates, steps},
    user_agent::{Page, navigation, script},
    world::{APP, World, routes},
};
use tower_sessions::Session;

const PRIVATE: &str = "private, no-store";

fn world() -> World {
    let own = [
        (header::CACHE_CONTROL, "private, max-age=60"),
        (header::VARY, "Accept-Language"),
    ];
    let routes = routes()
        .merge(steps(&Gates::default()))
        .route("/own", get(move |_: Claims| async move { (own, "own") }))
        .route(
            "/guarded",
            get(|| async { "guarded" }).layer(RequireLoginLayer::new()),
        )
        .route("/oidc", get(|_: Oidc| async { "links only" }))
        .route("/session", get(|_: Session| async { "not looked into" }));
    World::with(
        |client| client,
        |relying_party| relying_party,
        Router::new().merge(routes),
    )
}

#[tokio::test]
async fn what_looked_at_no_login_stays_as_the_app_made_it() {
    let mut world = world();
    for who in ["a visitor", "a visitor with values", "a user"] {
        for path in ["/", "/oidc", "/session", "/nowhere"] {
            let page = world.browser.get(&format!("{APP}{path}")).await;
            assert_eq!(cache(&page), ["", ""], "{who} {path}");
            assert!(page.set_cookies().is_empty(), "{who} {path}");
        }
        match who {
            "a visitor" => drop(world.browser.steps("set=color:red").await),
            "a visitor with values" => drop(world.sign_in("alice", "/secure").await),
            _ => (),
        }
    }
}

#[tokio::test]
async fn what_depends_on_who_asks_is_kept_by_nobody() {
    let mut world = world();
    for (path, status) in [
        ("/hello", StatusCode::OK),
        ("/secure", StatusCode::SEE_OTHER),
        ("/guarded", StatusCode::SEE_OTHER),
    ] {
        let page = world.browser.get(&format!("{APP}{path}")).await;
        assert_eq!(page.status, status, "{path}");
        let expected = if status.is_success() {
            PRIVATE
        } else {
            "no-store"
        };
        assert_eq!(cache(&page), [expected, "Cookie"], "a visitor: {path}");
    }
    let page = world
        .browser
        .request(script(Method::GET, &format!("{APP}/secure")))
        .await;
    assert_eq!(
        (page.status, cache(&page)),
        (StatusCode::UNAUTHORIZED, ["no-store", "Cookie"])
    );

    for steps in ["set=color:red", "read=color", "set=color:blue"] {
        let page = world.browser.get(&format!("{APP}/do?{steps}")).await;
        assert_eq!(cache(&page), [PRIVATE, "Cookie"], "a visitor: {steps}");
    }

    world.sign_in("bob", "/secure").await;
    for path in [
        "/hello",
        "/secure",
        "/guarded",
        "/do?read=color",
        "/do?set=a:b",
        "/do?who",
    ] {
        let page = world.browser.get(&format!("{APP}{path}")).await;
        assert_eq!(cache(&page), [PRIVATE, "Cookie"], "bob: {path}");
        assert!(page.set_cookies().is_empty(), "no rolling cookie: {path}");
    }
    let page = world.browser.get(&format!("{APP}/admin")).await;
    assert_eq!(
        (page.status, cache(&page)),
        (StatusCode::FORBIDDEN, ["no-store", "Cookie"])
    );
}

#[tokio::test]
async fn what_the_handler_says_itself_stays() {
    let mut world = world();
    world.sign_in("alice", "/secure").await;
    let page = world.browser.get(&format!("{APP}/own")).await;
    assert_eq!(page.header("cache-control"), "private, max-age=60");
    let vary: Vec<_> = page.headers.get_all(header::VARY).iter().collect();
    assert_eq!(vary, ["Accept-Language", "Cookie"]);
}

#[tokio::test]
async fn our_own_answers_are_kept_by_nobody() {
    let mut world = world();
    for path in [
        "/login",
        "/callback",
        "/logout",
        "/logout/callback",
        "/session",
        "/nothing",
        "",
    ] {
        let url = format!("{APP}/auth{path}");
        let page = world
            .browser
            .request(navigation(Method::GET, &url, Body::empty()))
            .await;
        assert_eq!(page.header("cache-control"), "no-store", "{path}");
        assert_eq!(page.header("referrer-policy"), "no-referrer", "{path}");
        assert_eq!(page.header("x-content-type-options"), "nosniff", "{path}");
    }
}

fn cache(page: &Page) -> [&str; 2] {
    [page.header("cache-control"), page.header("vary")]
}

/// The app may well call a page public; with a cookie of ours it is for one browser.
#[tokio::test]
async fn an_answer_with_a_cookie_of_ours_is_kept_by_nobody_whatever_the_app_says() {
    for own in ["public, max-age=600", "max-age=600", "private, max-age=60"] {
        let puts = move |session: Session| async move {
            session.insert("color", "red").await.expect("a store");
            ([(header::CACHE_CONTROL, own)], "put")
        };
        let mut world = World::with(
            |client| client,
            |relying_party| relying_party,
            Router::new().route("/put", get(puts)),
        );
        let page = world.browser.get(&format!("{APP}/put")).await;
        assert_eq!(page.set_cookies().len(), 1, "{own}");
        assert_eq!(cache(&page), [PRIVATE, "Cookie"], "{own}");
        let page = world.browser.get(&format!("{APP}/put")).await;
        assert!(page.set_cookies().is_empty(), "{own}");
        assert_eq!(cache(&page), [own, "Cookie"], "the app's word stands");
    }
}
