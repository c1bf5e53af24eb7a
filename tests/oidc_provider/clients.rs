//! A login and a logout as each kind of client.

use http::{Method, StatusCode};
use oidc_login_tests::client_keys::CLIENT_KEYS;

use crate::stage::{OFFLINE, SECRET, Stage, confirm_sign_out};

/// Signs in, refreshes, and signs out, as this client, which says who it is by this method.
async fn lives(client: &str, method: &str, variables: &[(&str, &str)]) {
    let variables = [&OFFLINE, variables].concat();
    let stage = Stage::at(client, &variables).await;
    let mut alice = stage.signed_in("alice").await;
    let claims = alice.claims().await.expect("she is signed in");
    assert_eq!(claims["sub"], "alice", "{client}");
    assert_eq!(claims["iss"], stage.provider.issuer(), "{client}");
    assert_eq!(claims["aud"], client);
    // Not in its ID tokens: userinfo was asked.
    assert_eq!(claims["email"], "alice@example.com", "{client}");

    let (status, answer) = alice.script(Method::POST, "/api/refresh").await;
    assert_eq!(status, StatusCode::OK, "{client}: {answer}");
    assert_eq!(answer["userinfo"]["email"], "alice@example.com");
    for grant in ["authorization_code", "refresh_token"] {
        let granted = format!("grant.success {client} {grant} {method}");
        assert_eq!(stage.provider.count(&granted).await, 1, "{granted}");
    }

    let logout = alice.at_app("/auth/logout");
    let page = alice.agent.post(&logout, &[]).await;
    let end_session = page.location().expect("the provider's address");
    assert_eq!(alice.who().await, Err(StatusCode::UNAUTHORIZED), "{client}");
    // After the answer the tokens are revoked.
    let revoked = format!("revocation {client} {method} 200");
    stage.provider.happens(&revoked, 1).await;
    let page = alice.agent.open(end_session.as_str()).await;
    let page = confirm_sign_out(&mut alice, &page).await;
    let page = alice.come_back(&page).await;
    assert!(page.url.as_str().starts_with(&alice.at_app("/")));
    assert!(page.text().contains("You are not signed in."), "{client}");

    // The provider's session is gone too: it asks for the password again.
    let page = alice.open("/secure").await;
    assert!(page.text().contains("name=\"password\""), "{client}");
    let events = stage.provider.events().await;
    let mut errors = events.iter().filter(|event| event.contains("error"));
    assert_eq!(errors.next(), None, "{client}");
}

#[tokio::test]
#[ignore = "needs oidc-provider: ./test installs it"]
async fn a_public_client() {
    lives("flask-app", "none", &[]).await;
}

#[tokio::test]
#[ignore = "needs oidc-provider: ./test installs it"]
async fn a_secret_in_the_header() {
    lives("flask-app-basic", "client_secret_basic", &[SECRET]).await;
}

#[tokio::test]
#[ignore = "needs oidc-provider: ./test installs it"]
async fn a_secret_in_the_body() {
    let method = "client_secret_post";
    let setting = ("OIDC_CLIENT_AUTH_METHOD", method);
    lives("flask-app-post", method, &[SECRET, setting]).await;
}

#[tokio::test]
#[ignore = "needs oidc-provider: ./test installs it"]
async fn an_assertion_signed_with_the_secret() {
    let method = ("OIDC_CLIENT_AUTH_METHOD", "client_secret_jwt");
    lives(
        "flask-app-secret-jwt",
        "client_assertion",
        &[SECRET, method],
    )
    .await;
}

#[tokio::test]
#[ignore = "needs oidc-provider: ./test installs it"]
async fn an_assertion_signed_with_a_key_that_the_app_publishes() {
    for key in CLIENT_KEYS {
        lives(
            "flask-app-key",
            "client_assertion",
            &[("OIDC_CLIENT_JWKS", key)],
        )
        .await;
    }
}

#[tokio::test]
#[ignore = "needs oidc-provider: ./test installs it"]
async fn an_id_and_a_secret_of_odd_characters() {
    let secret = ("OIDC_CLIENT_SECRET", r#"s }(!]"\%41+&=:~"#);
    for method in ["client_secret_basic", "client_secret_post"] {
        let setting = ("OIDC_CLIENT_AUTH_METHOD", method);
        lives(r#"flask-app }(!]"\%+&"#, method, &[secret, setting]).await;
    }
}

#[tokio::test]
#[ignore = "needs oidc-provider: ./test installs it"]
async fn a_wrong_secret_is_explained() {
    let secret = ("OIDC_CLIENT_SECRET", "not-the-secret");
    // Else it is refused before alice leaves.
    let plain = ("OIDC_PAR", "never");
    let stage = Stage::at("flask-app-basic", &[secret, plain]).await;
    let mut alice = stage.somebody();
    let page = alice.sign_in("alice").await;
    assert_eq!(page.status, StatusCode::BAD_GATEWAY);
    let text = page.text();
    for shown in ["token_request_refused", "invalid_client"] {
        assert!(text.contains(shown), "{shown} in {text}");
    }
    assert!(!text.contains("not-the-secret"), "{text}");
    assert_eq!(alice.who().await, Err(StatusCode::UNAUTHORIZED));
}
