//! `GET /auth/session`.

use http::Method;
use oidc_login_tests::{
    user_agent::script,
    world::{APP, World},
};

#[tokio::test]
async fn a_visitor_is_told_so() {
    let mut world = World::new();
    let page = world.browser.request(asked()).await;
    assert_eq!(page.text(), r#"{"authenticated":false}"#);
    assert_eq!(headers(&page), EXPECTED);
    assert!(page.set_cookies().is_empty());
}

#[tokio::test]
async fn a_user_is_named_and_no_token_goes_out() {
    let mut world = World::new();
    world.sign_in("alice", "/secure").await;
    let page = world.browser.request(asked()).await;
    let json = page.json();
    let keys: Vec<_> = json.as_object().expect("an object").keys().collect();
    let expected = [
        "authenticated",
        "claims",
        "ends_at",
        "iss",
        "logged_in_at",
        "roles",
        "sub",
    ];
    assert_eq!(keys, expected);
    assert_eq!(json["authenticated"], true);
    assert_eq!(json["iss"], "http://localhost:5001");
    assert_eq!(json["sub"], json["claims"]["sub"]);
    assert_eq!(json["claims"]["preferred_username"], "alice");
    assert_eq!(json["roles"], serde_json::json!(["admin"]));
    assert_eq!(json["logged_in_at"], world.clock.seconds());
    assert_eq!(json["ends_at"], world.clock.seconds() + 8 * 3600);
    assert!(!page.text().contains("eyJ"), "a token: {}", page.text());
    assert_eq!(headers(&page), EXPECTED);
    assert!(page.set_cookies().is_empty());
}

const EXPECTED: [&str; 4] = ["application/json", "no-store", "same-origin", ""];

fn headers(page: &oidc_login_tests::user_agent::Page) -> [&str; 4] {
    let vary: Vec<_> = page.headers.get_all("vary").iter().collect();
    assert_eq!(vary, ["Origin", "Cookie"]);
    [
        page.header("content-type"),
        page.header("cache-control"),
        page.header("cross-origin-resource-policy"),
        page.header("access-control-allow-origin"),
    ]
}

fn asked() -> http::Request<axum::body::Body> {
    script(Method::GET, &format!("{APP}/auth/session"))
}
