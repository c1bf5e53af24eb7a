//! Keycloak's answer as a form that a page of it posts by itself.

use crate::stage::Stage;

#[tokio::test]
#[ignore = "needs Keycloak and Chromium: ./test starts them"]
async fn signs_in_and_the_address_shows_no_code() {
    let stage = Stage::at_client_like("flask-app", &[("OIDC_RESPONSE_MODE", "form_post")]).await;
    let page = stage.signed_in("alice", "/secure").await;
    page.wait_for_text("Hello from the secure endpoint").await;
    assert_eq!(page.url().await, stage.at("/secure"));
    assert_eq!(stage.claims(&page).await["preferred_username"], "alice");
    let refused = stage.tab("/auth/callback?code=c&state=s").await;
    refused.wait_for_text("Error").await;
    stage.end().await;
}
