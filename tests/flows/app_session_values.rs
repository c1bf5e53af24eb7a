//! An app that brings its own session layer: whose values it shows, and a cookie that gets lost.

use http::StatusCode;
use oidc_login_tests::{
    log::Log,
    world::{APP, World, to_callback},
};
use tower_sessions::cookie::SameSite;

const LOST: &str = "the app's session cookie did not come back with the provider's answer: set SameSite=Lax on the app's SessionManagerLayer";

/// Alice, with a value of hers in the app's session.
async fn signed_in() -> World {
    let (mut world, _) = World::with_steps_in_app_sessions(SameSite::Lax);
    world.sign_in("alice", "/secure").await;
    world.browser.steps("set=color:red").await;
    let found = world.browser.steps("who&claims&read=color").await;
    assert_eq!(found, "who=alice claims=alice color=red");
    world
}

#[tokio::test]
async fn what_a_user_left_is_seen_by_nobody_after_the_login_ended() {
    for how in ["signed out", "idle too long"] {
        let mut world = signed_in().await;
        if how == "signed out" {
            world.browser.post(&format!("{APP}/auth/logout"), &[]).await;
        } else {
            world.clock.advance(3600);
        }
        let found = world.browser.steps("who&claims&read=color").await;
        assert_eq!(found, "who=- claims=- color=-", "a visitor: {how}");

        forget_the_provider(&mut world);
        world.sign_in("bob", "/secure").await;
        let found = world.browser.steps("who&claims&read=color").await;
        assert_eq!(found, "who=bob claims=bob color=-", "{how}");
    }
}

/// Nobody opens a page of the app in between, so only the login itself can empty the session.
#[tokio::test]
async fn the_next_user_finds_nothing_of_the_one_before() {
    for how in ["signed out", "idle too long", "still signed in"] {
        let mut world = signed_in().await;
        match how {
            "signed out" => drop(world.browser.post(&format!("{APP}/auth/logout"), &[]).await),
            "idle too long" => world.clock.advance(3600),
            _ => (),
        }
        forget_the_provider(&mut world);
        world.sign_in("bob", "/auth/login").await;
        let found = world.browser.steps("who&claims&read=color").await;
        assert_eq!(found, "who=bob claims=bob color=-", "{how}");
    }
}

#[tokio::test]
async fn what_a_visitor_left_comes_along() {
    let (mut world, _) = World::with_steps_in_app_sessions(SameSite::Lax);
    world.browser.steps("set=color:red").await;
    world.sign_in("alice", "/secure").await;
    let found = world.browser.steps("who&claims&read=color").await;
    assert_eq!(found, "who=alice claims=alice color=red");
}

#[tokio::test]
async fn a_cookie_that_the_browser_holds_back_is_told_once() {
    for (same_site, expected) in [(SameSite::Strict, 1), (SameSite::Lax, 0)] {
        let (log, _guard) = Log::record();
        let (mut world, _) = World::with_steps_in_app_sessions(same_site);
        for user in ["alice", "bob"] {
            let mut browser = world.browser.other_browser();
            browser.steps("set=color:red").await;
            let callback = to_callback(&mut browser, user, "/secure").await;
            let page = browser.arrive(&callback).await;
            assert_eq!(page.status, StatusCode::SEE_OTHER, "{same_site}");
        }
        assert_eq!(log.count(LOST), expected, "{same_site}: {}", log.text());
        world.sign_in("alice", "/secure").await;
        assert_eq!(log.count(LOST), expected, "no session before the login");
    }
}

/// Otherwise it would sign the same person in again without a question.
fn forget_the_provider(world: &mut World) {
    let jar = &mut world.browser.jar;
    jar.retain(|(_, name), _| name == "id" || name.starts_with("oidc_"));
    jar.retain(|(_, name), _| !name.starts_with("oidc_provider"));
}
