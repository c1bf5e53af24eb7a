//! The session cookie, as a real browser treats it.

use oidc_login_tests::browser::{Cookie, Page};
use serde_json::json;

use crate::stage::{Stage, another_site, sibling};

/// The cookies the demo left behind once somebody is signed in: the session's, the one that counts the logins of a
/// browser for a minute, and no other.
async fn session_cookie(stage: &Stage, page: &Page) -> Cookie {
    let answer = page
        .command("Network.getCookies", json!({ "urls": [stage.at("/")] }))
        .await;
    let names: Vec<_> = answer["cookies"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|cookie| cookie["name"].as_str())
        .filter(|name| name.starts_with("oidc"))
        .map(str::to_owned)
        .collect();
    let of_session = |name: &&String| name.starts_with("oidc_session_");
    let name = names.iter().find(of_session);
    let name = name.unwrap_or_else(|| panic!("a session: {names:?}"));
    let mut others = names.iter().filter(|other| *other != name);
    assert!(
        others.all(|other| other.starts_with("oidc_trail_")),
        "{names:?}"
    );
    let mut cookies = page.cookies().await.into_iter();
    cookies
        .find(|cookie| cookie.name == *name)
        .expect("it is in the browser")
}

#[tokio::test]
#[ignore = "needs Chromium: ./test installs and starts it"]
async fn scripts_do_not_see_it() {
    let stage = Stage::new().await;
    let page = stage.signed_in("alice", "/secure").await;
    let cookie = session_cookie(&stage, &page).await;
    assert_eq!(page.evaluate("document.cookie").await, "");
    assert!(cookie.http_only, "{cookie:?}");
    assert_eq!(
        (
            cookie.same_site.as_str(),
            cookie.path.as_str(),
            cookie.domain.as_str()
        ),
        ("Lax", "/", "localhost")
    );
    // Over http, which only loopback may use, a secure cookie would be lost in some browsers.
    assert!(!cookie.secure, "{cookie:?}");
}

#[tokio::test]
#[ignore = "needs Chromium: ./test installs and starts it"]
async fn a_link_from_another_site_finds_the_user_signed_in() {
    let stage = Stage::new().await;
    let page = stage.signed_in("alice", "/secure").await;
    let elsewhere = another_site(format!("<a href='{}'>On</a>", stage.at("/secure"))).await;
    page.goto(&elsewhere).await;
    page.click_text("On").await;
    page.wait_for_text("Hello from the secure endpoint").await;
    assert_eq!(page.url().await, stage.at("/secure"));
}

#[tokio::test]
#[ignore = "needs Chromium: ./test installs and starts it"]
async fn a_form_of_another_site_comes_without_it() {
    let stage = Stage::new().await;
    let page = stage.signed_in("alice", "/secure").await;
    // Whoever has the role gets past the guard, and then there is nothing to post to.
    let form = format!(
        "<form method=post action='{}'><button>Send</button></form>",
        stage.at("/admin")
    );
    for (elsewhere, answer) in [
        (another_site(form.clone()).await, "You are not signed in"),
        (sibling(form).await, "HTTP ERROR 405"),
    ] {
        page.goto(&elsewhere).await;
        page.click_text("Send").await;
        page.wait_for_text(answer).await;
    }
    assert!(stage.is_signed_in().await);
}
