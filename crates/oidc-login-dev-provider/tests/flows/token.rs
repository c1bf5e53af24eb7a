use axum::body::Body;
use base64::{Engine, engine::general_purpose::STANDARD};
use http::{Request, StatusCode, header};
use jsonwebtoken::Algorithm;
use oidc_login_dev_provider::{Client, ClientAuthentication, RefreshRotation};
use serde_json::{Value, json};

use crate::support::*;

fn assert_error(answer: &Answer, status: u16, error: &str, case: &str) {
    assert_eq!(
        (answer.status.as_u16(), &answer.json()["error"]),
        (status, &json!(error)),
        "{case}: {}",
        answer.body
    );
    assert_eq!(answer.header(header::CACHE_CONTROL), "no-store", "{case}");
}

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
                ]))
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

async fn as_client(
    client: Client,
    authorization_header: Option<&str>,
    in_form: &[(&'static str, &str)],
) -> Answer {
    let mut world = World::with(|builder| builder.client(client));
    let mut request = authorization();
    request.insert("client_id", "app".into());
    let mut exchange = exchange(&world.code(&request, "alice").await);
    exchange.remove("client_id");
    exchange.extend(
        in_form
            .iter()
            .map(|(name, value)| (*name, (*value).to_owned())),
    );
    let mut request = post("/token", &exchange);
    if let Some(credentials) = authorization_header {
        let basic = format!("Basic {}", STANDARD.encode(credentials));
        request
            .headers_mut()
            .insert(header::AUTHORIZATION, basic.parse().unwrap());
    }
    world.send(request).await
}

#[tokio::test]
async fn clients_prove_who_they_are() {
    use ClientAuthentication::{SecretBasic, SecretPost};
    let client = || Client::confidential("app", "s:cret& x").valid_redirect_uris([CALLBACK]);
    let basic = Some("app:s%3Acret%26+x");
    let in_form: &[_] = &[("client_id", "app"), ("client_secret", "s:cret& x")];
    let cases: [(&str, Client, Option<&str>, &[(&'static str, &str)], u16); 10] = [
        ("basic", client(), basic, &[], 200),
        (
            "basic and its client_id",
            client(),
            basic,
            &[("client_id", "app")],
            200,
        ),
        ("post", client(), None, in_form, 200),
        ("both", client(), basic, in_form, 400),
        ("two clients", client(), basic, &[("client_id", "web")], 400),
        (
            "wrong secret in the header",
            client(),
            Some("app:wrong"),
            &[],
            401,
        ),
        (
            "wrong secret in the form",
            client(),
            None,
            &[("client_id", "app"), ("client_secret", "wrong")],
            401,
        ),
        ("no secret", client(), None, &[("client_id", "app")], 401),
        (
            "post where basic is set",
            client().client_authentication(SecretBasic),
            None,
            in_form,
            401,
        ),
        (
            "basic where post is set",
            client().client_authentication(SecretPost),
            basic,
            &[],
            401,
        ),
    ];
    for (name, client, header, form, status) in cases {
        let answer = as_client(client, header, form).await;
        assert_eq!(answer.status.as_u16(), status, "{name}: {}", answer.body);
        let challenged = answer.headers.contains_key(header::WWW_AUTHENTICATE);
        assert_eq!(challenged, status == 401 && header.is_some(), "{name}");
    }
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
        request.extend(form([("client_id", "web"), ("client_secret", "s:cret& x")]))
    };
    assert_eq!(refresh(foreign).await, (400, json!("invalid_grant")));
}
