use axum::body::Body;
use http::{Request, StatusCode, header};
use serde_json::json;

use crate::support::*;

#[tokio::test]
async fn userinfo_by_header_and_by_form() {
    let mut world = World::new();
    let tokens = world.tokens("alice").await;
    let by_header = world.userinfo(&tokens["access_token"]).await;
    assert_eq!(by_header.json()["email"], json!("alice@example.com"));
    assert_eq!(by_header.header(header::CACHE_CONTROL), "no-store");
    let by_form = world
        .post(
            "/userinfo",
            &form([("access_token", tokens["access_token"].as_str().unwrap())]),
        )
        .await;
    assert_eq!(by_form.body, by_header.body);
}

#[tokio::test]
async fn only_living_access_tokens_count() {
    let mut world = World::new();
    let tokens = world.tokens("alice").await;
    for name in ["id_token", "refresh_token"] {
        let answer = world.userinfo(&tokens[name]).await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{name}");
        assert!(
            answer
                .header(header::WWW_AUTHENTICATE)
                .contains("invalid_token"),
            "{name}"
        );
    }
    let nothing = world
        .send(
            Request::get(format!("{ISSUER}/userinfo"))
                .body(Body::empty())
                .unwrap(),
        )
        .await;
    assert_eq!(
        (nothing.status, nothing.header(header::WWW_AUTHENTICATE)),
        (StatusCode::UNAUTHORIZED, "Bearer")
    );
    world.advance(300);
    assert_eq!(
        world.userinfo(&tokens["access_token"]).await.status,
        StatusCode::UNAUTHORIZED
    );
}
