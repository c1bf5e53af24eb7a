//! The authorization endpoint: what is refused, where the refusal goes, and what a request may ask for.

use http::{StatusCode, header};

use crate::support::*;

#[tokio::test]
async fn an_untrusted_destination_gets_a_page_and_no_redirect() {
    let cases = [
        (
            "unknown client",
            ("client_id", "<nobody>"),
            ["&#60;nobody&#62;", "flask-app"],
        ),
        ("no client", ("client_id", ""), ["nothing", "flask-app"]),
        (
            "foreign redirect URI",
            ("redirect_uri", "http://evil.test/auth/callback"),
            ["http://evil.test/auth/callback", "/auth/*"],
        ),
        (
            "redirect URI outside",
            ("redirect_uri", "http://localhost:5000/other"),
            ["http://localhost:5000/other", "/auth/*"],
        ),
        (
            "redirect URI that climbs",
            ("redirect_uri", "http://localhost:5000/auth/../x"),
            ["/auth/../x", "/auth/*"],
        ),
        (
            "redirect URI with a fragment",
            ("redirect_uri", "http://localhost:5000/auth/#x"),
            ["#x", "/auth/*"],
        ),
        (
            "script",
            ("redirect_uri", "javascript:alert(1)"),
            ["javascript:alert(1)", "/auth/*"],
        ),
        (
            "no redirect URI",
            ("redirect_uri", ""),
            ["redirect_uri is missing", "/auth/*"],
        ),
    ];
    for (name, (field, value), shown) in cases {
        let mut request = authorization();
        request.insert(field, value.into());
        let answer = World::new().authorize(&request).await;
        assert_eq!(
            (answer.status, answer.location()),
            (StatusCode::BAD_REQUEST, None),
            "{name}"
        );
        for text in shown {
            assert!(
                answer.body.contains(text),
                "{name}: {text} in {}",
                answer.body
            );
        }
    }
    let twice = format!(
        "/authorize?{}&redirect_uri=http%3A%2F%2Fevil.test%2F",
        encode(&authorization())
    );
    assert_eq!(
        World::new().get(&twice).await.status,
        StatusCode::BAD_REQUEST
    );
}

#[tokio::test]
async fn other_mistakes_are_told_to_the_client() {
    let cases = [
        (("response_type", ""), "invalid_request"),
        (("response_type", "token"), "unsupported_response_type"),
        (("response_mode", "fragment"), "invalid_request"),
        (("scope", "profile"), "invalid_scope"),
        (("scope", ""), "invalid_scope"),
        (("code_challenge", ""), "invalid_request"),
        (("code_challenge", "short"), "invalid_request"),
        (("code_challenge_method", "plain"), "invalid_request"),
        (("code_challenge_method", ""), "invalid_request"),
        (("prompt", "none login"), "invalid_request"),
        (("prompt", "sometimes"), "invalid_request"),
        (("prompt", "none"), "login_required"),
        (("max_age", "-1"), "invalid_request"),
        (("id_token_hint", "x.y.z"), "invalid_request"),
        (("request", "x.y.z"), "request_not_supported"),
        (
            ("request_uri", "http://localhost/"),
            "request_uri_not_supported",
        ),
        (("registration", "{}"), "registration_not_supported"),
    ];
    for ((field, value), error) in cases {
        let mut request = authorization();
        request.insert(field, value.into());
        let answer = World::new().authorize(&request).await;
        let name = format!("{field}={value}");
        let location = answer
            .location()
            .unwrap_or_else(|| panic!("{name}: {}", answer.body));
        assert!(
            location.as_str().starts_with(&format!("{CALLBACK}?error=")),
            "{name}"
        );
        assert_eq!(
            answer.redirect_param("error").as_deref(),
            Some(error),
            "{name}"
        );
        assert_eq!(
            answer.redirect_param("state").as_deref(),
            Some("the state & more"),
            "{name}"
        );
        assert_eq!(
            answer.redirect_param("iss").as_deref(),
            Some(ISSUER),
            "{name}"
        );
    }
    let twice = format!("/authorize?{}&nonce=again", encode(&authorization()));
    assert_eq!(
        World::new()
            .get(&twice)
            .await
            .redirect_param("error")
            .as_deref(),
        Some("invalid_request")
    );
}

#[tokio::test]
async fn a_confidential_client_may_be_held_to_pkce() {
    let client = confidential_client().require_pkce();
    let mut world = World::with(|_| {
        oidc_login_dev_provider::DevProvider::builder()
            .issuer(ISSUER)
            .client(client)
            .keys(KEYS.clone())
    });
    let request = form([
        ("response_type", "code"),
        ("client_id", "web"),
        ("redirect_uri", CALLBACK),
        ("scope", "openid"),
    ]);
    assert_eq!(
        world
            .authorize(&request)
            .await
            .redirect_param("error")
            .as_deref(),
        Some("invalid_request")
    );
}

#[tokio::test]
async fn a_posted_request_comes_back_as_get_so_that_cookies_come_along() {
    let mut world = World::new();
    world.code(&authorization(), "alice").await;
    let answer = world.post("/authorize", &authorization()).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER);
    let location = answer.location().unwrap();
    let code = world
        .get(location.as_str().strip_prefix(ISSUER).unwrap())
        .await
        .redirect_param("code");
    assert!(code.is_some());
}

#[tokio::test]
async fn the_answer_keeps_the_query_of_the_redirect_uri() {
    let mut request = authorization();
    request.insert("redirect_uri", format!("{CALLBACK}?provider=dev"));
    let answer = World::new().type_password(&request, "alice", "alice").await;
    assert_eq!(answer.redirect_param("provider").as_deref(), Some("dev"));
    assert!(answer.redirect_param("code").is_some());
    assert_eq!(answer.redirect_param("iss").as_deref(), Some(ISSUER));
}

#[tokio::test]
async fn an_answer_can_come_as_a_form() {
    let mut world = World::new();
    let mut request = authorization();
    request.insert("response_mode", "form_post".into());
    request.insert("prompt", "none".into());
    let refused = world.authorize(&request).await;
    assert!(refused.body.contains("value=\"login_required\""));
    request.remove("prompt");
    let page = world.type_password(&request, "alice", "alice").await;
    assert_eq!(page.status, StatusCode::OK);
    let action = format!("<form method=\"post\" action=\"{CALLBACK}\">");
    assert!(page.body.contains(&action), "{}", page.body);
    let value = |name: &str| {
        let start = format!("name=\"{name}\" value=\"");
        let (_, rest) = page.body.split_once(&start).unwrap();
        rest.split_once('"').unwrap().0.replace("&#38;", "&")
    };
    assert_eq!(value("state"), "the state & more");
    assert_eq!(value("iss"), ISSUER);
    let tokens = world.post("/token", &exchange(&value("code"))).await;
    assert_eq!(tokens.status, StatusCode::OK, "{}", tokens.body);
    let policy = page.header(header::CONTENT_SECURITY_POLICY);
    assert!(policy.contains("script-src 'sha256-") && !policy.contains("form-action"));
}
