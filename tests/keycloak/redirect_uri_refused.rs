//! A client registered for another address: our refusal, and Keycloak's where ours is told to let it pass.

use oidc_login_tests::{browser::Browser, demo::Demo, keycloak::Keycloak};

use crate::stage::REALM;

const CLIENT: &str = "flask-app-elsewhere";

#[tokio::test]
#[ignore = "needs Keycloak and Chromium: ./test starts them"]
async fn we_refuse_what_our_patterns_do_not_allow_before_the_browser_leaves() {
    let issuer = Keycloak::from_env().issuer(REALM);
    let said = Demo::refusal(&[
        ("OIDC_ISSUER", &issuer),
        ("OIDC_CLIENT_ID", CLIENT),
        ("OIDC_ROOT_URL", "http://localhost:5000/"),
        ("OIDC_VALID_REDIRECT_URIS", "http://localhost:9999/*"),
    ])
    .await;
    for named in [
        "redirect URI",
        "http://localhost:5000/auth/callback",
        "http://localhost:9999/*",
        "port",
    ] {
        assert!(said.contains(named), "{named} in {said}");
    }
}

#[tokio::test]
#[ignore = "needs Keycloak and Chromium: ./test starts them"]
async fn keycloak_refuses_what_ours_lets_pass() {
    let issuer = Keycloak::from_env().issuer(REALM);
    let demo = Demo::start(&[
        ("OIDC_ISSUER", &issuer),
        ("OIDC_CLIENT_ID", CLIENT),
        ("OIDC_PAR", "never"),
    ])
    .await;
    let browser = Browser::start().await;
    let page = browser.new_tab().await;
    page.goto(&format!("{}/secure", demo.url())).await;
    page.wait_for_text("Invalid parameter: redirect_uri").await;
    assert!(page.url().await.starts_with(&issuer));
    page.screenshot("keycloak-invalid-redirect-uri").await;
}

#[tokio::test]
#[ignore = "needs Keycloak and Chromium: ./test starts them"]
async fn what_keycloak_refuses_beforehand_stands_on_our_page() {
    let issuer = Keycloak::from_env().issuer(REALM);
    let demo = Demo::start(&[("OIDC_ISSUER", &issuer), ("OIDC_CLIENT_ID", CLIENT)]).await;
    let browser = Browser::start().await;
    let page = browser.new_tab().await;
    page.goto(&format!("{}/secure", demo.url())).await;
    page.wait_for_text("Invalid parameter: redirect_uri").await;
    assert!(page.url().await.starts_with(&demo.url()));
}
