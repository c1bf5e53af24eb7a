//! `SameOrigin`: what a page of somebody else asks for is refused, and so is a connection (`WebSocket`) that it opens.

use axum::{Router, body::Body, routing::any};
use http::{Method, Request, StatusCode, header};
use oidc_login::{Claims, SameOrigin, test};
use oidc_login_tests::{user_agent::set, wire::call, world::APP};
use serde_json::json;

/// The root URL of the layer that tests have is this.
const OWN: &str = "http://localhost";

type Lines<'a> = &'a [(&'static str, &'a str)];

fn app() -> Router {
    let done = any(|_: SameOrigin, _: Claims| async { "done" });
    Router::new()
        .route("/chat", done)
        .layer(test::signed_in(json!({})))
}

fn request(method: &Method, path: &str, lines: Lines<'_>) -> Request<Body> {
    let mut request = Request::new(Body::empty());
    *request.method_mut() = method.clone();
    *request.uri_mut() = format!("{APP}{path}").parse().expect("a URL");
    for (name, value) in lines {
        set(&mut request, name, value);
    }
    request
}

#[tokio::test]
async fn a_websocket_is_opened_by_pages_of_the_app_alone() {
    let upgrade = ("upgrade", "websocket");
    let from = |site| ("sec-fetch-site", site);
    let get = Method::GET;
    for (name, method, lines, passes) in [
        ("our page", &get, &[upgrade, from("same-origin")][..], true),
        (
            "written otherwise",
            &get,
            &[("upgrade", "WebSocket"), from("same-origin")],
            true,
        ),
        (
            "a page of a sibling host",
            &get,
            &[upgrade, from("same-site")],
            false,
        ),
        (
            "another site's page",
            &get,
            &[upgrade, from("cross-site"), ("origin", OWN)],
            false,
        ),
        (
            "an old browser, our page",
            &get,
            &[upgrade, ("origin", OWN)],
            true,
        ),
        (
            "an old browser, another page",
            &get,
            &[upgrade, ("origin", "http://evil.test")],
            false,
        ),
        (
            "an old browser, a sandboxed page",
            &get,
            &[upgrade, ("origin", "null")],
            false,
        ),
        ("no browser", &get, &[upgrade], true),
        (
            "HTTP/2, our page",
            &Method::CONNECT,
            &[from("same-origin")],
            true,
        ),
        (
            "HTTP/2, another page",
            &Method::CONNECT,
            &[("origin", "http://evil.test")],
            false,
        ),
        (
            "no WebSocket, our script",
            &get,
            &[from("same-origin")],
            false,
        ),
        ("no WebSocket, no browser", &get, &[], false),
        (
            "another upgrade",
            &get,
            &[("upgrade", "h2c"), from("same-origin")],
            false,
        ),
    ] {
        let answer = call(&app(), request(method, "/chat", lines)).await;
        let expected = if passes {
            StatusCode::OK
        } else {
            StatusCode::FORBIDDEN
        };
        assert_eq!(answer.status(), expected, "{name}");
    }
}

#[tokio::test]
async fn a_handshake_signs_nobody_out() {
    let lines: Lines<'_> = &[("upgrade", "websocket")];
    let answer = call(&app(), request(&Method::GET, "/auth/logout", lines)).await;
    assert_eq!(answer.status(), StatusCode::OK, "the question");
    assert!(!answer.headers().contains_key(header::SET_COOKIE));
}
