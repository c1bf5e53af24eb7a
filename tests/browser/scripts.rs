//! Requests of the demo's own pages that open no page.

use oidc_login_tests::browser::Page;
use serde_json::json;

use crate::stage::Stage;

/// A page of the demo whose scripts may ask: the demo itself forbids them.
async fn page_with_scripts(stage: &Stage) -> Page {
    let page = stage.browser.new_tab().await;
    page.command("Page.setBypassCSP", json!({ "enabled": true }))
        .await;
    page.goto(&stage.at("/")).await;
    page
}

#[tokio::test]
#[ignore = "needs Chromium: ./test installs and starts it"]
async fn fetch_gets_401_and_json_instead_of_a_login_page() {
    let stage = Stage::new().await;
    let page = page_with_scripts(&stage).await;
    for path in ["/secure", "/admin"] {
        let script = format!(
            "fetch('{path}').then(async (answer) => [answer.status, answer.redirected, \
             answer.headers.get('content-type'), answer.headers.has('www-authenticate'), (await answer.json()).error])"
        );
        assert_eq!(
            page.evaluate(&script).await,
            json!([401, false, "application/json", true, "not_signed_in"]),
            "{path}"
        );
    }
    let asked =
        "fetch('/auth/login').then(async (answer) => [answer.status, (await answer.json()).error])";
    assert_eq!(page.evaluate(asked).await, json!([401, "not_a_navigation"]));
    assert!(page.cookies().await.is_empty(), "a login began");

    page.click_text("Sign in").await;
    stage.sign_in(&page, "bob").await;
    page.wait_for_text("You are signed in as").await;
    for (path, status) in [("/secure", 200), ("/admin", 403), ("/auth/session", 200)] {
        let asked = format!("fetch('{path}').then((answer) => answer.status)");
        assert_eq!(page.evaluate(&asked).await, status, "{path}");
    }
}
