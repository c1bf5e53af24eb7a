//! `tower_sessions::Session` beside the login: the app's values, and the claims under a key of ours.

use http::StatusCode;
use oidc_login::CLAIMS_KEY;
use oidc_login_tests::{
    stores::OpenStore,
    world::{APP, World},
};

#[tokio::test]
async fn the_claims_are_seen_but_never_kept() {
    let store = OpenStore::default();
    let (mut world, _) = World::with_steps_and(|settings| settings.session_store(store.clone()));
    world.sign_in("alice", "/secure").await;
    let found = world
        .browser
        .steps("claims&set=color:red&claims&save")
        .await;
    assert_eq!(found, "claims=alice claims=alice");

    let kept = store.text();
    assert!(kept.contains("color"), "{kept}");
    assert!(
        !kept.contains(CLAIMS_KEY) && !kept.contains("alice"),
        "{kept}"
    );
    let session = world.browser.session().expect("a session");
    assert!(!kept.contains(&session), "{kept}");

    world.browser.post(&format!("{APP}/auth/logout"), &[]).await;
    assert_eq!(world.browser.steps("claims&who").await, "claims=- who=-");
    assert!(!store.text().contains("color"), "{}", store.text());
}

#[tokio::test]
async fn claims_that_an_app_writes_make_no_login() {
    let store = OpenStore::default();
    let (mut world, _) = World::with_steps_and(|settings| settings.session_store(store.clone()));
    for steps in ["fake&set=a:b", "fake&save", "fake&cycle&save"] {
        world.browser.steps(steps).await;
        let found = world.browser.steps("who&claims").await;
        assert_eq!(found, "who=- claims=-", "a visitor: {steps}");
        let page = world.browser.get(&format!("{APP}/secure")).await;
        assert_eq!(page.status, StatusCode::SEE_OTHER, "{steps}");
    }
    world.sign_in("alice", "/secure").await;
    for steps in [
        "fake&save",
        "fake&cycle&save",
        "fake&clear&set=a:b",
        "flush&fake&save",
    ] {
        world.browser.steps(steps).await;
        let found = world.browser.steps("who&claims").await;
        assert!(
            ["who=alice claims=alice", "who=- claims=-"].contains(&found.as_str()),
            "signed in: {steps}: {found}"
        );
    }
    assert!(!store.text().contains("mallory"), "{}", store.text());
}

/// What each of them does to the login and to the app's values.
#[tokio::test]
async fn what_a_session_can_do_to_the_login() {
    for (steps, expected, changes_cookie) in [
        ("flush", "who=- claims=- color=-", true),
        ("delete", "who=- claims=- color=-", true),
        ("flush&save", "who=- claims=- color=-", true),
        ("flush&set=color:blue", "who=- claims=- color=blue", true),
        ("cycle&save&flush", "who=- claims=- color=-", true),
        ("clear", "who=alice claims=alice color=-", false),
        ("read=color&clear", "who=alice claims=alice color=-", false),
        (
            "clear&set=color:blue",
            "who=alice claims=alice color=blue",
            false,
        ),
        ("remove=color", "who=alice claims=alice color=-", false),
        ("cycle", "who=alice claims=alice color=red", true),
        ("read=color&cycle", "who=alice claims=alice color=red", true),
        ("cycle&save", "who=alice claims=alice color=red", true),
        (
            "cycle&save&cycle&save",
            "who=alice claims=alice color=red",
            true,
        ),
        (
            "cycle&save&set=color:blue",
            "who=alice claims=alice color=blue",
            true,
        ),
        (
            "cycle&set=color:blue",
            "who=alice claims=alice color=blue",
            true,
        ),
    ] {
        let (mut world, _) = World::with_steps();
        world.sign_in("alice", "/secure").await;
        world.browser.steps("set=color:red").await;
        let mut old = world.browser.clone();
        world.browser.steps(steps).await;
        let found = world.browser.steps("who&claims&read=color").await;
        assert_eq!(found, expected, "{steps}");
        assert_eq!(
            world.browser.session() != old.session(),
            changes_cookie,
            "{steps}"
        );
        if changes_cookie {
            let found = old.steps("who&claims&read=color").await;
            assert_eq!(found, "who=- claims=- color=-", "the old id after {steps}");
        }
    }
}

#[tokio::test]
async fn a_visitor_has_values_too() {
    for (steps, expected, changes_cookie) in [
        ("flush", "color=-", true),
        ("cycle", "color=red", true),
        ("clear", "color=-", false),
        ("set=color:blue", "color=blue", false),
    ] {
        let (mut world, _) = World::with_steps();
        world.browser.steps("set=color:red").await;
        let mut old = world.browser.clone();
        world.browser.steps(steps).await;
        assert_eq!(world.browser.steps("read=color").await, expected, "{steps}");
        assert_eq!(
            world.browser.session() != old.session(),
            changes_cookie,
            "{steps}"
        );
        if changes_cookie {
            assert_eq!(old.steps("read=color").await, "color=-", "{steps}");
        }
    }
}

/// tower-sessions saves nothing with a 5xx, and after `cycle_id` it has deleted the old session.
#[tokio::test]
async fn a_server_error_loses_no_session() {
    for (steps, expected) in [
        ("set=color:blue&fail", "who=alice color=red"),
        ("set=color:blue&save&fail", "who=alice color=blue"),
        ("cycle&fail", "who=alice color=red"),
        ("cycle&save&fail", "who=alice color=red"),
        ("flush&fail", "who=- color=-"),
        ("flush&set=color:blue&fail", "who=- color=-"),
    ] {
        let (mut world, _) = World::with_steps();
        world.sign_in("alice", "/secure").await;
        world.browser.steps("set=color:red").await;
        let url = format!("{APP}/do?{steps}");
        let page = world.browser.get(&url).await;
        assert_eq!(page.status, StatusCode::INTERNAL_SERVER_ERROR, "{steps}");
        assert_eq!(
            world.browser.steps("who&read=color").await,
            expected,
            "{steps}"
        );
    }
}

/// An app may give its values less time than the login has.
#[tokio::test]
async fn values_that_expired_can_be_written_anew() {
    let (mut world, _) = World::with_steps();
    world.sign_in("alice", "/secure").await;
    world.browser.steps("set=color:red&expire=600").await;
    world.clock.advance(500);
    assert_eq!(world.browser.steps("read=color").await, "color=red");
    world.clock.advance(200);
    assert_eq!(
        world.browser.steps("who&read=color").await,
        "who=alice color=-"
    );
    world.browser.steps("set=color:blue").await;
    assert_eq!(
        world.browser.steps("who&read=color").await,
        "who=alice color=blue"
    );
}

/// tower-sessions reckons by the system's clock, and ours may be another.
#[tokio::test]
async fn values_live_as_long_as_the_login_whatever_the_systems_clock_says() {
    const MONTH: i64 = 30 * 24 * 3600;
    for ahead in [-MONTH, -1, 0, 1, 9 * 3600, MONTH] {
        let (mut world, _) = World::with_steps();
        let system = time::OffsetDateTime::now_utc().unix_timestamp();
        world.clock.advance(system + ahead - world.clock.seconds());
        world.sign_in("alice", "/secure").await;
        world.browser.steps("set=color:red").await;
        world.clock.advance(3500);
        let found = world.browser.steps("who&read=color").await;
        assert_eq!(found, "who=alice color=red", "{ahead} s ahead");
    }
}

/// Whoever plants a cookie knows its value; values must not be found under it.
#[tokio::test]
async fn an_id_that_no_session_has_is_never_taken_over() {
    for steps in [
        "set=color:blue",
        "clear&set=color:blue",
        "set=color:blue&save",
    ] {
        for store in ["of a store that only changes", "of a store that takes all"] {
            let name = format!("{steps} {store}");
            let (mut world, _) = World::with_steps_and(|settings| match store {
                "of a store that takes all" => settings.session_store(OpenStore::default()),
                _ => settings,
            });
            world.browser.steps("set=color:red").await;
            let cookie = world.browser.cookies_named("localhost", "oidc_session");
            let key = ("localhost".to_owned(), cookie[0].clone());
            let planted = ("A".repeat(43), None);
            world.browser.jar.insert(key.clone(), planted.clone());
            world.browser.steps(steps).await;
            let found = world.browser.steps("read=color").await;
            assert_eq!(found, "color=blue", "{name}");
            let mut attacker = world.browser.other_browser();
            attacker.jar.insert(key, planted);
            assert_eq!(attacker.steps("read=color").await, "color=-", "{name}");
        }
    }
}
