//! Access tokens for handlers: used until they end soon, then refreshed, once for all who wait.

use http::StatusCode;
use oidc_login_tests::{
    hostile::Endpoint,
    steps::Gates,
    tokens::{FIRST_LOOK, LIFETIME, PATIENCE, TokenWorld},
    user_agent::Page,
    watched_store::WatchedStore,
    world::APP,
};
use serde_json::json;

#[tokio::test]
async fn a_token_is_used_until_its_last_minute() {
    let (mut world, first) = TokenWorld::signed_in().await;
    world.world.clock.advance(LIFETIME - 61);
    assert_eq!(world.text("/token").await, first);
    assert_eq!(world.asked(), 1, "only the login itself");
    world.world.clock.advance(1);
    let second = world.text("/token").await;
    assert_ne!(second, first);
    for path in ["/token", "/maybe"] {
        assert_eq!(world.text(path).await, second, "{path}");
    }
    assert_eq!(world.asked(), 2);
}

#[tokio::test]
async fn the_margin_is_a_setting() {
    let margin = std::time::Duration::from_secs(200);
    let mut world = TokenWorld::with(|settings, _| settings.refresh_margin(margin));
    let first = world.sign_in().await;
    world.world.clock.advance(LIFETIME - 151);
    assert_eq!(world.text("/token").await, first, "half its life is used");
    world.world.clock.advance(1);
    assert_ne!(world.text("/token").await, first);
}

#[tokio::test]
async fn a_visitor_is_asked_to_sign_in() {
    let mut world = TokenWorld::new();
    let page = world.get("/token").await;
    assert_eq!(page.status, StatusCode::UNAUTHORIZED);
    assert_eq!(page.json()["error"], "not_signed_in");
    let page = world.world.browser.get(&format!("{APP}/token")).await;
    assert_eq!(page.status, StatusCode::SEE_OTHER);
    for path in ["/maybe", "/refresh"] {
        assert_eq!(world.text(path).await, "stranger", "{path}");
    }
}

#[tokio::test]
async fn a_hundred_who_wait_cost_one_request() {
    for seconds in [LIFETIME - 60, LIFETIME] {
        let (world, first) = TokenWorld::signed_in().await;
        world.world.clock.advance(seconds);
        let mut gate = world.world.provider.hold(Endpoint::Token);
        let waiting: Vec<_> = (0..100).map(|_| world.later("/token")).collect();
        gate.reached(1).await;
        if seconds < LIFETIME {
            world.timer.asleep(100, PATIENCE).await;
        }
        gate.open();
        let mut tokens = Vec::new();
        for waiting in waiting {
            tokens.push(waiting.await.expect("an answer").text());
        }
        tokens.dedup();
        assert_eq!(tokens.len(), 1, "{tokens:?}");
        assert_ne!(tokens[0], first);
        assert_eq!(world.asked(), 2);
    }
}

/// They wait for the process, not for the lease: that is asked for once, and nobody looks at it again
/// and again.
#[tokio::test]
async fn a_hundred_who_wait_ask_for_one_lease() {
    let (gates, mut made) = (Gates::default(), None);
    let mut world = TokenWorld::with(|settings, clock| {
        let store = made.insert(WatchedStore::new(clock, &gates));
        settings.login_store(store.clone())
    });
    let store = made.expect("a store, made just now");
    world.sign_in().await;
    for (path, seconds, leases) in [("/token", LIFETIME, 1), ("/refresh", 10, 2)] {
        world.world.clock.advance(seconds);
        let mut gate = world.world.provider.hold(Endpoint::Token);
        let waiting: Vec<_> = (0..100).map(|_| world.later(path)).collect();
        gate.reached(1).await;
        // All of them have come by now: there is one thread, and none of them waits for anything else.
        tokio::task::yield_now().await;
        assert_eq!(store.leases(), leases, "{path}");
        gate.open();
        for waiting in waiting {
            let page = waiting.await.expect("an answer");
            assert_eq!(page.status, StatusCode::OK, "{}", page.text());
        }
        assert_eq!(store.leases(), leases, "{path}");
    }
}

#[tokio::test]
async fn each_refresh_uses_the_refresh_token_that_came_last() {
    let (mut world, _) = TokenWorld::signed_in().await;
    for _ in 0..3 {
        world.world.clock.advance(LIFETIME);
        assert_eq!(world.get("/token").await.status, StatusCode::OK);
    }
    let mut sent = world.refresh_tokens();
    sent.dedup();
    assert_eq!(sent.len(), 3, "each once: {sent:?}");
}

#[tokio::test]
async fn a_refresh_token_that_is_not_replaced_stays() {
    let (mut world, first) = TokenWorld::signed_in().await;
    world.world.provider.keep_refresh_tokens();
    for _ in 0..3 {
        world.world.clock.advance(LIFETIME);
        assert_ne!(world.text("/token").await, first);
    }
    let mut sent = world.refresh_tokens();
    assert_eq!(sent.len(), 3);
    sent.dedup();
    assert_eq!(sent.len(), 1, "{sent:?}");
}

/// What the session layers of others lose: the handler fails, and the used refresh token stays.
#[tokio::test]
async fn a_handler_that_fails_loses_no_token() {
    let (mut world, _) = TokenWorld::signed_in().await;
    for asked in 2..5 {
        world.world.clock.advance(LIFETIME);
        let page = world.get("/fail").await;
        assert_eq!(page.status, StatusCode::INTERNAL_SERVER_ERROR);
        assert_eq!(world.get("/token").await.status, StatusCode::OK);
        assert_eq!(world.asked(), asked);
    }
}

#[tokio::test]
async fn a_client_that_hangs_up_loses_no_token() {
    let (mut world, _) = TokenWorld::signed_in().await;
    for asked in 2..5 {
        world.world.clock.advance(LIFETIME);
        let mut gate = world.world.provider.hold(Endpoint::Token);
        let waiting = world.later("/token");
        gate.reached(1).await;
        waiting.abort();
        assert!(waiting.await.is_err(), "nobody waits any more");
        gate.open();
        assert_eq!(world.get("/token").await.status, StatusCode::OK);
        assert_eq!(world.asked(), asked);
    }
}

#[tokio::test]
async fn a_token_without_an_end_is_used_as_it_is() {
    for told in [json!(null), json!(0), json!("soon")] {
        let mut world = TokenWorld::new();
        let expires_in = told.clone();
        world
            .world
            .provider
            .bend_tokens(move |tokens| tokens["expires_in"] = expires_in.clone());
        let first = world.sign_in().await;
        for _ in 0..8 {
            world.world.clock.advance(50 * 60);
            assert_eq!(world.text("/token").await, first, "{told}");
        }
        assert_eq!(world.asked(), 1);
        assert_ne!(world.text("/refresh").await, first, "on demand");
    }
}

#[tokio::test]
async fn without_a_refresh_token_a_token_is_used_to_its_end() {
    let mut world = TokenWorld::new();
    world
        .world
        .provider
        .bend_tokens(|tokens| tokens["refresh_token"] = json!(null));
    let first = world.sign_in().await;
    let page = world.get("/refresh").await;
    assert_eq!(page.text(), "refresh_token_missing");
    world.world.clock.advance(LIFETIME - 1);
    assert_eq!(world.text("/token").await, first);
    world.world.clock.advance(1);
    assert_asked_to_sign_in(&mut world).await;
    assert_eq!(world.world.greeting().await, "hello alice");
    assert_eq!(world.asked(), 1);

    world.world.provider.be_honest();
    let again = world.sign_in().await;
    assert_ne!(again, first, "signing in is what helps");
}

/// Who is signed in and has no token that works is sent to sign in again, as a visitor is.
async fn assert_asked_to_sign_in(world: &mut TokenWorld) {
    for path in ["/token", "/maybe"] {
        let page = world.get(path).await;
        assert_eq!(page.status, StatusCode::UNAUTHORIZED, "{path}");
        assert_eq!(page.json()["error"], "access_token_ended", "{path}");
        let page = world.world.browser.get(&format!("{APP}{path}")).await;
        assert_eq!(page.status, StatusCode::SEE_OTHER, "{path}");
        let location = page.location().expect("a way to sign in");
        assert_eq!(location.path(), "/auth/login", "{path}");
    }
}

#[tokio::test]
async fn a_forced_refresh_is_at_most_every_ten_seconds() {
    let (mut world, first) = TokenWorld::signed_in().await;
    let second = world.text("/refresh").await;
    assert_ne!(second, first, "right after the login");
    for (seconds, asked) in [(0, 2), (9, 2), (1, 3), (9, 3), (1, 4)] {
        world.world.clock.advance(seconds);
        assert_eq!(world.get("/refresh").await.status, StatusCode::OK);
        assert_eq!(world.asked(), asked, "{seconds} s later");
    }
    world.world.clock.advance(-200);
    world.text("/refresh").await;
    assert_eq!(
        world.asked(),
        5,
        "a clock that went back forces nobody to wait"
    );
}

#[tokio::test]
async fn a_forced_refresh_joins_one_under_way() {
    let (world, _) = TokenWorld::signed_in().await;
    world.world.clock.advance(LIFETIME);
    let mut gate = world.world.provider.hold(Endpoint::Token);
    let waiting = [world.later("/token"), world.later("/refresh")];
    gate.reached(1).await;
    gate.open();
    let [one, other] = waiting;
    let (one, other) = (one.await, other.await);
    let text = |page: Result<Page, _>| page.expect("an answer").text();
    assert_eq!(text(one), text(other));
    assert_eq!(world.asked(), 2);
}

#[tokio::test]
async fn a_sign_out_during_a_refresh_counts() {
    for (path, left) in [("/token", LIFETIME), ("/maybe", LIFETIME), ("/refresh", 0)] {
        let (mut world, _) = TokenWorld::signed_in().await;
        world.world.browser.steps("set=color:red").await;
        let mut before = world.world.browser.clone();
        world.world.clock.advance(left);
        let mut gate = world.world.provider.hold(Endpoint::Token);
        let waiting = world.later(path);
        gate.reached(1).await;
        let logout = format!("{APP}/auth/logout");
        let page = world.world.browser.post(&logout, &[]).await;
        assert_eq!(page.status, StatusCode::SEE_OTHER);
        gate.open();
        let late = waiting.await.expect("an answer");
        assert!(late.set_cookies().is_empty(), "{path}: {late:?}");
        let is_stranger = late.status == StatusCode::UNAUTHORIZED || late.text() == "stranger";
        assert!(is_stranger, "{path}: {}", late.text());
        world.world.browser.receive(&late);
        for browser in [&mut world.world.browser, &mut before] {
            let found = browser.steps("who&claims&read=color").await;
            assert_eq!(found, "who=- claims=- color=-", "{path}");
            assert_eq!(browser.script("/maybe").await.text(), "stranger");
        }
    }
}

/// The new id gets the new tokens, whichever was first.
#[tokio::test]
async fn a_renewal_during_a_refresh_waits_for_it() {
    let (mut world, _) = TokenWorld::signed_in().await;
    world.world.clock.advance(LIFETIME);
    let mut gate = world.world.provider.hold(Endpoint::Token);
    let refreshing = world.later("/token");
    gate.reached(1).await;
    let renewing = world.later("/do?who&cycle");
    world.timer.asleep(1, FIRST_LOOK).await;
    gate.open();
    let refreshed = refreshing.await.expect("an answer").text();
    world.timer.pass(FIRST_LOOK);
    let renewed = renewing.await.expect("an answer");
    assert_eq!(renewed.set_cookies().len(), 1);
    world.world.browser.receive(&renewed);
    assert_eq!(world.text("/token").await, refreshed);
    world.world.clock.advance(LIFETIME);
    assert_eq!(world.get("/token").await.status, StatusCode::OK);
    assert_eq!(world.asked(), 3);
}

#[tokio::test]
async fn who_has_a_token_that_works_does_not_wait_long_for_the_next() {
    let (mut world, first) = TokenWorld::signed_in().await;
    world.world.clock.advance(LIFETIME - 1);
    let mut gate = world.world.provider.hold(Endpoint::Token);
    let waiting = world.later("/token");
    gate.reached(1).await;
    world.timer.asleep(1, PATIENCE).await;
    world.timer.pass(PATIENCE);
    assert_eq!(waiting.await.expect("an answer").text(), first);
    gate.open();
    world.world.clock.advance(1);
    assert_ne!(world.text("/token").await, first);
    assert_eq!(world.asked(), 2);
}

#[tokio::test]
async fn a_refresh_keeps_an_idle_login_alive() {
    let (mut world, _) = TokenWorld::signed_in().await;
    for _ in 0..20 {
        world.world.clock.advance(20 * 60);
        assert_eq!(world.get("/token").await.status, StatusCode::OK);
    }
    world.world.clock.advance(60 * 60);
    assert_eq!(world.text("/maybe").await, "stranger");
}

#[tokio::test]
async fn a_refresh_does_not_move_the_last_end() {
    let (mut world, _) = TokenWorld::signed_in().await;
    world.world.clock.advance(30 * 60 - 1);
    for _ in 0..15 {
        assert_eq!(world.get("/token").await.status, StatusCode::OK);
        world.world.clock.advance(30 * 60);
    }
    assert_eq!(world.get("/token").await.status, StatusCode::OK);
    world.world.clock.advance(1);
    assert_eq!(world.text("/maybe").await, "stranger");
}
