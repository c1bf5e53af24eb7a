//! `test::signed_in`: an app's handlers with a user, without a provider.

use axum::{Router, body::Body, routing::get};
use http::{HeaderMap, Method, StatusCode, header};
use http_body_util::BodyExt as _;
use oidc_login::{CLAIMS_KEY, Claims, OidcLayer, RequireLoginLayer, test};
use oidc_login_tests::{
    log::Log,
    user_agent::{navigation, set},
    wire::call,
    world::APP,
};
use serde_json::json;
use tower_sessions::Session;

#[derive(serde::Deserialize)]
struct Employee {
    sub: String,
    department: String,
}

fn app(layer: OidcLayer) -> Router {
    Router::new()
        .route(
            "/claims",
            get(|claims: Claims| async move { format!("{} {}", claims.iss(), claims.sub()) }),
        )
        .route(
            "/own",
            get(|own: Claims<Employee>| async move { format!("{} {}", own.sub, own.department) }),
        )
        .route(
            "/option",
            get(|claims: Option<Claims>| async move { claims.is_some().to_string() }),
        )
        .route(
            "/members",
            get(|| async { "passed" }).layer(RequireLoginLayer::new()),
        )
        .route(
            "/editors",
            get(|| async { "passed" }).layer(RequireLoginLayer::role("editor")),
        )
        .route(
            "/owners",
            get(|| async { "passed" }).layer(RequireLoginLayer::role("owner")),
        )
        .route("/session", get(session))
        .layer(layer)
}

async fn session(session: Session) -> String {
    let claims = session.get_value(CLAIMS_KEY).await.expect("a store");
    let visits: u32 = session.get("visits").await.expect("a number").unwrap_or(0);
    session.insert("visits", visits + 1).await.expect("a store");
    let sub = claims.map(|claims| claims["sub"].clone());
    format!("{} {visits}", sub.unwrap_or_default())
}

#[tokio::test]
async fn every_kind_of_argument_and_guard_sees_the_user() {
    let claims = json!({ "department": "press", "realm_access": { "roles": ["editor"] } });
    let app = app(test::signed_in(claims));
    for (path, status, text) in [
        ("/claims", 200, "https://provider.test test-user"),
        ("/own", 200, "test-user press"),
        ("/option", 200, "true"),
        ("/members", 200, "passed"),
        ("/editors", 200, "passed"),
        ("/owners", 403, "role_missing"),
    ] {
        let (found, _, body) = get_page(&app, path, "").await;
        assert_eq!(found.as_u16(), status, "{path}");
        assert!(body.contains(text), "{path}: {body}");
    }
}

#[tokio::test]
async fn what_the_claims_lack_is_as_it_would_be_in_truth() {
    let app = app(test::signed_in(
        json!({ "sub": "1", "iss": "https://other.test" }),
    ));
    for (path, status, text) in [
        ("/claims", 200, "https://other.test 1"),
        ("/own", 500, "department"),
        ("/editors", 403, "role_claim_missing"),
    ] {
        let (found, _, body) = get_page(&app, path, "").await;
        assert_eq!(found.as_u16(), status, "{path}");
        let expected = if status == 500 {
            "claims_mismatch"
        } else {
            text
        };
        assert!(body.contains(expected), "{path}: {body}");
    }
}

#[tokio::test]
async fn the_session_works_too() {
    let app = app(test::signed_in(json!({ "sub": "1" })));
    let (_, headers, body) = get_page(&app, "/session", "").await;
    assert_eq!(body, "\"1\" 0");
    let cookie = headers[header::SET_COOKIE].to_str().expect("ASCII");
    let cookie = cookie.split(';').next().expect("a pair");
    for visits in 1..3 {
        let (_, headers, body) = get_page(&app, "/session", cookie).await;
        assert_eq!(body, format!("\"1\" {visits}"));
        assert!(!headers.contains_key(header::SET_COOKIE));
    }
    let (_, _, body) = get_page(&app, "/claims", cookie).await;
    assert_eq!(body, "https://provider.test 1");
}

async fn get_page(app: &Router, path: &str, cookie: &str) -> (StatusCode, HeaderMap, String) {
    let mut request = navigation(Method::GET, &format!("{APP}{path}"), Body::empty());
    if !cookie.is_empty() {
        set(&mut request, "cookie", cookie);
    }
    let (parts, body) = call(app, request).await.into_parts();
    let body = body.collect().await.expect("a body").to_bytes();
    (
        parts.status,
        parts.headers,
        String::from_utf8_lossy(&body).into_owned(),
    )
}

#[tokio::test]
async fn signing_out_asks_no_provider() {
    let (log, _guard) = Log::record();
    let app = app(test::signed_in(json!({})));
    let url = format!("{APP}/auth/logout");
    let request = http::Request::post(url).body(Body::empty());
    let answer = call(&app, request.expect("a request")).await;
    assert_eq!(answer.status(), StatusCode::SEE_OTHER);
    assert_eq!(answer.headers()[header::LOCATION], "/");
    assert_eq!(log.count(" WARN "), 0, "{}", log.text());
}
