//! Several tabs, and steps done twice.

use oidc_login_tests::browser::Page;

use crate::stage::{Stage, status};

#[tokio::test]
#[ignore = "needs Chromium: ./test installs and starts it"]
async fn two_tabs_under_way_both_end_at_their_own_page() {
    let stage = Stage::new().await;
    let (first, second) = tokio::join!(stage.tab("/secure?tab=1"), stage.tab("/admin?tab=2"));
    stage.fill_in(&first, "alice", "alice").await;
    stage.fill_in(&second, "alice", "alice").await;

    first.click_text("Sign in").await;
    first.wait_for_url(&stage.at("/secure?tab=1")).await;
    first.wait_for_text("Hello from the secure endpoint").await;
    second.click_text("Sign in").await;
    second.wait_for_url(&stage.at("/admin?tab=2")).await;
    second.wait_for_text("Hello from the admin endpoint").await;

    first.reload().await;
    first.wait_for_text("Hello from the secure endpoint").await;
}

#[tokio::test]
#[ignore = "needs Chromium: ./test installs and starts it"]
async fn a_double_click_on_the_providers_button_signs_in() {
    let stage = Stage::new().await;
    let page = stage.tab("/secure").await;
    stage.fill_in(&page, "alice", "alice").await;
    page.double_click("form button").await;
    page.wait_for_text("Hello from the secure endpoint").await;
    assert_eq!(page.url().await, stage.at("/secure"));
}

#[tokio::test]
#[ignore = "needs Chromium: ./test installs and starts it"]
async fn the_providers_answer_opened_again_leads_to_the_page_and_does_no_harm() {
    let stage = Stage::new().await;
    let page = stage.tab("/secure").await;
    stage.fill_in(&page, "alice", "alice").await;
    let callback = callback(&page).await;
    assert!(
        callback.starts_with(&stage.at("/auth/callback?")),
        "{callback}"
    );

    page.goto(&callback).await;
    assert_eq!(page.url().await, stage.at("/secure"));
    for _ in 0..2 {
        page.goto(&callback).await;
        assert_eq!(page.url().await, stage.at("/secure"));
        page.wait_for_text("Hello from the secure endpoint").await;
    }

    // In another browser the very same address signs nobody in.
    let browser = oidc_login_tests::browser::Browser::start().await;
    let stranger = browser.new_tab().await;
    stranger.goto(&callback).await;
    assert_eq!(status(&stranger).await, 400);
    stranger.goto(&stage.at("/")).await;
    stranger.wait_for_text("You are not signed in.").await;
}

/// Sends the form that is filled in, outside the browser, and answers where the provider sends the browser then.
async fn callback(page: &Page) -> String {
    let form = page
        .evaluate(
            "[new URL(document.forms[0].getAttribute('action'), location.href).href, new URLSearchParams(new FormData(document.forms[0])).toString()]",
        )
        .await;
    let cookies = page.cookies().await;
    let cookies: Vec<_> = cookies
        .iter()
        .map(|cookie| format!("{}={}", cookie.name, cookie.value))
        .collect();
    let http = reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .build()
        .expect("a client without any setting that may fail");
    let answer = http
        .post(form[0].as_str().unwrap_or_default())
        .header("content-type", "application/x-www-form-urlencoded")
        .header("cookie", cookies.join("; "))
        .body(form[1].as_str().unwrap_or_default().to_owned())
        .send()
        .await
        .unwrap_or_else(|error| panic!("{error}"));
    let location = answer.headers().get("location");
    let location = location.and_then(|location| location.to_str().ok());
    location
        .unwrap_or_else(|| panic!("no way back: {} {}", answer.status(), form))
        .to_owned()
}
