//! Keys and algorithms: ES256 by registration, and a provider that comes back with other keys.

use http::{Method, StatusCode};

use crate::stage::{OFFLINE, SECRET, Stage};

#[tokio::test]
#[ignore = "needs oidc-provider: ./test installs it"]
async fn es256_signs_in_unless_it_is_not_allowed() {
    let algorithms = |list| ("OIDC_ID_TOKEN_SIGNING_ALGS", list);
    for allowed in [&[SECRET][..], &[SECRET, algorithms("ES256")]] {
        let stage = Stage::at("flask-app-es256", allowed).await;
        let mut alice = stage.signed_in("alice").await;
        assert_eq!(alice.who().await.as_deref(), Ok("alice"));
    }
    let stage = Stage::at("flask-app-es256", &[SECRET, algorithms("RS256 PS256")]).await;
    let mut alice = stage.somebody();
    let page = alice.sign_in("alice").await;
    let text = page.text();
    assert_eq!(page.status, StatusCode::BAD_GATEWAY, "{text}");
    assert_eq!(alice.who().await, Err(StatusCode::UNAUTHORIZED));
}

#[tokio::test]
#[ignore = "needs oidc-provider: ./test installs it"]
async fn new_keys_are_fetched_without_a_restart_of_the_app() {
    let mut stage = Stage::at("flask-app", &OFFLINE).await;
    let mut alice = stage.signed_in("alice").await;
    stage.provider.restart().await;

    // It has forgotten every grant, and says so: the login is over.
    assert_eq!(alice.who().await.as_deref(), Ok("alice"));
    let (status, answer) = alice.script(Method::POST, "/api/refresh").await;
    assert_eq!(status, StatusCode::UNAUTHORIZED, "{answer}");
    assert_eq!(alice.who().await, Err(StatusCode::UNAUTHORIZED));

    let mut bob = stage.signed_in("bob").await;
    assert_eq!(bob.who().await.as_deref(), Ok("bob"));
    stage.sign_out_at_provider(&mut bob).await;
    assert_eq!(bob.who().await, Err(StatusCode::UNAUTHORIZED));
}
