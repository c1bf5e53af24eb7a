//! The sign-in page and its form.

use axum::body::Body;
use http::{Request, StatusCode, header};

use crate::support::*;

#[tokio::test]
async fn the_page_says_where_one_is() {
    let mut request = authorization();
    request.insert("login_hint", "ali\"ce".into());
    let page = World::new().authorize(&request).await;
    for text in [
        "Flask &#60;app&#62;",
        "Development provider",
        "alice / alice",
        "bob / bob",
        "value=\"ali&#34;ce\"",
    ] {
        assert!(page.body.contains(text), "{text} in {}", page.body);
    }
    assert!(!page.body.contains("<script"));
}

#[tokio::test]
async fn pages_are_locked_down() {
    let page = World::new().authorize(&authorization()).await;
    let style = page
        .body
        .split_once("<style>")
        .unwrap()
        .1
        .split_once("</style>")
        .unwrap()
        .0;
    let hash = base64::Engine::encode(
        &base64::engine::general_purpose::STANDARD,
        aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, style.as_bytes()),
    );
    let policy = format!(
        "default-src 'none'; style-src 'sha256-{hash}'; base-uri 'none'; frame-ancestors 'none'"
    );
    for (name, value) in [
        (header::CONTENT_SECURITY_POLICY, policy.as_str()),
        (header::X_FRAME_OPTIONS, "DENY"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::CACHE_CONTROL, "no-store"),
    ] {
        assert_eq!(page.header(name.clone()), value, "{name}");
    }
}

#[tokio::test]
async fn passwords_are_not_shown_beyond_this_machine() {
    let mut world =
        World::with(|builder| builder.dangerous_listen_on("0.0.0.0:5001".parse().unwrap()));
    assert!(
        !world
            .authorize(&authorization())
            .await
            .body
            .contains("alice / alice")
    );
}

#[tokio::test]
async fn wrong_passwords_are_asked_for_again() {
    for (username, password) in [
        ("alice", "wrong"),
        ("alice", ""),
        ("alice", "alicealice"),
        ("nobody", "alice"),
        ("", ""),
    ] {
        let mut world = World::new();
        let answer = world
            .type_password(&authorization(), username, password)
            .await;
        assert_eq!(
            (answer.status, answer.location()),
            (StatusCode::UNPROCESSABLE_ENTITY, None),
            "{username}/{password}"
        );
        assert!(answer.body.contains("role=\"alert\""));
        assert!(!world.cookies.keys().any(|name| name.contains("session")));
    }
}

#[tokio::test]
async fn a_failed_attempt_can_go_on() {
    let mut world = World::new();
    let mut form = world
        .type_password(&authorization(), "alice", "wrong")
        .await
        .hidden_fields();
    form.extend(super::support::form([
        ("username", "alice"),
        ("password", "alice"),
    ]));
    assert!(
        world
            .post("/sign-in", &form)
            .await
            .redirect_param("code")
            .is_some()
    );
}

#[tokio::test]
async fn a_form_from_elsewhere_signs_nobody_in() {
    type Change = fn(&mut World, &mut Form);
    let cases: [(&str, Change); 4] = [
        ("no token", |_, form| drop(form.remove("csrf"))),
        ("wrong token", |_, form| {
            drop(form.insert("csrf", "AAAA".into()));
        }),
        ("no cookie", |world, _| world.cookies.clear()),
        ("other cookie", |world, _| {
            world
                .cookies
                .values_mut()
                .for_each(|value| *value = "x".into());
        }),
    ];
    for (name, change) in cases {
        let mut world = World::new();
        let mut form = world.authorize(&authorization()).await.hidden_fields();
        form.extend(super::support::form([
            ("username", "alice"),
            ("password", "alice"),
        ]));
        change(&mut world, &mut form);
        let answer = world.post("/sign-in", &form).await;
        assert_eq!(
            (answer.status, answer.location()),
            (StatusCode::FORBIDDEN, None),
            "{name}"
        );
    }
}

/// As two tabs do that are opened at once: both requests leave before an answer with a cookie is there.
#[tokio::test]
async fn two_forms_shown_at_once_to_a_new_browser_both_sign_in() {
    let mut world = World::new();
    let (mut first, mut second) = (world.another_browser(), world.another_browser());
    let forms = [
        first.authorize(&authorization()).await.hidden_fields(),
        second.authorize(&authorization()).await.hidden_fields(),
    ];
    world.cookies.extend(first.cookies.clone());
    world.cookies.extend(second.cookies.clone());
    for (nth, mut form) in forms.into_iter().enumerate() {
        form.extend(super::support::form([
            ("username", "alice"),
            ("password", "alice"),
        ]));
        let answer = world.post("/sign-in", &form).await;
        assert!(answer.redirect_param("code").is_some(), "{nth}");
        // The form of one browser is still nothing for another one.
        let stranger = first.another_browser().post("/sign-in", &form).await;
        assert_eq!(stranger.status, StatusCode::FORBIDDEN, "{nth}");
    }
    let known = world.cookies.len();
    let mut again = authorization();
    again.insert("prompt", "login".into());
    world.authorize(&again).await;
    assert_eq!(world.cookies.len(), known, "a further form needs no cookie");
}

#[tokio::test]
async fn the_request_in_the_form_is_checked_again() {
    let mut world = World::new();
    let mut fields = world.authorize(&authorization()).await.hidden_fields();
    let mut changed = authorization();
    changed.insert("redirect_uri", "http://evil.test/".into());
    fields.insert("request", encode(&changed));
    fields.extend(form([("username", "alice"), ("password", "alice")]));
    let answer = world.post("/sign-in", &fields).await;
    assert_eq!(
        (answer.status, answer.location()),
        (StatusCode::BAD_REQUEST, None)
    );
}

#[tokio::test]
async fn cancel_tells_the_client() {
    let mut world = World::new();
    let mut fields = world.authorize(&authorization()).await.hidden_fields();
    fields.insert("action", "cancel".into());
    assert_eq!(
        world
            .post("/sign-in", &fields)
            .await
            .redirect_param("error")
            .as_deref(),
        Some("access_denied")
    );
}

#[tokio::test]
async fn cookies_belong_to_this_provider_alone() {
    let mut world = World::new();
    let page = world.authorize(&authorization()).await;
    let mut fields = page.hidden_fields();
    fields.extend(form([("username", "alice"), ("password", "alice")]));
    let answer = world.post("/sign-in", &fields).await;
    for (answer, name) in [
        (page, "dev_provider_csrf_5001_"),
        (answer, "dev_provider_session_5001="),
    ] {
        let cookie = answer.header(header::SET_COOKIE);
        assert!(
            cookie.starts_with(name)
                && cookie.ends_with("; Path=/realms/dev; HttpOnly; SameSite=Lax"),
            "{cookie}"
        );
    }
}

#[tokio::test]
async fn large_bodies_are_refused() {
    let body = Body::from("x".repeat(64 * 1024 + 1));
    let answer = World::new()
        .send(
            Request::post(format!("{ISSUER}/sign-in"))
                .body(body)
                .unwrap(),
        )
        .await;
    assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE);
}
