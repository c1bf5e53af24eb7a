//! The tutorial, click by click.

use crate::stage::{Stage, status};

#[tokio::test]
#[ignore = "needs Chromium: ./test installs and starts it"]
async fn alice_signs_in_looks_around_and_signs_out() {
    let stage = Stage::new().await;
    let page = stage.tab("/").await;
    page.wait_for_text("Hello from the open endpoint").await;
    page.wait_for_text("You are not signed in.").await;

    page.click("main a.button").await;
    stage.sign_in(&page, "alice").await;
    assert_eq!(
        page.wait_for_url(&stage.at("/secure")).await,
        stage.at("/secure")
    );
    let text = page.text().await;
    for shown in [
        "Hello from the secure endpoint",
        "Alice Anderson",
        "alice@example.com",
        "preferred_username",
        &stage.demo.issuer(),
        "flask-app",
    ] {
        assert!(text.contains(shown), "{shown} in {text}");
    }

    page.click_text("Admin").await;
    page.wait_for_text("Hello from the admin endpoint").await;
    page.click_text("Home").await;
    page.wait_for_text("You are signed in as Alice Anderson.")
        .await;

    page.click_text("Sign out").await;
    page.wait_for_text("You are not signed in.").await;
    assert_eq!(page.url().await, stage.at("/"));

    // At the provider too: it asks for the password again.
    page.click_text("Sign in").await;
    page.wait_for_url(&stage.demo.issuer()).await;
    page.wait_for("#password").await;
}

#[tokio::test]
#[ignore = "needs Chromium: ./test installs and starts it"]
async fn bob_is_no_admin_and_is_told_why() {
    let stage = Stage::new().await;
    let page = stage.signed_in("bob", "/admin").await;
    assert_eq!(status(&page).await, 403);
    let text = page.text().await;
    for shown in [
        "you do not have the role this page asks for",
        "Role asked for\nadmin",
        "Signed in as\nbob",
        "role_missing",
    ] {
        assert!(
            text.to_lowercase().contains(&shown.to_lowercase()),
            "{shown} in {text}"
        );
    }
    // No loop: he is signed in, and may leave.
    page.click_text("Back to the app").await;
    page.wait_for_text("You are signed in as Bob Brown.").await;
    page.goto(&stage.at("/admin")).await;
    page.click_text("Sign out").await;
    page.wait_for_text("You are not signed in.").await;
}
