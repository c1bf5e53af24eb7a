//! The token endpoint: each check of a code by itself.

use axum::body::Body;
use http::{Request, StatusCode, header};

use crate::support::*;

#[tokio::test]
async fn each_check_of_a_code_refuses_alone() {
    type Change = fn(&mut Form);
    let cases: [(&str, Change, u16, &str); 13] = [
        (
            "wrong verifier",
            |form| drop(form.insert("code_verifier", "x".repeat(43))),
            400,
            "invalid_grant",
        ),
        (
            "no verifier",
            |form| drop(form.remove("code_verifier")),
            400,
            "invalid_grant",
        ),
        (
            "unknown code",
            |form| drop(form.insert("code", "x".into())),
            400,
            "invalid_grant",
        ),
        (
            "no code",
            |form| drop(form.remove("code")),
            400,
            "invalid_request",
        ),
        (
            "other redirect URI",
            |form| drop(form.insert("redirect_uri", "http://localhost:5000/auth/x".into())),
            400,
            "invalid_grant",
        ),
        (
            "no redirect URI",
            |form| drop(form.remove("redirect_uri")),
            400,
            "invalid_grant",
        ),
        (
            "other client",
            |form| {
                form.extend(super::support::form([
                    ("client_id", "web"),
                    ("client_secret", "s:cret& x"),
                ]));
            },
            400,
            "invalid_grant",
        ),
        (
            "unknown client",
            |form| drop(form.insert("client_id", "x".into())),
            401,
            "invalid_client",
        ),
        (
            "no client",
            |form| drop(form.remove("client_id")),
            401,
            "invalid_client",
        ),
        (
            "a secret of a public client",
            |form| drop(form.insert("client_secret", "x".into())),
            401,
            "invalid_client",
        ),
        (
            "unknown grant",
            |form| drop(form.insert("grant_type", "password".into())),
            400,
            "unsupported_grant_type",
        ),
        (
            "no grant",
            |form| drop(form.remove("grant_type")),
            400,
            "invalid_request",
        ),
        ("nothing wrong", |_| (), 200, ""),
    ];
    for (name, change, status, error) in cases {
        let mut world = World::new();
        let mut request = exchange(&world.code(&authorization(), "alice").await);
        change(&mut request);
        let answer = world.post("/token", &request).await;
        match status {
            200 => assert_eq!(answer.status, StatusCode::OK, "{name}"),
            _ => assert_error(&answer, status, error, name),
        }
    }
}

#[tokio::test]
async fn a_code_lives_for_sixty_seconds() {
    for (age, accepted) in [(59, true), (60, false)] {
        let mut world = World::new();
        let code = world.code(&authorization(), "alice").await;
        world.advance(age);
        assert_eq!(
            world
                .post("/token", &exchange(&code))
                .await
                .status
                .is_success(),
            accepted,
            "{age} s"
        );
    }
}

#[tokio::test]
async fn the_second_use_of_a_code_ends_the_tokens_of_the_first() {
    let mut world = World::new();
    let code = world.code(&authorization(), "alice").await;
    let tokens = world.post("/token", &exchange(&code)).await.json();
    assert_eq!(
        world.userinfo(&tokens["access_token"]).await.status,
        StatusCode::OK
    );
    world.advance(100);
    assert_error(
        &world.post("/token", &exchange(&code)).await,
        400,
        "invalid_grant",
        "second use",
    );
    assert_eq!(
        world.userinfo(&tokens["access_token"]).await.status,
        StatusCode::UNAUTHORIZED
    );
    assert_error(
        &world.refresh(&tokens["refresh_token"]).await,
        400,
        "invalid_grant",
        "refresh",
    );
}

#[tokio::test]
async fn another_client_cannot_spoil_a_code() {
    let mut world = World::new();
    let code = world.code(&authorization(), "alice").await;
    let mut foreign = exchange(&code);
    foreign.extend(form([("client_id", "web"), ("client_secret", "s:cret& x")]));
    assert_error(
        &world.post("/token", &foreign).await,
        400,
        "invalid_grant",
        "foreign",
    );
    assert_eq!(
        world.post("/token", &exchange(&code)).await.status,
        StatusCode::OK
    );
}

#[tokio::test]
async fn pkce_cannot_be_left_out_by_an_attacker() {
    let mut world = World::new();
    let mut request = form([
        ("response_type", "code"),
        ("client_id", "web"),
        ("redirect_uri", CALLBACK),
        ("scope", "openid"),
    ]);
    let mut exchange = exchange(&world.code(&request, "alice").await);
    exchange.extend(form([("client_id", "web"), ("client_secret", "s:cret& x")]));
    assert_error(
        &world.post("/token", &exchange).await,
        400,
        "invalid_grant",
        "verifier without challenge",
    );

    request.insert("prompt", "login".into());
    exchange.insert("code", world.code(&request, "alice").await);
    exchange.remove("code_verifier");
    assert_eq!(
        world.post("/token", &exchange).await.status,
        StatusCode::OK,
        "a confidential client may do without"
    );
}

#[tokio::test]
async fn the_form_must_be_one() {
    let mut world = World::new();
    let json = Request::post(format!("{ISSUER}/token"))
        .header(header::CONTENT_TYPE, "application/json")
        .body(Body::from("{}"))
        .unwrap();
    assert_error(&world.send(json).await, 400, "invalid_request", "JSON");
    let twice = Request::post(format!("{ISSUER}/token"))
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .body(Body::from("grant_type=a&grant_type=b"))
        .unwrap();
    assert_error(&world.send(twice).await, 400, "invalid_request", "twice");
}
