//! Refreshes on two nodes of one app, and a node that dies.

use http::StatusCode;
use oidc_login_tests::{
    hostile::Endpoint,
    tokens::{FIRST_LOOK, LIFETIME, TokenNodes},
    user_agent::Page,
    world::APP,
};
use tokio::task::JoinHandle;

/// Longer than any lease of a refresh, in seconds.
const LEASE_IS_OVER: i64 = 41;

async fn answer(waiting: JoinHandle<Page>) -> String {
    waiting.await.expect("an answer").text()
}

#[tokio::test]
async fn two_nodes_cost_one_request() {
    let (mut nodes, first) = TokenNodes::signed_in().await;
    nodes.clock.advance(LIFETIME);
    let mut gate = nodes.provider.hold(Endpoint::Token);
    let at_a: Vec<_> = (0..10).map(|_| nodes.a.script_later("/token")).collect();
    gate.reached(1).await;
    let at_b: Vec<_> = (0..10).map(|_| nodes.b.script_later("/token")).collect();
    nodes.timer_b.asleep(1, FIRST_LOOK).await;
    gate.open();
    let mut tokens = Vec::new();
    for waiting in at_a {
        tokens.push(answer(waiting).await);
    }
    nodes.timer_b.pass(FIRST_LOOK);
    for waiting in at_b {
        tokens.push(answer(waiting).await);
    }
    tokens.dedup();
    assert_eq!(tokens.len(), 1, "{tokens:?}");
    assert_ne!(tokens[0], first);
    assert_eq!(nodes.provider.count(Endpoint::Token), 2);
    nodes.clock.advance(LIFETIME);
    assert_eq!(nodes.b.script("/token").await.status, StatusCode::OK);
}

/// The tokens of who was late are not saved over those of who took over.
#[tokio::test]
async fn a_node_that_dies_is_followed_and_its_late_answer_dropped() {
    let (mut nodes, first) = TokenNodes::signed_in().await;
    nodes.provider.keep_refresh_tokens();
    nodes.clock.advance(LIFETIME);
    let mut gate = nodes.provider.hold(Endpoint::Token);
    let late = nodes.a.script_later("/token");
    gate.reached(1).await;
    nodes.provider.be_honest();
    let waiting = nodes.b.script_later("/token");
    nodes.timer_b.asleep(1, FIRST_LOOK).await;
    nodes.clock.advance(LEASE_IS_OVER);
    nodes.timer_b.pass(FIRST_LOOK);
    let taken_over = answer(waiting).await;
    assert_ne!(taken_over, first);

    gate.open();
    nodes.timer_a.asleep(1, FIRST_LOOK).await;
    nodes.timer_a.pass(FIRST_LOOK);
    assert_eq!(answer(late).await, taken_over);
    assert_eq!(nodes.provider.count(Endpoint::Token), 3);
    for node in [&mut nodes.a, &mut nodes.b] {
        assert_eq!(node.script("/token").await.text(), taken_over);
    }
}

/// It believes `invalid_grant` only of the refresh token that is still the login's.
#[tokio::test]
async fn a_refresh_token_that_another_node_used_ends_nothing() {
    let (mut nodes, _) = TokenNodes::signed_in().await;
    nodes.clock.advance(LIFETIME);
    let mut gate = nodes.provider.hold(Endpoint::Token);
    let late = nodes.a.script_later("/token");
    gate.reached(1).await;
    nodes.provider.be_honest();
    nodes.clock.advance(LEASE_IS_OVER);
    let taken_over = nodes.b.script("/token").await.text();

    gate.open();
    nodes.timer_a.asleep(1, FIRST_LOOK).await;
    nodes.timer_a.pass(FIRST_LOOK);
    assert_eq!(answer(late).await, taken_over);
    assert_eq!(nodes.a.steps("who").await, "who=alice");
    nodes.clock.advance(LIFETIME);
    assert_eq!(nodes.a.script("/token").await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_sign_out_at_one_node_counts_for_a_refresh_at_the_other() {
    let (mut nodes, _) = TokenNodes::signed_in().await;
    nodes.clock.advance(LIFETIME);
    let mut gate = nodes.provider.hold(Endpoint::Token);
    let late = nodes.a.script_later("/token");
    gate.reached(1).await;
    nodes.b.post(&format!("{APP}/auth/logout"), &[]).await;
    gate.open();
    let late = late.await.expect("an answer");
    assert_eq!(late.status, StatusCode::UNAUTHORIZED);
    assert_eq!(late.set_cookies(), Vec::<&str>::new());
    assert_eq!(nodes.a.script("/maybe").await.text(), "stranger");
}

/// A node whose holder neither finishes nor dies is not waited for for ever.
#[tokio::test]
async fn a_lease_that_never_ends_is_waited_for_with_patience_only() {
    let (nodes, first) = TokenNodes::signed_in().await;
    nodes.clock.advance(LIFETIME);
    let mut gate = nodes.provider.hold(Endpoint::Token);
    let stuck = nodes.a.script_later("/token");
    gate.reached(1).await;
    let waiting = nodes.b.script_later("/token");
    let mut pause = FIRST_LOOK;
    while !waiting.is_finished() {
        tokio::select! {
            () = nodes.timer_b.asleep(1, pause) => nodes.timer_b.pass(pause),
            () = finished(&waiting) => {}
        }
        pause = (pause * 2).min(std::time::Duration::from_millis(500));
    }
    let page = waiting.await.expect("an answer");
    assert_eq!(page.status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(page.json()["error"], "refresh_failed");
    gate.open();
    assert_ne!(answer(stuck).await, first);
}

async fn finished(waiting: &JoinHandle<Page>) {
    while !waiting.is_finished() {
        tokio::task::yield_now().await;
    }
}
