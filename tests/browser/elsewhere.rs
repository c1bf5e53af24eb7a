//! Pages of other sites, and other names of this one.

use crate::stage::{Stage, another_site, status};

#[tokio::test]
#[ignore = "needs Chromium: ./test installs and starts it"]
async fn a_link_of_another_site_to_the_logout_only_asks() {
    let stage = Stage::new().await;
    let page = stage.signed_in("alice", "/secure").await;
    let elsewhere = another_site(format!("<a href='{}'>Win</a>", stage.at("/auth/logout"))).await;

    page.goto(&elsewhere).await;
    page.click_text("Win").await;
    page.wait_for_text("Sign out?").await;
    page.wait_for_text("You are signed in as alice.").await;
    assert!(stage.is_signed_in().await);
    page.click_text("Stay signed in").await;
    page.wait_for_text("You are signed in as").await;

    page.goto(&elsewhere).await;
    page.click_text("Win").await;
    page.click_text("Sign out").await;
    page.wait_for_text("You are not signed in.").await;
    assert!(!stage.is_signed_in().await);
}

#[tokio::test]
#[ignore = "needs Chromium: ./test installs and starts it"]
async fn a_form_or_an_image_of_another_site_does_not_sign_out() {
    let stage = Stage::new().await;
    let page = stage.signed_in("alice", "/secure").await;
    let logout = stage.at("/auth/logout");
    let elsewhere = another_site(format!(
        "<form method=post action='{logout}'><button>Win</button></form><img src='{logout}' onerror='this.alt = \"refused\"'>"
    ))
    .await;
    page.goto(&elsewhere).await;
    page.wait_until(
        "the image was refused",
        "document.querySelector('img').alt === 'refused'",
    )
    .await;
    assert!(stage.is_signed_in().await);
    page.click_text("Win").await;
    page.wait_for_url(&stage.demo.url()).await;
    assert!(stage.is_signed_in().await);
}

#[tokio::test]
#[ignore = "needs Chromium: ./test installs and starts it"]
async fn a_frame_of_another_site_starts_no_login() {
    let stage = Stage::new().await;
    let frame = format!(
        "<iframe src='{}' onload='document.title = \"loaded\"'></iframe>",
        stage.at("/secure")
    );
    let elsewhere = another_site(frame).await;
    let page = stage.browser.new_tab().await;
    page.goto(&elsewhere).await;
    page.wait_until("the frame is loaded", "document.title === 'loaded'")
        .await;
    assert!(page.cookies().await.is_empty(), "a login began");
}

#[tokio::test]
#[ignore = "needs Chromium: ./test installs and starts it"]
async fn the_address_typed_as_127_0_0_1_ends_signed_in_on_localhost() {
    let stage = Stage::new().await;
    let page = stage.browser.new_tab().await;
    let typed = format!("http://127.0.0.1:{}/secure", stage.demo.port());
    page.goto(&typed).await;
    stage.sign_in(&page, "alice").await;
    page.wait_for_text("Hello from the secure endpoint").await;
    assert_eq!(page.url().await, stage.at("/secure"));
    assert_eq!(status(&page).await, 200);
}
