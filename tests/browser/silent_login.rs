//! Visitors of an open page who are signed in without a question.

use oidc_login_tests::browser::Page;
use serde_json::json;

use crate::stage::Stage;

const ON: [(&str, &str); 1] = [("OIDC_SILENT_LOGIN", "on")];

/// Loses every cookie of the app, and none of the provider's.
async fn forget_app(page: &Page) {
    let cookies = page.cookies().await.into_iter();
    for cookie in cookies.filter(|cookie| cookie.name.contains("oidc_")) {
        let cookie = json!({ "name": cookie.name, "domain": "localhost" });
        page.command("Network.deleteCookies", cookie).await;
    }
}

#[tokio::test]
#[ignore = "needs Chromium: ./test installs and starts it"]
async fn whom_the_provider_knows_is_signed_in_by_looking_at_a_page() {
    let stage = Stage::with(&ON).await;
    let page = stage.signed_in("alice", "/secure").await;
    forget_app(&page).await;
    page.goto(&stage.at("/")).await;
    page.wait_for_text("You are not signed in.").await;
    page.goto(&stage.at("/")).await;
    page.wait_for_text("You are signed in as Alice Anderson.")
        .await;
    assert_eq!(page.url().await, stage.at("/"));
}

#[tokio::test]
#[ignore = "needs Chromium: ./test installs and starts it"]
async fn whom_the_provider_does_not_know_stays_a_visitor_and_reads_the_page() {
    let stage = Stage::with(&ON).await;
    let page = stage.tab("/").await;
    for _ in 1..=3 {
        page.goto(&stage.at("/")).await;
        page.wait_for_text("You are not signed in.").await;
        assert_eq!(page.url().await, stage.at("/"));
    }
    page.click_text("Sign in").await;
    stage.sign_in(&page, "alice").await;
    page.wait_for_text("You are signed in as Alice Anderson.")
        .await;

    // Whoever signed out is not signed in by the next page.
    page.click_text("Sign out").await;
    page.wait_for_text("You are not signed in.").await;
    for _ in 1..=3 {
        page.goto(&stage.at("/")).await;
        page.wait_for_text("You are not signed in.").await;
    }
}
