//! The tutorial: `/` is open, `/secure` is behind login.

use http::StatusCode;
use oidc_login_tests::world::{APP, World};

#[tokio::test]
async fn alice_signs_in_and_out() {
    let mut world = World::new();
    assert_eq!(world.browser.open(&format!("{APP}/")).await.text(), "open");

    let page = world.sign_in("alice", "/secure").await;
    assert_eq!(
        (page.status, page.text().as_str()),
        (StatusCode::OK, "secure alice")
    );
    assert_eq!(page.url.as_str(), format!("{APP}/secure"));

    let page = world.browser.open(&format!("{APP}/admin")).await;
    assert_eq!(page.text(), "for admins");

    let page = world.browser.post(&format!("{APP}/auth/logout"), &[]).await;
    let provider = page.location().expect("the provider's logout");
    assert!(
        provider.as_str().starts_with("http://localhost:5001/"),
        "{provider}"
    );
    let page = world.browser.open(provider.as_str()).await;
    assert_eq!(page.url.as_str(), format!("{APP}/"));
    let page = world.browser.open(&format!("{APP}/hello")).await;
    assert_eq!(page.text(), "hello stranger");
}
