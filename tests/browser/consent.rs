//! A provider that asks its users whether they want to tell an app about themselves.

use crate::{
    looks::picture,
    stage::{Stage, status},
};

#[tokio::test]
#[ignore = "needs Chromium: ./test installs and starts it"]
async fn whoever_denies_is_told_so_and_whoever_allows_comes_in() {
    let stage = Stage::with(&[("OIDC_AUTH_PARAMS", "prompt=consent")]).await;
    let page = stage.tab("/secure").await;
    stage.sign_in(&page, "alice").await;
    page.wait_for_text("Allow access?").await;
    picture(&page, "provider-consent").await;
    page.click_text("Deny").await;
    page.wait_for_url(&stage.at("/auth/callback")).await;
    assert_eq!(status(&page).await, 403);
    page.wait_for_text("access_denied").await;
    assert!(!stage.is_signed_in().await);

    page.click_text("Sign in").await;
    page.wait_for_text("Your e-mail address").await;
    page.click_text("Allow").await;
    page.wait_for_url(&stage.at("/secure")).await;
    page.wait_for_text("Hello from the secure endpoint").await;
}
