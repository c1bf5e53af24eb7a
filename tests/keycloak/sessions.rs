//! Two sessions, Keycloak's and ours: one may end without the other.

use serde_json::json;

use crate::stage::{REALM, Stage, sign_in};

#[tokio::test]
#[ignore = "needs Keycloak and Chromium: ./test starts them"]
async fn ours_goes_on_until_the_logout_when_keycloaks_has_ended() {
    let stage = Stage::at_client_like("flask-app", &[]).await;
    let page = stage.signed_in("alice", "/secure").await;
    let claims = stage.claims(&page).await;
    let sid = claims["sid"].as_str().expect("Keycloak names its session");
    stage
        .keycloak
        .delete(&format!("/{REALM}/sessions/{sid}"))
        .await;

    page.goto(&stage.at("/secure")).await;
    page.wait_for_text("Hello from the secure endpoint").await;
    page.click_text("Sign out").await;
    page.wait_for_text("You are not signed in.").await;
    assert_eq!(page.url().await, stage.at("/"));
    page.click_text("Sign in").await;
    sign_in(&page, "alice").await;
    page.wait_for_text("You are signed in as Alice Anderson.")
        .await;
    stage.end().await;
}

#[tokio::test]
#[ignore = "needs Keycloak and Chromium: ./test starts them"]
async fn keycloaks_brings_ours_back_without_typing() {
    let stage = Stage::at_client_like("flask-app", &[]).await;
    let page = stage.signed_in("alice", "/secure").await;
    let before = stage.claims(&page).await;
    for cookie in page.cookies().await {
        if cookie.name.starts_with("oidc_") {
            let named = json!({ "name": cookie.name, "url": stage.at("/") });
            page.command("Network.deleteCookies", named).await;
        }
    }
    page.goto(&stage.at("/")).await;
    page.wait_for_text("You are not signed in.").await;

    page.goto(&stage.at("/secure")).await;
    assert_eq!(page.url().await, stage.at("/secure"));
    page.wait_for_text("Hello from the secure endpoint").await;
    let after = stage.claims(&page).await;
    assert_eq!(
        after["sid"], before["sid"],
        "Keycloak's session is the same"
    );
    assert_ne!(after["nonce"], before["nonce"], "the login is another");
    stage.end().await;
}
