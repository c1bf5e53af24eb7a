//! Who signs out is not signed in again at once by a provider that still knows them.

use http::StatusCode;
use oidc_login::LoginErrorKind as Kind;
use oidc_login_tests::{
    hostile::HostileWorld,
    user_agent::Page,
    world::{APP, ISSUER},
};
use serde_json::Value;

const LOGOUT: &str = "http://localhost:5000/auth/logout";
const MARK: &str = "oidc_signed_out";

/// The provider has no end-session endpoint, or has one.
fn world(has_end_session: bool) -> HostileWorld {
    let world = HostileWorld::with(
        |client| client.home_url("/secure"),
        |relying_party| relying_party,
    );
    world.provider.bend_metadata(move |metadata| {
        if !has_end_session {
            metadata["end_session_endpoint"] = Value::Null;
        }
    });
    world
}

fn leads_to_provider(page: &Page) -> bool {
    let location = page.location();
    location.is_some_and(|location| location.as_str().starts_with(ISSUER))
}

#[tokio::test]
async fn a_guarded_page_says_so_and_asks_before_it_leads_to_the_provider() {
    let mut world = world(false);
    world.sign_in("alice", "/secure").await;
    let page = world.browser.post(LOGOUT, &[]).await;
    let home = page.location().expect("home");
    assert_eq!(home.as_str(), format!("{APP}/secure"), "which is guarded");

    for path in ["/secure", "/admin?tab=2"] {
        let page = world.browser.open(&format!("{APP}{path}")).await;
        assert_eq!(page.status, StatusCode::UNAUTHORIZED, "{path}");
        let found = page.error.as_ref().map(oidc_login::LoginError::kind);
        assert_eq!(found, Some(Kind::SignedOut), "{path}");
        assert_eq!(page.header("cache-control"), "no-store");
        let link = format!(
            "/auth/login?return_to={}",
            path.replace('?', "%3F").replace('=', "%3D")
        );
        let link = link.replace("=/", "=%2F");
        assert!(page.text().contains(&link), "{link}: {}", page.text());
    }

    // Who follows the link means it, and from then on everything is as ever.
    let callback = world.to_callback_again("alice", "/secure").await;
    assert_eq!(world.browser.cookies_named("localhost", MARK), [""; 0]);
    let page = world.browser.open(callback.as_str()).await;
    assert_eq!(page.text(), "secure alice");
}

#[tokio::test]
async fn it_is_forgotten_after_five_minutes() {
    let mut world = world(false);
    world.sign_in("alice", "/secure").await;
    world.browser.post(LOGOUT, &[]).await;
    for (seconds, is_sent) in [(0, false), (299, false), (1, true)] {
        world.clock.advance(seconds);
        let page = world.browser.get(&format!("{APP}/secure")).await;
        let location = page.location();
        let login = location.is_some_and(|location| location.path() == "/auth/login");
        assert_eq!(login, is_sent, "after {seconds} s more");
    }
}

#[tokio::test]
async fn who_signs_out_at_the_provider_as_well_is_not_asked() {
    let mut world = world(true);
    world.sign_in("alice", "/secure").await;
    let page = world.browser.post(LOGOUT, &[]).await;
    assert!(leads_to_provider(&page));
    assert_eq!(world.browser.cookies_named("localhost", MARK), [""; 0]);
    let url = world.begin("/secure").await;
    assert!(url.as_str().starts_with(ISSUER), "{url}");
}

/// The mark is no login and no secret: whoever makes it up gets one more page to click on.
#[tokio::test]
async fn the_mark_means_nothing_to_who_is_signed_in_and_nothing_to_scripts() {
    let mut world = world(false);
    world.sign_in("alice", "/secure").await;
    let mut other = world.browser.other_browser();
    other.post(LOGOUT, &[]).await;
    world.browser.jar.extend(other.jar.clone());
    assert_eq!(world.greeting().await, "hello alice");
    let page = world.browser.get(&format!("{APP}/secure")).await;
    assert_eq!(page.text(), "secure alice");

    let page = other.script("/secure").await;
    assert_eq!(page.status, StatusCode::UNAUTHORIZED);
    assert_eq!(page.json()["error"], "not_signed_in");
    for (value, _) in other.jar.values_mut() {
        *value = "0".to_owned();
    }
    let page = other.get(&format!("{APP}/secure")).await;
    assert!(page.status.is_redirection(), "a mark of another value");
}
