//! Routes that need a login: who passes, and how everybody else is answered.

use axum::{
    Router,
    routing::{any, get, options},
};
use http::{Method, StatusCode};
use oidc_login::{Claims, RequireLoginLayer};
use oidc_login_tests::{
    user_agent::{Page, navigation, script, set},
    world::{APP, World, routes},
};

const BY_EXTRACTOR: &str = "/secure";
const BY_LAYER: &str = "/members";

fn world() -> World {
    let guarded = Router::new()
        .route(BY_LAYER, get(members).post(members))
        .route(
            "/cors",
            options(|| async { "the app answers" }).get(members),
        )
        .route("/any", any(members))
        .route_layer(RequireLoginLayer::new());
    let admins = any(members).layer(RequireLoginLayer::role("admin"));
    let shop = Router::new()
        .route("/cart", get(|_: Claims| async { "cart" }))
        .route("/club", get(members).route_layer(RequireLoginLayer::new()));
    let routes = routes().merge(guarded).route("/any-admin", admins);
    let routes = routes.nest("/shop", Router::new().nest("/de", shop));
    World::with(|client| client, |relying_party| relying_party, routes)
}

async fn members() -> &'static str {
    "members"
}

#[tokio::test]
async fn a_page_leads_to_the_sign_in_and_comes_back_to_the_very_place() {
    for path in [
        "/secure",
        "/members",
        "/members?a=b%20c&d=%2F%2Fevil.test&e",
        "/secure?return_to=%2Fadmin",
        "/shop/de/cart?item=1&item=2",
        "/shop/de/club?x=%C3%A4",
    ] {
        let mut world = world();
        let redirect = world.browser.get(&format!("{APP}{path}")).await;
        assert_eq!(redirect.status, StatusCode::SEE_OTHER, "{path}");
        let login = redirect.location().expect("the sign-in");
        assert_eq!(login.path(), "/auth/login", "{path}");
        let query: Vec<_> = login.query_pairs().collect();
        assert_eq!(query, [("return_to".into(), path.into())], "{path}");

        let page = world.sign_in("alice", path).await;
        assert_eq!(page.url.as_str(), format!("{APP}{path}"));
        assert_eq!(page.status, StatusCode::OK, "{path}");
    }
}

#[tokio::test]
async fn a_path_too_long_to_come_back_to_leads_home() {
    let mut world = world();
    let path = format!("/secure?{}", "a".repeat(2000));
    let redirect = world.browser.get(&format!("{APP}{path}")).await;
    let login = redirect.location().expect("the sign-in");
    assert_eq!(login.as_str(), format!("{APP}/auth/login"));
}

#[tokio::test]
async fn what_is_no_page_gets_401_and_json() {
    let plain = |lines: &'static [(&'static str, &'static str)]| {
        move |path: &str| {
            let mut request = script(Method::GET, &format!("{APP}{path}"));
            request.headers_mut().clear();
            for (name, value) in lines {
                set(&mut request, name, value);
            }
            request
        }
    };
    let cases: [(&str, &'static [(&str, &str)]); 8] = [
        (
            "fetch",
            &[
                ("accept", "*/*"),
                ("sec-fetch-mode", "cors"),
                ("sec-fetch-dest", "empty"),
            ],
        ),
        (
            "XMLHttpRequest",
            &[
                ("accept", "text/html"),
                ("x-requested-with", "XMLHttpRequest"),
            ],
        ),
        ("JSON", &[("accept", "application/json")]),
        (
            "WebSocket",
            &[
                ("connection", "upgrade"),
                ("upgrade", "websocket"),
                ("accept", "*/*"),
            ],
        ),
        (
            "image",
            &[("sec-fetch-mode", "no-cors"), ("sec-fetch-dest", "image")],
        ),
        (
            "iframe",
            &[
                ("accept", "text/html"),
                ("sec-fetch-mode", "navigate"),
                ("sec-fetch-dest", "iframe"),
            ],
        ),
        (
            "prefetch",
            &[("accept", "text/html"), ("sec-purpose", "prefetch")],
        ),
        (
            "old prefetch",
            &[("accept", "text/html"), ("purpose", "prefetch")],
        ),
    ];
    let mut world = world();
    for (name, lines) in cases {
        for path in [BY_EXTRACTOR, BY_LAYER] {
            let page = world.browser.request(plain(lines)(path)).await;
            assert_eq!(page.status, StatusCode::UNAUTHORIZED, "{name} {path}");
            assert_eq!(page.json()["error"], "not_signed_in", "{name} {path}");
            assert_eq!(page.json()["sign_in"], "/auth/login", "{name} {path}");
            challenges(&page);
            assert_eq!(page.location(), None, "{name} {path}");
            assert!(page.set_cookies().is_empty(), "{name} {path}");
        }
    }
}

#[tokio::test]
async fn a_form_gets_a_page_and_is_not_redirected() {
    let mut world = world();
    for path in [BY_EXTRACTOR, BY_LAYER] {
        let page = world
            .browser
            .post(&format!("{APP}{path}"), &[("a", "b")])
            .await;
        assert_eq!(page.status, StatusCode::UNAUTHORIZED, "{path}");
        assert_eq!(page.location(), None, "{path}");
        challenges(&page);
        let text = page.text();
        assert!(text.contains("href=\"/auth/login\""), "{path}: {text}");
        assert_eq!(page.header("content-type"), "text/html; charset=utf-8");
    }
    world.sign_in("alice", BY_LAYER).await;
    let page = world.browser.post(&format!("{APP}{BY_LAYER}"), &[]).await;
    assert_eq!(
        (page.status, page.text().as_str()),
        (StatusCode::OK, "members")
    );
}

#[tokio::test]
async fn a_cors_preflight_reaches_the_app() {
    let mut world = world();
    let mut preflight = script(Method::OPTIONS, &format!("{APP}/cors"));
    set(&mut preflight, "origin", "https://elsewhere.test");
    set(&mut preflight, "access-control-request-method", "GET");
    let page = world.browser.request(preflight).await;
    assert_eq!(
        (page.status, page.text().as_str()),
        (StatusCode::OK, "the app answers")
    );

    let options = script(Method::OPTIONS, &format!("{APP}/cors"));
    let page = world.browser.request(options).await;
    assert_eq!(page.status, StatusCode::UNAUTHORIZED, "no preflight");
}

/// Anybody can send one, so a handler for every method must do nothing for it: the app's part.
#[tokio::test]
async fn a_cors_preflight_is_answered_by_a_guarded_handler_that_takes_every_method() {
    let mut world = world();
    for path in ["/any", "/any-admin"] {
        for method in [Method::OPTIONS, Method::GET, Method::POST] {
            let mut request = script(method.clone(), &format!("{APP}{path}"));
            set(&mut request, "origin", "https://elsewhere.test");
            set(&mut request, "access-control-request-method", "POST");
            let page = world.browser.request(request).await;
            let expected = match method {
                Method::OPTIONS => StatusCode::OK,
                _ => StatusCode::UNAUTHORIZED,
            };
            assert_eq!(page.status, expected, "{method} {path}");
            assert_eq!(page.text() == "members", expected == StatusCode::OK);
        }
    }
}

#[tokio::test]
async fn a_login_starts_only_for_a_page_that_is_opened() {
    let mut world = world();
    for (name, header, value) in [
        ("iframe", "sec-fetch-dest", "iframe"),
        ("image", "sec-fetch-dest", "image"),
        ("script", "sec-fetch-dest", "empty"),
        ("prefetch", "sec-purpose", "prefetch"),
        ("prerender", "sec-purpose", "prefetch;prerender"),
        ("old prefetch", "purpose", "prefetch"),
    ] {
        let url = format!("{APP}/auth/login");
        let mut request = navigation(Method::GET, &url, axum::body::Body::empty());
        set(&mut request, header, value);
        let page = world.browser.request(request).await;
        assert_eq!(page.status, StatusCode::UNAUTHORIZED, "{name}");
        assert!(
            page.set_cookies().is_empty(),
            "{name}: {:?}",
            page.set_cookies()
        );
        assert_eq!(page.location(), None, "{name}");
    }
}

fn challenges(page: &Page) {
    let challenge = page.header("www-authenticate");
    assert_eq!(
        challenge,
        format!(r#"Cookie realm="{APP}", form-action="/auth/login""#)
    );
}
