//! Tokens that are revoked.

use axum::body::Body;
use http::{Request, StatusCode, header};
use serde_json::Value;

use crate::support::*;

async fn revoke(world: &mut World, token: &Value, client_id: &str) -> Answer {
    let token = token.as_str().unwrap();
    let request = form([("token", token), ("client_id", client_id)]);
    world.post("/revoke", &request).await
}

async fn still_work(world: &mut World, tokens: &Value) -> [bool; 2] {
    let access = world.userinfo(&tokens["access_token"]).await.status;
    let refresh = world.refresh(&tokens["refresh_token"]).await.status;
    [access.is_success(), refresh.is_success()]
}

#[tokio::test]
async fn a_refresh_token_takes_everything_with_it_and_an_access_token_only_itself() {
    for (name, left) in [
        ("refresh_token", [false, false]),
        ("access_token", [false, true]),
        ("id_token", [true, true]),
    ] {
        let mut world = World::new();
        let tokens = world.tokens("alice").await;
        let other = world.another_browser().tokens("alice").await;
        for times in 1..=2 {
            let answer = revoke(&mut world, &tokens[name], "flask-app").await;
            assert_eq!(answer.status, StatusCode::OK, "{name} {times}");
            assert_eq!(answer.header(header::CACHE_CONTROL), "no-store");
        }
        assert_eq!(still_work(&mut world, &tokens).await, left, "{name}");
        assert_eq!(still_work(&mut world, &other).await, [true, true]);
    }
}

#[tokio::test]
async fn only_the_client_itself_revokes() {
    let mut world = World::new();
    let tokens = world.tokens("alice").await;
    let answer = revoke(&mut world, &tokens["refresh_token"], "web").await;
    assert_error(
        &answer,
        401,
        "invalid_client",
        "a confidential client without secret",
    );
    let request = form([
        ("token", tokens["refresh_token"].as_str().unwrap()),
        ("client_id", "web"),
        ("client_secret", "s:cret& x"),
    ]);
    let answer = world.post("/revoke", &request).await;
    assert_error(&answer, 400, "invalid_grant", "another client");
    let answer = world
        .post("/revoke", &form([("client_id", "flask-app")]))
        .await;
    assert_error(&answer, 400, "invalid_request", "no token");
    let json = Request::post(format!("{ISSUER}/revoke"))
        .body(Body::from("{}"))
        .unwrap();
    assert_error(&world.send(json).await, 400, "invalid_request", "no form");
    assert_eq!(still_work(&mut world, &tokens).await, [true, true]);
}
