//! The browser's back button.

use crate::stage::Stage;

#[tokio::test]
#[ignore = "needs Chromium: ./test installs and starts it"]
async fn back_after_the_login_leaves_the_user_signed_in() {
    let stage = Stage::new().await;
    let page = stage.tab("/").await;
    page.click_text("Sign in").await;
    stage.sign_in(&page, "alice").await;
    page.wait_for_text("You are signed in as").await;

    // The provider knows her and answers once more; that leads back to where she was.
    go_back(&page).await;
    page.wait_for_text("You are signed in as").await;
    assert_eq!(page.url().await, stage.at("/"));
    assert!(stage.is_signed_in().await);

    let page = stage.tab("/secure").await;
    page.wait_for_text("Hello from the secure endpoint").await;
}

#[tokio::test]
#[ignore = "needs Chromium: ./test installs and starts it"]
async fn back_after_the_logout_shows_nothing_of_the_user() {
    let stage = Stage::new().await;
    let page = stage.signed_in("alice", "/secure").await;
    page.goto(&stage.at("/api/me")).await;
    page.goto(&stage.at("/")).await;
    page.click_text("Sign out").await;
    page.wait_for_text("You are not signed in.").await;

    // Home, then the JSON, then the secure page: each is asked for again, none is shown from memory.
    go_back(&page).await;
    page.wait_for_text("You are not signed in.").await;
    assert!(!page.text().await.contains("Alice"));
    go_back(&page).await;
    page.wait_for_text("not_signed_in").await;
    assert!(!page.text().await.contains("alice"));
    go_back(&page).await;
    page.wait_for_url(&stage.demo.issuer()).await;
    page.wait_for("#password").await;
}

/// Unlike [`Page::back`] it does not wait for the address: that may lead on to another one.
async fn go_back(page: &oidc_login_tests::browser::Page) {
    page.evaluate("window.before_back = true; setTimeout(() => history.back())")
        .await;
    page.wait_until(
        "the page before is loaded",
        "!window.before_back && document.readyState === 'complete'",
    )
    .await;
}
