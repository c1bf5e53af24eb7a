//! Logins that do not come about.

use crate::{
    looks::picture,
    stage::{Stage, status},
};

#[tokio::test]
#[ignore = "needs Chromium: ./test installs and starts it"]
async fn whoever_cancels_at_the_provider_is_told_so_and_may_try_again() {
    let stage = Stage::new().await;
    let page = stage.tab("/secure").await;
    page.click_text("Cancel").await;
    page.wait_for_url(&stage.at("/auth/callback")).await;
    assert_eq!(status(&page).await, 403);
    let text = page.text().await;
    for shown in [
        "If you cancelled it yourself, nothing is wrong.",
        "access_denied",
        "The provider’s own words",
    ] {
        assert!(text.contains(shown), "{shown} in {text}");
    }
    page.click_text("Sign in").await;
    stage.sign_in(&page, "alice").await;
    // The page that was asked for first.
    page.wait_for_url(&stage.at("/secure")).await;
    page.wait_for_text("Hello from the secure endpoint").await;
}

#[tokio::test]
#[ignore = "needs Chromium: ./test installs and starts it"]
async fn a_wrong_password_stays_at_the_provider() {
    let stage = Stage::new().await;
    let page = stage.tab("/secure").await;
    stage.fill_in(&page, "alice", "wrong").await;
    page.click_text("Sign in").await;
    page.wait_for_text("User name and password do not match.")
        .await;
    assert!(page.url().await.starts_with(&stage.demo.issuer()));
    assert_eq!(page.value_labelled("User name").await, "alice");

    page.fill_labelled("Password", "alice").await;
    page.click_text("Sign in").await;
    page.wait_for_url(&stage.at("/secure")).await;
    page.wait_for_text("Hello from the secure endpoint").await;
}

#[tokio::test]
#[ignore = "needs Chromium: ./test installs and starts it"]
async fn a_provider_that_lies_signs_nobody_in_and_the_page_says_about_what() {
    let stage = Stage::with(&[("OIDC_DEV_PROVIDER_BEND", "id-token-nonce")]).await;
    let page = stage.tab("/secure").await;
    stage.sign_in(&page, "alice").await;
    page.wait_for_text("id_token_nonce").await;
    assert_eq!(status(&page).await, 502);
    picture(&page, "provider-lies").await;
    assert!(!stage.is_signed_in().await);
}
