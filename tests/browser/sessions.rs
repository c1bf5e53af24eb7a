//! One user in two browsers: what one of them ends is over in the other.

use oidc_login_tests::browser::{Browser, Page};

use crate::stage::{Stage, another_site, sibling, status};

/// Alice in the stage's browser, and in another one.
async fn twice() -> (Stage, Page, Browser, Page) {
    let stage = Stage::new().await;
    let page = stage.signed_in("alice", "/secure").await;
    let browser = Browser::start().await;
    let other = browser.new_tab().await;
    other.goto(&stage.at("/secure")).await;
    stage.sign_in(&other, "alice").await;
    other.wait_for_url(&stage.at("/secure")).await;
    (stage, page, browser, other)
}

async fn is_signed_in(stage: &Stage, page: &Page) -> bool {
    page.goto(&stage.at("/")).await;
    !page.text().await.contains("You are not signed in")
}

#[tokio::test]
#[ignore = "needs Chromium: ./test installs and starts it"]
async fn the_other_browser_is_signed_out_then_this_one() {
    let (stage, page, _browser, other) = twice().await;
    page.click_text("Where you are signed in").await;
    page.wait_for_text("this browser").await;
    page.click_text("End all others").await;
    page.wait_for("main ul.sessions li:only-child").await;
    assert!(!is_signed_in(&stage, &other).await);

    page.goto(&stage.at("/sessions")).await;
    page.click_text("Sign out here").await;
    page.wait_for_text("You are not signed in.").await;
    assert!(!stage.is_signed_in().await);
}

#[tokio::test]
#[ignore = "needs Chromium: ./test installs and starts it"]
async fn one_of_two_is_ended() {
    let (stage, page, _browser, other) = twice().await;
    other.goto(&stage.at("/sessions")).await;
    other.click_text("End").await;
    other.wait_for("main ul.sessions li:only-child").await;
    assert!(!is_signed_in(&stage, &page).await);
    assert!(is_signed_in(&stage, &other).await);
}

#[tokio::test]
#[ignore = "needs Chromium: ./test installs and starts it"]
async fn a_form_elsewhere_ends_nothing() {
    let (stage, page, _browser, other) = twice().await;
    let form = format!(
        "<form method=post action='{}'><button>Win</button></form>",
        stage.at("/sessions/end-others")
    );
    for elsewhere in [another_site(form.clone()).await, sibling(form).await] {
        page.goto(&elsewhere).await;
        page.click_text("Win").await;
        page.wait_for_url(&stage.at("/sessions/end-others")).await;
        assert_eq!(status(&page).await, 403, "{elsewhere}");
        assert!(is_signed_in(&stage, &other).await, "{elsewhere}");
    }
    assert!(is_signed_in(&stage, &page).await);
}

#[tokio::test]
#[ignore = "needs Chromium: ./test installs and starts it"]
async fn an_administrator_ends_all_of_a_user() {
    let (stage, page, _browser, other) = twice().await;
    let alice = stage.sub(&page).await;
    page.goto(&stage.at(&format!("/admin?sub={alice}"))).await;
    page.click_text("End all").await;
    // Her own session was among them.
    page.wait_for_text("You are not signed in.").await;
    assert!(!is_signed_in(&stage, &other).await);
}
