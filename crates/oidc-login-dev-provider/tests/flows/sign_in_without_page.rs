use http::StatusCode;
use jsonwebtoken::Algorithm;
use oidc_login_dev_provider::{PushedRequests, SignInError};
use serde_json::json;
use url::Url;

use crate::support::*;

fn request(changes: &[(&'static str, &str)]) -> String {
    let mut request = authorization();
    for (name, value) in changes {
        request.insert(name, (*value).to_owned());
    }
    format!("{ISSUER}/authorize?{}", encode(&request))
}

fn sign_in(world: &World, username: &str, request: &str) -> Result<Url, SignInError> {
    let back = world.provider.control().sign_in(username, request)?;
    Ok(Url::parse(&back).unwrap())
}

fn param(url: &Url, name: &str) -> Option<String> {
    let mut params = url.query_pairs();
    params
        .find(|(is, _)| is == name)
        .map(|(_, value)| value.into_owned())
}

#[tokio::test]
async fn the_browser_is_sent_back_with_a_code_of_that_user() {
    let mut world = World::new();
    for (name, changes, acr) in [
        ("as it comes", &[][..], "1"),
        ("asked to sign in again", &[("prompt", "login")], "1"),
        ("asked to allow it", &[("prompt", "consent")], "1"),
        ("asked for a second factor", &[("acr_values", "2")], "2"),
    ] {
        let back = sign_in(&world, "bob", &request(changes)).expect(name);
        assert!(back.as_str().starts_with(CALLBACK), "{name}: {back}");
        assert_eq!(param(&back, "state").as_deref(), Some("the state & more"));
        assert_eq!(param(&back, "iss").as_deref(), Some(ISSUER));
        let code = param(&back, "code").expect(name);
        let tokens = world.post("/token", &exchange(&code)).await;
        assert_eq!(tokens.status, StatusCode::OK, "{name}: {}", tokens.body);
        let id_token = &tokens.json()["id_token"];
        let claims = world
            .verified(id_token, Algorithm::RS256, "flask-app")
            .await;
        assert_eq!(claims["preferred_username"], "bob", "{name}");
        assert_eq!(claims["acr"], json!(acr), "{name}");
    }
}

#[tokio::test]
async fn a_browser_with_cookies_of_the_provider_is_another_one() {
    let mut world = World::new();
    sign_in(&world, "alice", &request(&[])).unwrap();
    let page = world.authorize(&authorization()).await;
    assert_eq!(page.status, StatusCode::OK, "the sign-in page");
    world.code(&authorization(), "alice").await;
    let back = sign_in(&world, "bob", &request(&[("prompt", "none")])).unwrap();
    assert_eq!(param(&back, "error").as_deref(), Some("login_required"));
    let tokens = world.another_browser().tokens("alice").await;
    let hint = tokens["id_token"].as_str().unwrap();
    for (username, error) in [("alice", None), ("bob", Some("login_required"))] {
        let back = sign_in(&world, username, &request(&[("id_token_hint", hint)])).unwrap();
        assert_eq!(
            param(&back, "error").as_deref(),
            error,
            "{username}: {back}"
        );
    }
}

#[tokio::test]
async fn a_pushed_request_is_answered_once() {
    let mut world = World::with(|builder| builder.pushed_requests(PushedRequests::Required));
    let pushed = world.post("/par", &authorization()).await.json();
    let request_uri = pushed["request_uri"].as_str().unwrap();
    let reference = form([("client_id", "flask-app"), ("request_uri", request_uri)]);
    let reference = format!("{ISSUER}/authorize?{}", encode(&reference));
    let back = sign_in(&world, "alice", &reference).unwrap();
    assert!(param(&back, "code").is_some(), "{back}");
    let again = sign_in(&world, "alice", &reference);
    assert!(matches!(again, Err(SignInError::Refused(_))), "{again:?}");
    let not_pushed = sign_in(&world, "alice", &request(&[]));
    assert!(
        matches!(not_pushed, Err(SignInError::Refused(_))),
        "{not_pushed:?}"
    );
}

#[test]
fn what_is_refused_says_why() {
    let world = World::new();
    let elsewhere = &[("redirect_uri", "http://evil.test/")];
    for (name, username, request, expected) in [
        ("a user", "carol", request(&[]), "no user `carol`"),
        (
            "a redirect URI",
            "alice",
            request(elsewhere),
            "with a page: ",
        ),
        ("no request", "alice", String::new(), "with a page: "),
        (
            "a form",
            "alice",
            request(&[("response_mode", "form_post")]),
            "form_post",
        ),
    ] {
        let error = sign_in(&world, username, &request).unwrap_err();
        assert!(error.to_string().contains(expected), "{name}: {error}");
    }
    let back = sign_in(&world, "alice", &request(&[("response_type", "token")])).unwrap();
    assert!(param(&back, "error").is_some(), "told to the app: {back}");
    assert_eq!(param(&back, "code"), None);
}
