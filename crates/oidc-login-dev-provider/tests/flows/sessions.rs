//! Sessions at the provider: who need not type a password again, and when one has to.

use http::StatusCode;
use jsonwebtoken::Algorithm;

use crate::support::*;

fn with(field: &'static str, value: &str) -> Form {
    let mut request = authorization();
    request.insert(field, value.into());
    request
}

#[tokio::test]
async fn a_second_sign_in_passes_without_typing() {
    let mut world = World::new();
    world.code(&authorization(), "alice").await;
    world.advance(1000);
    let code = world
        .authorize(&authorization())
        .await
        .redirect_param("code")
        .unwrap();
    let tokens = world.post("/token", &exchange(&code)).await.json();
    assert_eq!(
        world
            .verified(&tokens["id_token"], Algorithm::RS256, "flask-app")
            .await["auth_time"],
        START
    );
    assert_eq!(
        world
            .authorize(&with("prompt", "none"))
            .await
            .redirect_param("error"),
        None
    );
    assert_eq!(
        world
            .another_browser()
            .authorize(&authorization())
            .await
            .status,
        StatusCode::OK
    );
}

#[tokio::test]
async fn when_the_password_is_asked_for_again() {
    let cases = [
        ("prompt=login", with("prompt", "login"), 0, true),
        (
            "prompt=select_account",
            with("prompt", "select_account"),
            0,
            true,
        ),
        ("max_age not reached", with("max_age", "100"), 100, false),
        ("max_age passed", with("max_age", "100"), 101, true),
        ("max_age zero", with("max_age", "0"), 0, true),
        ("the session's end", authorization(), 36_000, true),
        ("before the session's end", authorization(), 35_999, false),
    ];
    for (name, request, later, asked) in cases {
        let mut world = World::new();
        world.code(&authorization(), "alice").await;
        world.advance(later);
        let answer = world.authorize(&request).await;
        assert_eq!(answer.status == StatusCode::OK, asked, "{name}");
        assert_eq!(answer.redirect_param("code").is_some(), !asked, "{name}");
    }
}

#[tokio::test]
async fn prompt_none_with_max_age_passed_needs_a_login() {
    let mut world = World::new();
    world.code(&authorization(), "alice").await;
    world.advance(11);
    let mut request = with("prompt", "none");
    request.insert("max_age", "10".into());
    assert_eq!(
        world
            .authorize(&request)
            .await
            .redirect_param("error")
            .as_deref(),
        Some("login_required")
    );
}

#[tokio::test]
async fn signing_in_again_renews_auth_time_and_the_cookie_but_not_sid() {
    let mut world = World::new();
    let first = world.tokens("alice").await;
    let before = (
        world
            .verified(&first["id_token"], Algorithm::RS256, "flask-app")
            .await,
        world.cookies.clone(),
    );
    world.advance(50);
    let code = world.code(&with("prompt", "login"), "alice").await;
    let tokens = world.post("/token", &exchange(&code)).await.json();
    let after = world
        .verified(&tokens["id_token"], Algorithm::RS256, "flask-app")
        .await;
    assert_eq!(
        (&after["sid"], &after["auth_time"]),
        (&before.0["sid"], &(START + 50).into())
    );
    assert_ne!(
        world.cookies["dev_provider_session_5001"],
        before.1["dev_provider_session_5001"]
    );
    world.cookies = before.1;
    assert_eq!(
        world.authorize(&authorization()).await.status,
        StatusCode::OK,
        "the old cookie is void"
    );
}

#[tokio::test]
async fn another_person_ends_the_session_of_the_first() {
    let mut world = World::new();
    let alice = world.tokens("alice").await;
    world.code(&with("prompt", "login"), "bob").await;
    assert_eq!(
        world.refresh(&alice["refresh_token"]).await.status,
        StatusCode::BAD_REQUEST
    );
}

#[tokio::test]
async fn a_hinted_person_must_be_the_one() {
    let mut world = World::new();
    let tokens = world.tokens("alice").await;
    let hint = with("id_token_hint", tokens["id_token"].as_str().unwrap());
    assert!(
        world
            .authorize(&hint)
            .await
            .redirect_param("code")
            .is_some()
    );

    world.code(&with("prompt", "login"), "bob").await;
    let mut silent = hint.clone();
    silent.insert("prompt", "none".into());
    assert_eq!(
        world
            .authorize(&silent)
            .await
            .redirect_param("error")
            .as_deref(),
        Some("login_required")
    );
    let answer = world.type_password(&hint, "bob", "bob").await;
    assert_eq!(
        answer.redirect_param("error").as_deref(),
        Some("login_required")
    );
    assert!(
        world
            .type_password(&hint, "alice", "alice")
            .await
            .redirect_param("code")
            .is_some()
    );
}
