//! A picture of every page, for people to look at: wide, narrow, and dark. They are kept in `test-output/`.

use oidc_login_tests::browser::{Browser, Page};
use serde_json::json;

use crate::stage::{Stage, another_site};

/// Takes the page's picture in every shape, and checks what needs no eye: nothing hangs out at the side.
pub(crate) async fn picture(page: &Page, name: &str) {
    for (shape, width, scheme) in [
        ("wide", 1280, "light"),
        ("wide-dark", 1280, "dark"),
        ("narrow", 400, "light"),
        ("narrow-dark", 400, "dark"),
    ] {
        let media = json!({ "features": [{ "name": "prefers-color-scheme", "value": scheme }] });
        page.command("Emulation.setEmulatedMedia", media).await;
        resize(page, width, 900).await;
        let height = page
            .evaluate("document.documentElement.scrollHeight")
            .await
            .as_u64();
        resize(page, width, height.unwrap_or(900)).await;
        page.wait_until(
            &format!("{name} fits into {width} pixels"),
            &format!("document.documentElement.scrollWidth <= {width}"),
        )
        .await;
        page.screenshot(&format!("page-{name}-{shape}")).await;
    }
    page.command("Emulation.clearDeviceMetricsOverride", json!({}))
        .await;
}

async fn resize(page: &Page, width: u64, height: u64) {
    let metrics =
        json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": false });
    page.command("Emulation.setDeviceMetricsOverride", metrics)
        .await;
}

#[tokio::test]
#[ignore = "needs Chromium: ./test installs and starts it"]
async fn every_page_fits_into_every_shape() {
    let stage = Stage::new().await;
    let page = stage.tab("/").await;
    picture(&page, "home-visitor").await;
    page.goto(&stage.at("/nowhere")).await;
    picture(&page, "not-found").await;
    page.goto(&stage.at("/secure")).await;
    picture(&page, "provider-sign-in").await;
    page.click_text("Cancel").await;
    page.wait_for_url(&stage.at("/auth/callback")).await;
    picture(&page, "access-denied").await;
    page.goto(&stage.at("/secure")).await;
    stage.fill_in(&page, "bob", "wrong").await;
    page.click_text("Sign in").await;
    page.wait_for("#failed").await;
    picture(&page, "provider-wrong-password").await;
    stage.sign_in(&page, "bob").await;
    page.wait_for_url(&stage.at("/secure")).await;
    picture(&page, "secure").await;
    page.goto(&stage.at("/")).await;
    picture(&page, "home-signed-in").await;
    page.goto(&stage.at("/admin")).await;
    picture(&page, "forbidden").await;
    page.goto(&stage.at("/auth/nowhere")).await;
    picture(&page, "no-such-endpoint").await;
    page.goto(&stage.at("/auth/callback")).await;
    picture(&page, "state-missing").await;

    let elsewhere = another_site(format!("<a href='{}'>Win</a>", stage.at("/auth/logout"))).await;
    page.goto(&elsewhere).await;
    page.click_text("Win").await;
    page.wait_for_text("Sign out?").await;
    picture(&page, "confirm-logout").await;
    page.click_text("Sign out").await;
    page.wait_for_text("You are not signed in.").await;

    let elsewhere = another_site(format!(
        "<form method=post action='{}'><button>Send</button></form>",
        stage.at("/admin")
    ))
    .await;
    page.goto(&elsewhere).await;
    page.click_text("Send").await;
    page.wait_for_url(&stage.at("/admin")).await;
    picture(&page, "unauthorized").await;

    let page = stage.signed_in("alice", "/admin").await;
    picture(&page, "admin").await;
    let other = Browser::start().await;
    let phone = other.new_tab().await;
    let user_agent = "Mozilla/5.0 (Android 16; Mobile; rv:145.0) Gecko/145.0 Firefox/145.0";
    let named = json!({ "userAgent": user_agent });
    phone.command("Emulation.setUserAgentOverride", named).await;
    phone.goto(&stage.at("/secure")).await;
    stage.sign_in(&phone, "alice").await;
    phone.wait_for_url(&stage.at("/secure")).await;
    page.goto(&stage.at("/sessions")).await;
    picture(&page, "sessions").await;
    let sub = stage.sub(&page).await;
    page.goto(&stage.at(&format!("/admin?sub={sub}"))).await;
    picture(&page, "admin-sessions").await;
    page.goto(&stage.at("/admin?sub=nobody")).await;
    picture(&page, "admin-nobody").await;
}
