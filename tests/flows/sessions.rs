//! A login gets a session id of its own; whose values come along.

use http::StatusCode;
use oidc_login::LoginDecision;
use oidc_login_tests::{
    user_agent::UserAgent,
    world::{APP, World},
};

#[tokio::test]
async fn a_planted_session_is_dead_after_the_login_and_its_values_come_along() {
    let (mut world, _) = World::with_steps();
    world.browser.steps("set=color:red").await;
    let planted = world.browser.session().expect("a session");
    let mut attacker = world.browser.clone();

    world.sign_in("alice", "/secure").await;
    assert_ne!(world.browser.session(), Some(planted));
    let found = world.browser.steps("who&read=color").await;
    assert_eq!(found, "who=alice color=red");
    let found = attacker.steps("who&read=color").await;
    assert_eq!(found, "who=- color=-");
}

#[tokio::test]
async fn the_same_user_again_gets_a_new_id_and_keeps_the_values() {
    let (mut world, _) = World::with_steps();
    world.sign_in("alice", "/secure").await;
    world.browser.steps("set=color:red").await;
    let old = world.browser.clone();

    world.browser.open(&format!("{APP}/auth/login")).await;
    assert_ne!(world.browser.session(), old.session());
    let found = world.browser.steps("who&read=color").await;
    assert_eq!(found, "who=alice color=red");
    assert_eq!(old.clone().steps("who&read=color").await, "who=- color=-");
}

#[tokio::test]
async fn another_user_finds_nothing_of_the_first_one() {
    let (mut world, _) = World::with_steps();
    world.sign_in("alice", "/secure").await;
    world.browser.steps("set=color:red").await;
    let mut alices = world.browser.clone();

    forget_the_provider(&mut world);
    let form = world.browser.open(&format!("{APP}/auth/login")).await;
    let back = oidc_login_tests::world::fill_in(&mut world.browser, &form, "bob").await;
    world.browser.open(&back).await;
    let found = world.browser.steps("who&read=color&claims").await;
    assert_eq!(found, "who=bob color=- claims=bob");
    assert_eq!(alices.steps("who&read=color").await, "who=- color=-");
}

/// The login ends when it was idle too long; the values must not outlive it for others.
#[tokio::test]
async fn what_an_expired_login_left_is_for_its_user_only() {
    for (next, expected) in [("bob", "who=bob color=-"), ("alice", "who=alice color=red")] {
        let (mut world, _) = World::with_steps();
        world.sign_in("alice", "/secure").await;
        world.browser.steps("set=color:red").await;
        world.clock.advance(3600);
        let found = world.browser.steps("who&read=color&claims").await;
        assert_eq!(found, "who=- color=- claims=-", "a visitor, before {next}");

        forget_the_provider(&mut world);
        world.sign_in(next, "/secure").await;
        assert_eq!(world.browser.steps("who&read=color").await, expected);
    }
}

#[tokio::test]
async fn a_failed_login_changes_nothing() {
    let (mut world, _) = World::with_steps_and(|relying_party| {
        relying_party.on_login(async |login, _| {
            Ok(match login.claims().preferred_username() {
                Some("bob") => LoginDecision::Deny("not today".to_owned()),
                _ => LoginDecision::Allow,
            })
        })
    });
    world.sign_in("alice", "/secure").await;
    world.browser.steps("set=color:red").await;
    let before = world.browser.session();

    forget_the_provider(&mut world);
    let form = world.browser.open(&format!("{APP}/auth/login")).await;
    let back = oidc_login_tests::world::fill_in(&mut world.browser, &form, "bob").await;
    let page = world.browser.open(&back).await;
    assert_eq!(page.status, StatusCode::FORBIDDEN);
    assert_eq!(world.browser.session(), before);
    let found = world.browser.steps("who&read=color").await;
    assert_eq!(found, "who=alice color=red");
}

#[tokio::test]
async fn the_session_cookie_is_lax_and_for_the_whole_host() {
    let mut world = World::new();
    let back = oidc_login_tests::world::to_callback(&mut world.browser, "alice", "/secure").await;
    let page = world.browser.get(&back).await;
    let lines = page.set_cookies();
    let line = lines.iter().find(|line| line.starts_with("oidc_session_"));
    let attributes: Vec<_> = line.expect("a session").split("; ").skip(1).collect();
    assert_eq!(attributes, ["HttpOnly", "SameSite=Lax", "Path=/"]);
}

/// A second cookie of our name can be planted by a sibling host: it must not win, nor be mixed in.
#[tokio::test]
async fn of_two_session_cookies_exactly_one_must_be_alive() {
    let (mut world, _) = World::with_steps();
    let name = |browser: &UserAgent| browser.cookies_named("localhost", "oidc_session").remove(0);
    world.sign_in("alice", "/secure").await;
    world.browser.steps("set=color:red").await;
    let alice = world.browser.session().expect("a session");
    let mut bobs = world.browser.other_browser();
    oidc_login_tests::world::sign_in(&mut bobs, "bob", "/secure").await;
    let (bob, name) = (bobs.session().expect("a session"), name(&bobs));
    let dead = "A".repeat(43);
    for (values, expected) in [
        (vec![&alice, &dead], "who=alice claims=alice color=red"),
        (vec![&dead, &alice], "who=alice claims=alice color=red"),
        (vec![&alice, &alice], "who=alice claims=alice color=red"),
        (vec![&alice, &bob], "who=- claims=- color=-"),
        (vec![&bob, &alice], "who=- claims=- color=-"),
        (vec![&dead, &dead], "who=- claims=- color=-"),
    ] {
        let mut browser = world.browser.other_browser();
        let pairs: Vec<_> = values
            .iter()
            .map(|value| format!("{name}={value}"))
            .collect();
        let line = pairs.join("; ").parse().expect("a header");
        browser.headers.insert("cookie", line);
        let found = browser.steps("who&claims&read=color").await;
        assert_eq!(found, expected, "{values:?}");
    }
}

/// Otherwise it would sign the same person in again without a question.
fn forget_the_provider(world: &mut World) {
    let jar = &mut world.browser.jar;
    jar.retain(|(_, name), _| name.starts_with("oidc_session") || name.starts_with("oidc_login"));
}
