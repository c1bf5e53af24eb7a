//! Tokens refreshed by a request that does not wait for them, where that is switched on.

use http::StatusCode;
use oidc_login::BackgroundRefresh;
use oidc_login_tests::{
    hostile::{Endpoint, IdToken},
    tokens::{LIFETIME, TokenWorld},
    world::APP,
};
use serde_json::json;

async fn signed_in() -> (TokenWorld, String) {
    let on = BackgroundRefresh::OnRequests;
    let mut world = TokenWorld::with(|settings, _| settings.background_refresh(on));
    let token = world.sign_in().await;
    (world, token)
}

/// Lets what was begun come to its end: everything is in this thread and nothing sleeps.
async fn settle() {
    for _ in 0..100 {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn a_request_near_the_end_begins_a_refresh_and_does_not_wait_for_it() {
    let (mut world, first) = signed_in().await;
    world.world.clock.advance(LIFETIME - 61);
    world.world.greeting().await;
    settle().await;
    assert_eq!(world.asked(), 1, "not before the margin");

    world.world.clock.advance(1);
    let mut gate = world.world.provider.hold(Endpoint::Token);
    for _ in 0..3 {
        assert_eq!(world.world.greeting().await, "hello alice", "nobody waits");
    }
    gate.reached(1).await;
    assert_eq!(world.asked(), 2, "one for all of them");
    gate.open();
    settle().await;
    assert_eq!(world.world.greeting().await, "hello alice");
    let second = world.text("/token").await;
    assert_ne!(second, first);
    assert_eq!(world.asked(), 2, "who asks for a token finds it");
}

#[tokio::test]
async fn a_handler_that_asks_for_a_token_shares_it() {
    let (world, first) = signed_in().await;
    world.world.clock.advance(LIFETIME);
    let mut gate = world.world.provider.hold(Endpoint::Token);
    let waiting = world.later("/both");
    gate.reached(1).await;
    gate.open();
    assert!(!waiting.await.expect("an answer").text().ends_with(&first));
    assert_eq!(world.asked(), 2);
}

/// For apps that use no token and want roles to follow the provider.
#[tokio::test]
async fn claims_and_roles_follow_without_anybody_asking_for_a_token() {
    let (mut world, _) = signed_in().await;
    let admin = format!("{APP}/admin");
    assert_eq!(world.world.browser.get(&admin).await.status, 403);
    let roles = |token: &mut IdToken| token.claims["roles"] = json!(["admin"]);
    world.world.provider.bend_id_token(roles);
    world.world.clock.advance(LIFETIME);
    assert_eq!(world.world.browser.get(&admin).await.status, 403);
    settle().await;
    assert_eq!(world.world.browser.get(&admin).await.text(), "for admins");
}

#[tokio::test]
async fn nothing_happens_where_it_is_off_or_there_is_nothing_to_do() {
    let (mut off, _) = TokenWorld::signed_in().await;
    off.world.clock.advance(LIFETIME);
    off.world.greeting().await;
    settle().await;
    assert_eq!(off.asked(), 1, "off by default");

    for (name, bend) in [
        ("no end told", "expires_in"),
        ("no refresh token", "refresh_token"),
    ] {
        let on = BackgroundRefresh::OnRequests;
        let mut world = TokenWorld::with(|settings, _| settings.background_refresh(on));
        let provider = &world.world.provider;
        provider.bend_tokens(move |tokens| tokens[bend] = json!(null));
        world.sign_in().await;
        world.world.clock.advance(LIFETIME);
        assert_eq!(world.world.greeting().await, "hello alice", "{name}");
        settle().await;
        assert_eq!(world.asked(), 1, "{name}");
    }

    let (mut world, _) = signed_in().await;
    world.world.clock.advance(LIFETIME);
    let open = world.world.browser.get(&format!("{APP}/")).await;
    assert_eq!(open.text(), "open", "nobody asked who it is");
    let page = world
        .world
        .browser
        .get(&format!("{APP}/auth/session"))
        .await;
    assert_eq!(page.json()["authenticated"], true);
    settle().await;
    assert_eq!(
        world.asked(),
        1,
        "asking who is signed in is no use of the session"
    );
}

#[tokio::test]
async fn a_failure_harms_nobody_and_is_not_repeated_by_every_request() {
    let (mut world, first) = signed_in().await;
    world.world.provider.reply(Endpoint::Token, 503, "");
    world.world.clock.advance(LIFETIME - 30);
    for _ in 0..5 {
        assert_eq!(world.world.greeting().await, "hello alice");
        settle().await;
    }
    assert_eq!(world.asked(), 2);
    assert_eq!(world.text("/token").await, first, "it lasts");
    world.world.provider.be_honest();
    world.world.clock.advance(5);
    world.world.greeting().await;
    settle().await;
    assert_eq!(world.asked(), 3);
    assert_ne!(world.text("/token").await, first);
}

#[tokio::test]
async fn tokens_that_live_for_seconds_are_not_followed_by_every_request() {
    let (mut world, _) = signed_in().await;
    let provider = &world.world.provider;
    provider.bend_tokens(|tokens| tokens["expires_in"] = json!(1));
    world.world.clock.advance(LIFETIME);
    for (seconds, asked) in [(0, 2), (1, 2), (8, 2), (1, 3), (9, 3), (1, 4)] {
        world.world.clock.advance(seconds);
        assert_eq!(world.world.greeting().await, "hello alice");
        settle().await;
        assert_eq!(world.asked(), asked, "{seconds} s later");
    }
}

#[tokio::test]
async fn a_login_that_the_provider_ended_ends_with_the_next_request() {
    let (mut world, _) = signed_in().await;
    world.world.provider.revoke_refresh_tokens();
    world.world.clock.advance(LIFETIME);
    assert_eq!(world.world.greeting().await, "hello alice");
    settle().await;
    assert_eq!(world.world.greeting().await, "hello stranger");
}

#[tokio::test]
async fn a_sign_out_while_it_is_under_way_counts() {
    let (mut world, _) = signed_in().await;
    world.world.clock.advance(LIFETIME);
    let mut gate = world.world.provider.hold(Endpoint::Token);
    world.world.greeting().await;
    gate.reached(1).await;
    let mut before = world.world.browser.clone();
    let logout = format!("{APP}/auth/logout");
    let page = world.world.browser.post(&logout, &[]).await;
    assert_eq!(page.status, StatusCode::SEE_OTHER);
    gate.open();
    settle().await;
    for browser in [&mut world.world.browser, &mut before] {
        assert_eq!(browser.script("/maybe").await.text(), "stranger");
    }
}
