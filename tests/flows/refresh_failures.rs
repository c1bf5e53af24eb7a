//! A refresh that fails: for now, for good, or after the provider answered.

use std::time::Duration;

use http::StatusCode;
use oidc_login::{MemoryStore, seams::HttpErrorKind};
use oidc_login_tests::{
    hostile::{Endpoint, HostileProvider},
    stores::FrailStore,
    tokens::{LIFETIME, TokenWorld},
    world::APP,
};

const INVALID_GRANT: &str = r#"{"error":"invalid_grant"}"#;
/// The pause before new tokens are saved once more.
const FIRST_SAVE: Duration = Duration::from_millis(100);

#[tokio::test]
async fn a_provider_in_trouble_ends_no_login() {
    type Bend = fn(&HostileProvider);
    let cases: [(&str, Bend); 8] = [
        ("503", |provider| provider.reply(Endpoint::Token, 503, "")),
        ("500 with a code", |provider| {
            provider.reply(Endpoint::Token, 500, INVALID_GRANT);
        }),
        ("429", |provider| provider.reply(Endpoint::Token, 429, "{}")),
        ("HTML", |provider| {
            provider.reply(Endpoint::Token, 200, "<!doctype html>");
        }),
        ("a changed secret", |provider| {
            provider.reply(Endpoint::Token, 401, r#"{"error":"invalid_client"}"#);
        }),
        ("unreachable", |provider| {
            provider.fail(Endpoint::Token, HttpErrorKind::Connect);
        }),
        ("silent", |provider| {
            provider.fail(Endpoint::Token, HttpErrorKind::Timeout);
        }),
        ("broken off", |provider| {
            provider.fail(Endpoint::Token, HttpErrorKind::BodyBroken);
        }),
    ];
    for (name, bend) in cases {
        let (mut world, first) = TokenWorld::signed_in().await;
        bend(&world.world.provider);
        world.world.clock.advance(LIFETIME - 4);
        assert_eq!(world.text("/token").await, first, "{name}: it lasts");
        assert_eq!(world.text("/token").await, first, "{name}");
        assert_eq!(world.asked(), 2, "{name}: asked once");
        world.world.clock.advance(4);
        let page = world.get("/token").await;
        assert_eq!(page.status, StatusCode::SERVICE_UNAVAILABLE, "{name}");
        assert_eq!(page.json()["error"], "refresh_failed", "{name}");
        assert_eq!(page.header("retry-after"), "1", "{name}");
        assert_eq!(world.asked(), 2, "{name}: still too early");
        assert_eq!(world.world.greeting().await, "hello alice", "{name}");
        let page = world.world.browser.get(&format!("{APP}/token")).await;
        assert_eq!(page.status, StatusCode::SERVICE_UNAVAILABLE, "{name}");

        world.world.provider.be_honest();
        world.world.clock.advance(1);
        let page = world.get("/token").await;
        assert_eq!(page.status, StatusCode::OK, "{name}: {}", page.text());
        assert_ne!(page.text(), first, "{name}");
        assert_eq!(world.asked(), 3, "{name}");
    }
}

#[tokio::test]
async fn failures_are_further_and_further_apart() {
    let (mut world, _) = TokenWorld::signed_in().await;
    world.world.provider.reply(Endpoint::Token, 503, "");
    world.world.clock.advance(LIFETIME);
    for (asked, wait) in (2..).zip([5, 10, 20, 40, 60, 60]) {
        for _ in 0..3 {
            assert_eq!(world.get("/token").await.status, 503);
        }
        assert_eq!(world.asked(), asked);
        world.world.clock.advance(wait - 1);
        let page = world.get("/token").await;
        assert_eq!(page.header("retry-after"), "1", "after {asked}");
        world.world.clock.advance(1);
    }
}

#[tokio::test]
async fn a_forced_refresh_that_failed_is_not_tried_for_ten_seconds() {
    let (mut world, first) = TokenWorld::signed_in().await;
    world.world.provider.reply(Endpoint::Token, 503, "");
    for (seconds, asked) in [(0, 2), (9, 2), (1, 3)] {
        world.world.clock.advance(seconds);
        let page = world.get("/refresh").await;
        assert_eq!(page.text(), "refresh_failed");
        assert_eq!(world.asked(), asked, "{seconds} s later");
    }
    assert_eq!(world.text("/token").await, first);
}

/// The refresh itself is given up, so that nobody waits for ever.
#[tokio::test]
async fn a_provider_that_never_answers_is_given_up() {
    let (mut world, _) = TokenWorld::signed_in().await;
    world.world.clock.advance(LIFETIME);
    let mut gate = world.world.provider.hold(Endpoint::Token);
    let waiting = world.later("/token");
    gate.reached(1).await;
    let limit = Duration::from_secs(15);
    world.timer.asleep(1, limit).await;
    world.timer.pass(limit);
    let page = waiting.await.expect("an answer");
    assert_eq!(page.status, StatusCode::SERVICE_UNAVAILABLE);
    drop(gate);
    world.world.clock.advance(5);
    assert_eq!(world.get("/token").await.status, StatusCode::OK);
}

#[tokio::test]
async fn invalid_grant_ends_the_login_and_what_was_kept_with_it() {
    for (path, waits) in [
        ("/token", LIFETIME),
        ("/token", LIFETIME - 1),
        ("/refresh", 0),
    ] {
        let (mut world, _) = TokenWorld::signed_in().await;
        world.world.browser.steps("set=color:red").await;
        world.world.provider.revoke_refresh_tokens();
        world.world.clock.advance(waits);
        let page = world.get(path).await;
        let is_stranger = page.status == StatusCode::UNAUTHORIZED || page.text() == "stranger";
        assert!(is_stranger, "{path}: {}", page.text());
        assert_eq!(page.set_cookies(), Vec::<&str>::new(), "{path}");
        let found = world.world.browser.steps("who&claims&read=color").await;
        assert_eq!(found, "who=- claims=- color=-", "{path}");
        let page = world.world.browser.get(&format!("{APP}/token")).await;
        assert_eq!(page.status, StatusCode::SEE_OTHER, "{path}");
        assert_eq!(world.asked(), 2, "{path}");
        world.sign_in().await;
        let found = world.world.browser.steps("who&read=color").await;
        assert_eq!(found, "who=alice color=-", "{path}");
    }
}

/// What is needed besides the refresh token is had before it is used.
#[tokio::test]
async fn without_keys_no_refresh_token_is_used() {
    for endpoint in [Endpoint::Discovery, Endpoint::Keys] {
        let store = MemoryStore::new();
        let mut first = TokenWorld::with(|settings, _| settings.login_store(store.clone()));
        first.sign_in().await;
        // A node that knows nothing of the provider yet.
        let mut second = TokenWorld::with(|settings, _| settings.login_store(store.clone()));
        second.world.browser.jar = first.world.browser.jar.clone();
        second.world.provider.reply(endpoint, 503, "");
        second.world.clock.advance(LIFETIME);
        let page = second.get("/token").await;
        assert_eq!(page.json()["error"], "refresh_failed", "{endpoint:?}");
        assert_eq!(second.asked(), 0, "{endpoint:?}");
    }
}

/// A world whose store fails while the provider answers.
async fn with_unsaved_tokens() -> (TokenWorld, FrailStore, String) {
    let (mut world, store) = TokenWorld::with_frail_store();
    world.sign_in().await;
    world.world.clock.advance(LIFETIME);
    let mut gate = world.world.provider.hold(Endpoint::Token);
    let waiting = world.later("/token");
    gate.reached(1).await;
    store.break_down();
    gate.open();
    let page = waiting.await.expect("an answer");
    assert_eq!(
        page.status,
        StatusCode::OK,
        "the token is there: {}",
        page.text()
    );
    assert_eq!(world.asked(), 2);
    (world, store, page.text())
}

#[tokio::test]
async fn tokens_that_cannot_be_saved_are_saved_when_the_store_is_back() {
    let (mut world, store, token) = with_unsaved_tokens().await;
    world.timer.asleep(1, FIRST_SAVE).await;
    assert_eq!(world.get("/token").await.status, 503, "the store is down");
    store.recover();
    assert_eq!(
        world.text("/token").await,
        token,
        "not saved, and it counts"
    );
    world.timer.pass(FIRST_SAVE);
    assert_eq!(world.text("/token").await, token);
    world.world.clock.advance(LIFETIME);
    assert_eq!(world.get("/token").await.status, StatusCode::OK);
    assert_eq!(world.asked(), 3);
}

/// All tries to save are over, and nobody asked meanwhile.
#[tokio::test]
async fn tokens_that_were_never_saved_are_what_the_next_refresh_begins_with() {
    let (world, store, _) = with_unsaved_tokens().await;
    for pause in [100, 400, 1_000, 2_000, 4_000, 6_000, 8_000, 9_000] {
        let pause = Duration::from_millis(pause);
        world.timer.asleep(1, pause).await;
        world.timer.pass(pause);
    }
    tokio::task::yield_now().await;
    store.recover();
    world.world.clock.advance(LIFETIME);
    let waiting = world.later("/token");
    // Between the save and the refresh it looks once more.
    world.timer.asleep(1, Duration::from_millis(20)).await;
    world.timer.pass(Duration::from_millis(20));
    let page = waiting.await.expect("an answer");
    assert_eq!(page.status, StatusCode::OK, "{}", page.text());
    let mut sent = world.refresh_tokens();
    assert_eq!(sent.len(), 2);
    sent.dedup();
    assert_eq!(sent.len(), 2, "the new refresh token was used");
}

#[tokio::test]
async fn a_sign_out_before_the_store_took_the_tokens_counts() {
    let (mut world, store, _) = with_unsaved_tokens().await;
    world.timer.asleep(1, FIRST_SAVE).await;
    store.recover();
    let mut before = world.world.browser.clone();
    world
        .world
        .browser
        .post(&format!("{APP}/auth/logout"), &[])
        .await;
    world.timer.pass(FIRST_SAVE);
    tokio::task::yield_now().await;
    for browser in [&mut world.world.browser, &mut before] {
        assert_eq!(browser.script("/maybe").await.text(), "stranger");
    }
    assert_eq!(world.asked(), 2);
}

#[tokio::test]
async fn a_store_that_is_down_ends_nothing() {
    let (mut world, store) = TokenWorld::with_frail_store();
    let first = world.sign_in().await;
    world.world.clock.advance(LIFETIME - 1);
    store.break_after_load();
    assert_eq!(world.text("/token").await, first, "it lasts");
    assert_eq!(world.asked(), 1, "without a lease nobody asks");
    store.recover();
    world.world.clock.advance(5);
    assert_ne!(world.text("/token").await, first);
}
