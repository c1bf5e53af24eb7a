//! Steps that a browser does twice.

use http::StatusCode;
use oidc_login_tests::world::{APP, World, sign_in, to_callback};

#[tokio::test]
async fn the_providers_answer_opened_again_leads_on_in_the_session_it_made_and_in_no_other() {
    let mut world = World::new();
    let callback = to_callback(&mut world.browser, "alice", "/secure?again").await;
    let mut bobs = world.browser.other_browser();
    sign_in(&mut bobs, "bob", "/secure").await;
    world.browser.open(&callback).await;

    let page = world.browser.get(&callback).await;
    let location = page.location().expect("the place to return to");
    assert_eq!(location.as_str(), format!("{APP}/secure?again"));
    assert_eq!(page.set_cookies(), Vec::<&str>::new());

    let page = bobs.get(&callback).await;
    assert_eq!(page.header("location"), "/", "bob's own home, and bob");
    assert_eq!(page.set_cookies(), Vec::<&str>::new());
    let page = bobs.open(&format!("{APP}/hello")).await;
    assert_eq!(page.text(), "hello bob");
    let page = world.browser.other_browser().get(&callback).await;
    assert_eq!(page.status, StatusCode::BAD_REQUEST, "a visitor's");

    world.browser.post(&format!("{APP}/auth/logout"), &[]).await;
    let page = world.browser.get(&callback).await;
    assert_eq!(page.status, StatusCode::BAD_REQUEST, "after the logout");
}

#[tokio::test]
async fn a_logout_empties_what_the_browser_shows_from_memory() {
    let mut world = World::new();
    let logout = format!("{APP}/auth/logout");
    let page = world.browser.post(&logout, &[]).await;
    assert_eq!(page.header("clear-site-data"), "", "nobody was signed in");
    world.sign_in("alice", "/secure").await;
    let page = world.browser.post(&logout, &[]).await;
    assert_eq!(page.header("clear-site-data"), "\"cache\"");
}
