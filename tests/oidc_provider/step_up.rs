//! Pages that ask for more than a login: a fresh one, or one of a certain strength.

use http::StatusCode;
use oidc_login_tests::{
    demo::free_port, fresh_login::fresh_login_app, oidc_provider::OidcProvider, visitor::Visitor,
};

use crate::stage::Stage;

#[tokio::test]
#[ignore = "needs oidc-provider: ./test installs it"]
async fn a_page_for_a_fresh_login_asks_for_the_password_again() {
    let port = free_port();
    let provider = OidcProvider::start(port).await;
    let app = fresh_login_app(&provider.issuer(), "flask-app-auth-time", port);
    let mut alice = Visitor::at(port, app, provider.port());
    assert_eq!(alice.sign_in("alice").await.status, StatusCode::OK);
    let before = alice.claims_here().await;

    let form = alice.open_recent().await;
    let text = form.text();
    assert!(
        form.url.as_str().starts_with(&provider.issuer()),
        "{}",
        form.url
    );
    assert!(text.contains("name=\"password\""), "no question: {text}");
    assert_eq!(alice.claims_here().await, before, "signed in as before");

    let typed = [("username", "alice"), ("password", "alice")];
    alice.prove_again(&form, &typed).await;
    let after = alice.claims_here().await;
    assert!(
        after["auth_time"].as_i64() > before["auth_time"].as_i64(),
        "{after} {before}"
    );
    assert_eq!(after["sub"], "alice");
}

/// It knows no levels, and leaves `acr` out.
#[tokio::test]
#[ignore = "needs oidc-provider: ./test installs it"]
async fn without_levels_it_is_said_what_the_provider_lacks_and_nobody_loops() {
    let stage = Stage::at("flask-app", &[("OIDC_STRONG_ACR", "gold")]).await;
    let mut alice = stage.signed_in("alice").await;
    let before = alice.claims().await;
    let page = alice.open("/strong").await;
    let text = page.text();
    assert_eq!(page.status, StatusCode::FORBIDDEN, "{text}");
    for shown in [
        "in the way this app asks for",
        "expected one of `gold`",
        "id_token_acr",
    ] {
        assert!(text.contains(shown), "{shown} in {text}");
    }
    assert_eq!(alice.claims().await, before, "as before");
}
