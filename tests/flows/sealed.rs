//! What is sealed for one purpose opens for no other.

use axum::body::Body;
use http::Method;
use oidc_login::LoginErrorKind as Kind;
use oidc_login_tests::{
    hostile::{Endpoint, HostileWorld, assert_refused, location_of_login, to_provider},
    user_agent::{Page, UserAgent, navigation, set},
    world::{APP, ISSUER},
};

/// A form of another site, with this as the token that confirms a sign-out.
async fn confirms_logout(browser: &mut UserAgent, token: &str) -> Page {
    let body = Body::from(format!("confirm={token}"));
    let mut request = navigation(Method::POST, &format!("{APP}/auth/logout"), body);
    set(&mut request, "sec-fetch-site", "cross-site");
    browser.request(request).await
}

async fn confirmation(world: &mut HostileWorld) -> String {
    let page = world.browser.get(&format!("{APP}/auth/logout")).await;
    page.field("confirm").expect("a confirmation page")
}

#[tokio::test]
async fn a_login_under_way_confirms_no_logout() {
    let mut world = HostileWorld::new();
    world.sign_in("alice", "/").await;
    let link = format!("{APP}{}", location_of_login("/secure"));
    let authorization_url = to_provider(&mut world.browser, &link).await;
    let mut candidates: Vec<_> = world.browser.jar.values().cloned().collect();
    let states = authorization_url.query_pairs().into_owned();
    candidates.extend(states.map(|(_, value)| (value, None)));
    assert!(candidates.len() > 5, "{}", candidates.len());
    for (candidate, _) in candidates {
        confirms_logout(&mut world.browser, &candidate).await;
        assert_eq!(world.greeting().await, "hello alice");
    }
    let token = confirmation(&mut world).await;
    confirms_logout(&mut world.browser, &token).await;
    assert_eq!(
        world.greeting().await,
        "hello stranger",
        "its own token does"
    );
}

#[tokio::test]
async fn the_confirmation_of_one_session_ends_no_other() {
    let mut world = HostileWorld::new();
    world.sign_in("mallory", "/").await;
    let token = confirmation(&mut world).await;
    world.browser.jar.clear();
    world.sign_in("alice", "/").await;
    confirms_logout(&mut world.browser, &token).await;
    assert_eq!(world.greeting().await, "hello alice");
    let token = confirmation(&mut world).await;
    world.clock.advance(600);
    confirms_logout(&mut world.browser, &token).await;
    assert_eq!(world.greeting().await, "hello alice", "too late");
}

#[tokio::test]
async fn the_confirmation_of_a_logout_is_no_login_and_no_session() {
    let mut world = HostileWorld::new();
    world.sign_in("alice", "/").await;
    let token = confirmation(&mut world).await;
    let session = world.browser.cookies_named("localhost", "oidc_session_");
    world.browser.jar.clear();
    let callback = world.to_callback("mallory", "/secure").await;
    for (value, _) in world.browser.jar.values_mut() {
        value.clone_from(&token);
    }
    let key = ("localhost".to_owned(), session[0].clone());
    world.browser.jar.insert(key, (token, None));
    assert_eq!(world.greeting().await, "hello stranger");
    let tokens = world.provider.count(Endpoint::Token);
    let page = world.browser.get(callback.as_str()).await;
    let location = page.location().expect("a new try");
    assert!(location.as_str().starts_with(ISSUER), "{location}");
    assert_eq!(world.provider.count(Endpoint::Token), tokens);
}

#[tokio::test]
async fn a_login_under_way_is_no_session() {
    let mut world = HostileWorld::new();
    world.sign_in("alice", "/").await;
    let session = world.browser.cookies_named("localhost", "oidc_session_");
    world.browser.jar.clear();
    let callback = world.to_callback("mallory", "/secure").await;
    let (sealed, _) = world.browser.jar.values().next().expect("a cookie");
    let key = ("localhost".to_owned(), session[0].clone());
    let planted = (sealed.clone(), None);
    world.browser.jar.clear();
    world.browser.jar.insert(key, planted);
    assert_eq!(world.greeting().await, "hello stranger");
    // No login under way is left, only a cookie of ours.
    let page = world.browser.get(callback.as_str()).await;
    let location = page.location().expect("a new try");
    assert!(location.as_str().starts_with(ISSUER), "{location}");
    world.browser.jar.clear();
    let page = world.browser.get(callback.as_str()).await;
    assert_refused(&page, Kind::NoCookies, "nothing at all");
}
