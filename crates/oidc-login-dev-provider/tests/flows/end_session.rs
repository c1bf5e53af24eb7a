//! Signing out at the provider, asked for by an app.

use http::StatusCode;

use crate::support::*;

const BYE: &str = "http://localhost:5000/bye";

async fn is_signed_in(world: &mut World) -> bool {
    world
        .authorize(&authorization())
        .await
        .redirect_param("code")
        .is_some()
}

async fn end_session(world: &mut World, request: &Form) -> Answer {
    world
        .get(&format!("/end-session?{}", encode(request)))
        .await
}

#[tokio::test]
async fn an_id_token_signs_out_and_returns() {
    let mut world = World::new();
    let tokens = world.tokens("alice").await;
    world.advance(100_000);
    world.cookies.clear();
    let fresh = world.tokens("alice").await;
    let hint = tokens["id_token"].as_str().unwrap();
    let answer = end_session(
        &mut world,
        &form([
            ("id_token_hint", hint),
            ("post_logout_redirect_uri", BYE),
            ("state", "a b"),
        ]),
    )
    .await;
    assert_eq!(
        answer.location().unwrap().as_str(),
        format!("{BYE}?state=a+b"),
        "an expired ID token is a hint too"
    );
    assert!(!is_signed_in(&mut world).await);
    assert_eq!(
        world.refresh(&fresh["refresh_token"]).await.status,
        StatusCode::BAD_REQUEST
    );
    assert_eq!(
        world.userinfo(&fresh["access_token"]).await.status,
        StatusCode::UNAUTHORIZED
    );
}

#[tokio::test]
async fn offline_access_survives() {
    let mut world = World::new();
    let mut request = authorization();
    request.insert("scope", "openid offline_access".into());
    let code = world.code(&request, "alice").await;
    let tokens = world.post("/token", &exchange(&code)).await.json();
    end_session(
        &mut world,
        &form([("id_token_hint", tokens["id_token"].as_str().unwrap())]),
    )
    .await;
    assert!(!is_signed_in(&mut world).await);
    assert_eq!(
        world.refresh(&tokens["refresh_token"]).await.status,
        StatusCode::OK
    );
}

#[tokio::test]
async fn without_a_hint_the_person_is_asked() {
    let mut world = World::new();
    let tokens = world.tokens("alice").await;
    let other = world.another_browser().tokens("bob").await;
    let (signed, signature) = tokens["id_token"]
        .as_str()
        .unwrap()
        .rsplit_once('.')
        .unwrap();
    let forged = format!("{signed}.{}", signature.chars().rev().collect::<String>());
    let cases = [
        ("nothing", form([])),
        ("forged", form([("id_token_hint", &forged)])),
        (
            "client_id alone",
            form([
                ("client_id", "flask-app"),
                ("post_logout_redirect_uri", BYE),
            ]),
        ),
        ("not an ID token", form([("id_token_hint", "x.y.z")])),
        (
            "an access token",
            form([("id_token_hint", tokens["access_token"].as_str().unwrap())]),
        ),
        (
            "somebody else's",
            form([("id_token_hint", other["id_token"].as_str().unwrap())]),
        ),
    ];
    for (name, request) in cases {
        let page = end_session(&mut world, &request).await;
        assert!(
            page.body.contains("Sign out?") && page.body.contains("Alice Example"),
            "{name}: {}",
            page.body
        );
        assert!(is_signed_in(&mut world).await, "{name}");
    }
}

#[tokio::test]
async fn yes_signs_out() {
    let mut world = World::new();
    world.tokens("alice").await;
    let page = end_session(
        &mut world,
        &form([
            ("client_id", "flask-app"),
            ("post_logout_redirect_uri", BYE),
        ]),
    )
    .await;
    assert!(page.body.contains("Flask &#60;app&#62;"));
    let mut forged = page.hidden_fields();
    forged.insert(
        "csrf",
        world
            .another_browser()
            .authorize(&authorization())
            .await
            .hidden_fields()["csrf"]
            .clone(),
    );
    assert_eq!(
        world.post("/end-session/confirm", &forged).await.status,
        StatusCode::FORBIDDEN
    );
    assert!(is_signed_in(&mut world).await);
    let answer = world
        .post("/end-session/confirm", &page.hidden_fields())
        .await;
    assert_eq!(answer.location().unwrap().as_str(), BYE);
    assert!(!is_signed_in(&mut world).await);
}

#[tokio::test]
async fn a_token_for_signing_in_signs_nobody_out() {
    let mut world = World::new();
    world.tokens("alice").await;
    let mut request = authorization();
    request.insert("prompt", "login".into());
    let mut fields = world.authorize(&request).await.hidden_fields();
    fields.insert("request", String::new());
    assert_eq!(
        world.post("/end-session/confirm", &fields).await.status,
        StatusCode::FORBIDDEN
    );
    assert!(is_signed_in(&mut world).await);
}

#[tokio::test]
async fn unregistered_addresses_are_shown_and_nobody_is_signed_out() {
    let cases = [
        (
            "foreign",
            form([
                ("client_id", "flask-app"),
                ("post_logout_redirect_uri", "http://evil.test/"),
            ]),
            "http://evil.test/",
        ),
        (
            "no app named",
            form([("post_logout_redirect_uri", BYE)]),
            BYE,
        ),
        (
            "unknown app",
            form([("client_id", "nobody"), ("post_logout_redirect_uri", BYE)]),
            "nobody",
        ),
    ];
    for (name, request, shown) in cases {
        let mut world = World::new();
        world.tokens("alice").await;
        let answer = end_session(&mut world, &request).await;
        assert_eq!(
            (answer.status, answer.location()),
            (StatusCode::BAD_REQUEST, None),
            "{name}"
        );
        assert!(answer.body.contains(shown), "{name}");
        assert!(is_signed_in(&mut world).await, "{name}");
    }
}

#[tokio::test]
async fn a_hint_of_another_client_is_refused() {
    let mut world = World::new();
    let tokens = world.tokens("alice").await;
    let request = form([
        ("client_id", "web"),
        ("id_token_hint", tokens["id_token"].as_str().unwrap()),
    ]);
    assert_eq!(
        end_session(&mut world, &request).await.status,
        StatusCode::BAD_REQUEST
    );
    assert!(is_signed_in(&mut world).await);
}

#[tokio::test]
async fn a_visitor_is_already_signed_out() {
    let answer = end_session(&mut World::new(), &form([])).await;
    assert!(answer.body.contains("You are signed out"));
    let request = form([
        ("client_id", "flask-app"),
        ("post_logout_redirect_uri", BYE),
    ]);
    assert_eq!(
        end_session(&mut World::new(), &request)
            .await
            .location()
            .unwrap()
            .as_str(),
        BYE
    );
}

#[tokio::test]
async fn a_posted_request_comes_back_as_get() {
    let mut world = World::new();
    let tokens = world.tokens("alice").await;
    let answer = world
        .post(
            "/end-session",
            &form([("id_token_hint", tokens["id_token"].as_str().unwrap())]),
        )
        .await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER);
    world
        .get(
            answer
                .location()
                .unwrap()
                .as_str()
                .strip_prefix(ISSUER)
                .unwrap(),
        )
        .await;
    assert!(!is_signed_in(&mut world).await);
}
