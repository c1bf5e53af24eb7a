//! Refresh tokens: rotation, reuse, and how long they live.

use http::StatusCode;
use jsonwebtoken::Algorithm;
use oidc_login_dev_provider::{ExpiresIn, RefreshRotation};
use serde_json::{Value, json};

use crate::support::*;

#[tokio::test]
async fn a_refresh_rotates_and_keeps_the_sign_in() {
    let mut world = World::new();
    let first = world.tokens("alice").await;
    world.advance(100);
    let second = world.refresh(&first["refresh_token"]).await.json();
    assert_ne!(first["refresh_token"], second["refresh_token"]);
    let before = world
        .verified(&first["id_token"], Algorithm::RS256, "flask-app")
        .await;
    let after = world
        .verified(&second["id_token"], Algorithm::RS256, "flask-app")
        .await;
    for name in ["iss", "sub", "aud", "sid", "auth_time", "roles"] {
        assert_eq!(before[name], after[name], "{name}");
    }
    assert_eq!(
        (&after["iat"], after.get("nonce")),
        (&json!(START + 100), None)
    );
}

#[tokio::test]
async fn a_used_refresh_token_ends_everything() {
    let mut world = World::new();
    let first = world.tokens("alice").await;
    let second = world.refresh(&first["refresh_token"]).await.json();
    assert_error(
        &world.refresh(&first["refresh_token"]).await,
        400,
        "invalid_grant",
        "reuse",
    );
    assert_error(
        &world.refresh(&second["refresh_token"]).await,
        400,
        "invalid_grant",
        "the new one",
    );
    assert_eq!(
        world.userinfo(&second["access_token"]).await.status,
        StatusCode::UNAUTHORIZED
    );
}

#[tokio::test]
async fn refresh_tokens_that_stay() {
    let mut world = World::with(|builder| builder.refresh_rotation(RefreshRotation::Keep));
    let first = world.tokens("alice").await;
    for _ in 0..2 {
        let again = world.refresh(&first["refresh_token"]).await;
        assert_eq!(
            (again.status, &again.json()["refresh_token"]),
            (StatusCode::OK, &first["refresh_token"])
        );
    }
}

#[tokio::test]
async fn a_lifetime_that_is_not_told_counts_all_the_same() {
    let mut world = World::with(|builder| builder.expires_in(ExpiresIn::Untold));
    let first = world.tokens("alice").await;
    let second = world.refresh(&first["refresh_token"]).await.json();
    for tokens in [&first, &second] {
        assert_eq!(tokens.get("expires_in"), None);
        let userinfo = world.userinfo(&tokens["access_token"]).await;
        assert_eq!(userinfo.status, StatusCode::OK);
    }
    world.advance(300);
    let userinfo = world.userinfo(&second["access_token"]).await;
    assert_eq!(userinfo.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn each_check_of_a_refresh_refuses_alone() {
    async fn refresh(change: fn(&mut World, &mut Form)) -> (u16, Value) {
        let mut world = World::new();
        let tokens = world.tokens("alice").await;
        let mut request = form([
            ("grant_type", "refresh_token"),
            ("client_id", "flask-app"),
            ("refresh_token", tokens["refresh_token"].as_str().unwrap()),
        ]);
        change(&mut world, &mut request);
        let answer = world.post("/token", &request).await;
        (answer.status.as_u16(), answer.json()["error"].clone())
    }
    assert_eq!(refresh(|_, _| ()).await.0, 200);
    assert_eq!(
        refresh(|_, form| drop(form.insert("scope", "openid email".into())))
            .await
            .0,
        200
    );
    assert_eq!(
        refresh(|world, _| world.advance(1800)).await,
        (400, json!("invalid_grant"))
    );
    assert_eq!(
        refresh(|_, form| drop(form.insert("refresh_token", "x".into()))).await,
        (400, json!("invalid_grant"))
    );
    assert_eq!(
        refresh(|_, form| drop(form.remove("refresh_token"))).await,
        (400, json!("invalid_request"))
    );
    assert_eq!(
        refresh(|_, form| drop(form.insert("scope", "openid offline_access".into()))).await,
        (400, json!("invalid_scope"))
    );
    let foreign = |_: &mut World, request: &mut Form| {
        request.extend(form([("client_id", "web"), ("client_secret", "s:cret& x")]));
    };
    assert_eq!(refresh(foreign).await, (400, json!("invalid_grant")));
}
