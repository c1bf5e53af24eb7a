//! Pushed authorization requests.

use http::{StatusCode, header};
use oidc_login_dev_provider::PushedRequests;

use crate::support::*;

fn world(mode: PushedRequests) -> World {
    World::with(|builder| builder.pushed_requests(mode))
}

fn reference(client_id: &str, request_uri: &str) -> Form {
    form([("client_id", client_id), ("request_uri", request_uri)])
}

async fn pushed(world: &mut World, request: &Form) -> String {
    let answer = world.post("/par", request).await;
    assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.body);
    assert_eq!(answer.header(header::CACHE_CONTROL), "no-store");
    assert_eq!(answer.json()["expires_in"], 60);
    answer.json()["request_uri"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_pushed_request_is_signed_in_to_once() {
    let mut world = world(PushedRequests::Required);
    let request_uri = pushed(&mut world, &authorization()).await;
    let reference = reference("flask-app", &request_uri);
    let code = world.code(&reference, "alice").await;
    let tokens = world.post("/token", &exchange(&code)).await;
    assert_eq!(tokens.status, StatusCode::OK, "{}", tokens.body);
    let again = world.authorize(&reference).await;
    assert_eq!(
        (again.status, again.location()),
        (StatusCode::BAD_REQUEST, None)
    );
}

#[tokio::test]
async fn a_reference_is_good_for_a_minute_and_for_whoever_pushed() {
    for (name, client_id, seconds, status) in [
        ("in time", "flask-app", 59, StatusCode::OK),
        ("too late", "flask-app", 60, StatusCode::BAD_REQUEST),
        ("another client", "web", 0, StatusCode::BAD_REQUEST),
        ("no client", "", 0, StatusCode::BAD_REQUEST),
    ] {
        let mut world = world(PushedRequests::Offered);
        let request_uri = pushed(&mut world, &authorization()).await;
        world.advance(seconds);
        let answer = world.authorize(&reference(client_id, &request_uri)).await;
        assert_eq!((answer.status, answer.location()), (status, None), "{name}");
    }
    let mut world = world(PushedRequests::Offered);
    let request_uri = pushed(&mut world, &authorization()).await;
    world.authorize(&reference("web", &request_uri)).await;
    let answer = world.authorize(&reference("flask-app", &request_uri)).await;
    assert_eq!(
        answer.status,
        StatusCode::OK,
        "another client does not use it up"
    );
}

#[tokio::test]
async fn what_would_be_refused_later_is_refused_at_once() {
    for (name, field, value, error) in [
        ("no client", "client_id", "", "invalid_client"),
        ("unknown client", "client_id", "nobody", "invalid_client"),
        (
            "a client without its secret",
            "client_id",
            "web",
            "invalid_client",
        ),
        (
            "foreign redirect URI",
            "redirect_uri",
            "https://evil.test/",
            "invalid_request",
        ),
        ("no challenge", "code_challenge", "", "invalid_request"),
        ("no openid", "scope", "profile", "invalid_scope"),
        (
            "another flow",
            "response_type",
            "token",
            "unsupported_response_type",
        ),
        ("a reference", "request_uri", "urn:a", "invalid_request"),
    ] {
        let mut request = authorization();
        request.insert(field, value.into());
        let answer = world(PushedRequests::Offered).post("/par", &request).await;
        let status = if error == "invalid_client" { 401 } else { 400 };
        assert_error(&answer, status, error, name);
    }
}

#[tokio::test]
async fn discovery_says_what_is_offered_and_what_is_demanded() {
    for (mode, endpoint, required, pushes, plain) in [
        (PushedRequests::Off, None, None, 404, StatusCode::OK),
        (
            PushedRequests::Offered,
            Some("/par"),
            Some(false),
            201,
            StatusCode::OK,
        ),
        (
            PushedRequests::Required,
            Some("/par"),
            Some(true),
            201,
            StatusCode::BAD_REQUEST,
        ),
    ] {
        let mut world = world(mode);
        let metadata = world.get("/.well-known/openid-configuration").await.json();
        let named = metadata["pushed_authorization_request_endpoint"].as_str();
        let expected = endpoint.map(|path| format!("{ISSUER}{path}"));
        assert_eq!(named, expected.as_deref(), "{mode:?}");
        let demanded = metadata["require_pushed_authorization_requests"].as_bool();
        assert_eq!(demanded, required, "{mode:?}");
        let answer = world.post("/par", &authorization()).await;
        assert_eq!(answer.status.as_u16(), pushes, "{mode:?}");
        let answer = world.authorize(&authorization()).await;
        assert_eq!(answer.status, plain, "{mode:?}");
    }
}

#[tokio::test]
async fn the_sign_in_page_holds_no_secret_of_the_client() {
    let mut world = world(PushedRequests::Required);
    let mut request = authorization();
    request.insert("client_id", "web".into());
    request.insert("client_secret", "s:cret& x".into());
    let request_uri = pushed(&mut world, &request).await;
    let page = world.authorize(&reference("web", &request_uri)).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.body);
    assert!(!page.body.contains("client_secret"), "{}", page.body);
}
