//! Pages of other sites, and other names of this one.

use crate::stage::{Stage, another_site, sibling, status};

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
async fn a_form_or_an_image_elsewhere_does_not_sign_out() {
    let stage = Stage::new().await;
    let page = stage.signed_in("alice", "/secure").await;
    let logout = stage.at("/auth/logout");
    let html = format!(
        "<form method=post action='{logout}'><button>Win</button></form><img src='{logout}' onerror='this.alt = \"refused\"'>"
    );
    for elsewhere in [another_site(html.clone()).await, sibling(html).await] {
        page.goto(&elsewhere).await;
        page.wait_until(
            "the image was refused",
            "document.querySelector('img').alt === 'refused'",
        )
        .await;
        assert!(stage.is_signed_in().await, "an image at {elsewhere}");
        page.click_text("Win").await;
        page.wait_for_url(&stage.demo.url()).await;
        assert!(stage.is_signed_in().await, "a form at {elsewhere}");
    }
    // The sibling's form came with the session's cookie, so there was something to ask.
    page.wait_for_text("Sign out?").await;
}

#[tokio::test]
#[ignore = "needs Chromium: ./test installs and starts it"]
async fn a_frame_starts_no_login() {
    let stage = Stage::new().await;
    let page = stage.browser.new_tab().await;
    for path in ["/secure", "/auth/login"] {
        let html = format!(
            "<iframe src='{}' onload='document.title = \"loaded\"'></iframe>",
            stage.at(path)
        );
        for elsewhere in [another_site(html.clone()).await, sibling(html).await] {
            page.goto(&elsewhere).await;
            page.wait_until("the frame is loaded", "document.title === 'loaded'")
                .await;
            let cookies = page.cookies().await;
            assert!(cookies.is_empty(), "{path} at {elsewhere}: {cookies:?}");
        }
    }
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
