//! A confidential client, with its secret in either place, and with a wrong one.

use http::{Method, StatusCode};
use oidc_login_tests::client_keys::CLIENT_KEYS;
use serde_json::json;

use crate::{realm::Realm, stage::Stage};

const CLIENT: &str = "flask-app-confidential";
const SECRET: &str = "flask-app-secret";

#[tokio::test]
#[ignore = "needs Keycloak and Chromium: ./test starts them"]
async fn the_secret_is_taken_in_the_header_and_in_the_body() {
    for method in ["client_secret_basic", "client_secret_post"] {
        let settings = [
            ("OIDC_CLIENT_SECRET", SECRET),
            ("OIDC_CLIENT_AUTH_METHOD", method),
        ];
        let stage = Stage::at_client_like(CLIENT, &settings).await;
        let page = stage.signed_in("alice", "/secure").await;
        page.wait_for_text("Hello from the secure endpoint").await;
        page.click_text("Sign out").await;
        page.wait_for_text("You are not signed in.").await;
        stage.end().await;
    }
}

#[tokio::test]
#[ignore = "needs Keycloak: ./test starts it"]
async fn a_secret_of_odd_characters_too() {
    let secret = r#"s }(!]"\%41+&=:~"#;
    let client = json!({ "publicClient": false, "secret": secret });
    let realm = Realm::with(json!({}), client).await;
    for method in ["client_secret_basic", "client_secret_post"] {
        let settings = [
            ("OIDC_CLIENT_SECRET", secret),
            ("OIDC_CLIENT_AUTH_METHOD", method),
        ];
        let _demo = realm.demo(&settings).await;
        let mut alice = realm.signed_in("alice").await;
        assert_eq!(alice.who().await.as_deref(), Ok("alice"), "{method}");
    }
    realm.end().await;
}

#[tokio::test]
#[ignore = "needs Keycloak: ./test starts it"]
async fn an_assertion_signed_with_the_secret() {
    let secret = "a-secret-of-thirty-two-characters";
    let client = json!({
        "publicClient": false, "clientAuthenticatorType": "client-secret-jwt", "secret": secret,
    });
    let realm = Realm::with(json!({}), client).await;
    let settings = [
        ("OIDC_CLIENT_SECRET", secret),
        ("OIDC_CLIENT_AUTH_METHOD", "client_secret_jwt"),
    ];
    let _demo = realm.demo(&settings).await;
    let mut alice = realm.signed_in("alice").await;
    let (status, answer) = alice.script(Method::POST, "/api/refresh").await;
    assert_eq!(status, StatusCode::OK, "{answer}");
    realm.end().await;
}

#[tokio::test]
#[ignore = "needs Keycloak: ./test starts it"]
async fn an_assertion_signed_with_a_key_that_the_app_publishes() {
    for key in CLIENT_KEYS {
        let realm = Realm::with(json!({}), json!({})).await;
        let jwks = format!("http://localhost:{}/auth/jwks", realm.port);
        let client = json!({
            "publicClient": false, "clientAuthenticatorType": "client-jwt",
            "attributes": { "use.jwks.url": "true", "jwks.url": jwks },
        });
        realm.change_client(client).await;
        let _demo = realm.demo(&[("OIDC_CLIENT_JWKS", key)]).await;
        let mut alice = realm.signed_in("alice").await;
        let (status, answer) = alice.script(Method::POST, "/api/refresh").await;
        assert_eq!(status, StatusCode::OK, "{key}: {answer}");
        realm.end().await;
    }
}

#[tokio::test]
#[ignore = "needs Keycloak and Chromium: ./test starts them"]
async fn a_wrong_secret_is_explained_in_keycloaks_words_and_ours() {
    let settings = [
        ("OIDC_CLIENT_SECRET", "not-the-secret"),
        ("OIDC_PAR", "never"),
    ];
    let stage = Stage::at_client_like(CLIENT, &settings).await;
    let page = stage.signed_in("alice", "/secure").await;
    let text = page.text().await;
    for shown in [
        "The provider refused to exchange the code for tokens",
        "client id, secret and redirect URI must be the same",
        "The provider’s own words\n\nunauthorized_client\n\nInvalid client or Invalid client credentials",
        "Error token_request_refused, id ",
    ] {
        assert!(text.contains(shown), "{shown} in {text}");
    }
    assert!(!text.contains("not-the-secret"), "{text}");
    page.screenshot("keycloak-wrong-secret").await;
    page.goto(&stage.at("/")).await;
    page.wait_for_text("You are not signed in.").await;
    stage.end().await;
}

/// With a pushed request nobody types a password in vain.
#[tokio::test]
#[ignore = "needs Keycloak and Chromium: ./test starts them"]
async fn a_wrong_secret_is_explained_before_the_browser_leaves() {
    let settings = [("OIDC_CLIENT_SECRET", "not-the-secret")];
    let stage = Stage::at_client_like(CLIENT, &settings).await;
    let page = stage.browser.new_tab().await;
    page.goto(&stage.at("/secure")).await;
    page.wait_for_text("The provider refused this app").await;
    let text = page.text().await;
    let shown = "Error pushed_request_refused, id ";
    assert!(text.contains(shown), "{shown} in {text}");
    assert!(!text.contains("not-the-secret"), "{text}");
    stage.end().await;
}
