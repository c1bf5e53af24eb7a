//! The tutorial with a real Keycloak, click by click.

use crate::stage::{REALM, Stage, sign_in};

#[tokio::test]
#[ignore = "needs Keycloak and Chromium: ./test starts them"]
async fn alice_signs_in_looks_around_and_signs_out() {
    let stage = Stage::of_the_tutorial().await;
    let page = stage.tab("/").await;
    page.wait_for_text("You are not signed in.").await;
    page.click("main a.button").await;
    page.wait_until("its fonts are there", "document.fonts.status === 'loaded'")
        .await;
    page.screenshot("keycloak-sign-in").await;
    sign_in(&page, "alice").await;
    page.wait_for_text("Hello from the secure endpoint").await;
    assert_eq!(page.url().await, stage.at("/secure"));
    let text = page.text().await;
    for shown in [
        "Alice Anderson",
        "alice@example.com",
        "preferred_username",
        &stage.keycloak.issuer(REALM),
    ] {
        assert!(text.contains(shown), "{shown} in {text}");
    }
    page.screenshot("keycloak-secure").await;

    // Keycloak puts her roles into the access token only, and the demo reads them there.
    page.click_text("Admin").await;
    page.wait_for_text("Hello from the admin endpoint").await;
    assert_eq!(
        stage.claims(&page).await["realm_access"],
        serde_json::Value::Null
    );

    page.goto(&stage.at("/")).await;
    page.click_text("Sign out").await;
    page.wait_for_text("You are not signed in.").await;
    assert_eq!(page.url().await, stage.at("/"));

    // Keycloak's session is gone too: it asks for the password again.
    page.click_text("Sign in").await;
    sign_in(&page, "bob").await;
    page.wait_for_text("You are signed in as Bob Brown.").await;
    stage.end().await;
}
