//! `kill -9` in the middle of 200 logins.

use http::StatusCode;
use oidc_login_dev_provider::{Endpoint, Hold};

use crate::{
    stage::{Node, SECRET, Stage, reached},
    storm::{AT_ONCE, Storm},
};

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Redis: ./test installs it"]
async fn no_login_that_somebody_saw_is_lost_with_a_node() {
    let mut stage = Stage::with_users(200).await;
    let mut people = Storm::begin(&stage, 0..60).end().await;
    assert_eq!(people.signed_in(), 60);

    // Killed while the provider has carried out the token requests of all who are signing in, and nobody has an answer yet.
    let gate = stage.provider().hold(Endpoint::Token, Hold::Answer);
    let held = Storm::begin(&stage, 60..60 + AT_ONCE);
    reached(&gate, AT_ONCE).await;
    stage.kill(Node::A).await;
    drop(gate);
    let held = held.end().await;
    assert!(held.failed() > 0 && held.signed_in() > 0);
    people.join(held);

    // One node serves everybody.
    let alone = Storm::begin(&stage, 80..120).end().await;
    assert_eq!(alone.signed_in(), 40);
    people.join(alone);
    stage.start(Node::A, SECRET).await;

    // Killed at any moment, started again at any moment.
    let mut storm = Storm::begin(&stage, 120..200);
    storm.done(20).await;
    stage.kill(Node::B).await;
    storm.done(50).await;
    stage.start(Node::B, SECRET).await;
    people.join(storm.end().await);

    people.were_told_why();
    people.are_who_they_were().await;
    people.try_again().await;
    people.are_who_they_were().await;
    assert_eq!(people.signed_in(), 200);
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Redis: ./test installs it"]
async fn no_login_that_somebody_saw_is_lost_with_redis() {
    let mut stage = Stage::with_users(200).await;
    let mut people = Storm::begin(&stage, 0..60).end().await;
    assert_eq!(people.signed_in(), 60);

    // Killed while the provider has carried out the token requests of all who are signing in, and nobody has an answer yet.
    let gate = stage.provider().hold(Endpoint::Token, Hold::Answer);
    let held = Storm::begin(&stage, 60..60 + AT_ONCE);
    reached(&gate, AT_ONCE).await;
    stage.redis.kill();
    drop(gate);
    let held = held.end().await;
    assert_eq!(held.signed_in(), 0);
    people.are_told(StatusCode::SERVICE_UNAVAILABLE).await;
    people.join(held);
    let without = Storm::begin(&stage, 80..100).end().await;
    assert_eq!(without.signed_in(), 0);
    people.join(without);
    stage.redis.restart().await;
    people.until_known().await;
    people.are_who_they_were().await;

    // Killed at any moment, started again at any moment.
    let mut storm = Storm::begin(&stage, 100..200);
    storm.done(30).await;
    stage.redis.kill();
    storm.done(60).await;
    stage.redis.restart().await;
    people.join(storm.end().await);

    people.were_told_why();
    people.until_known().await;
    people.are_who_they_were().await;
    people.try_again().await;
    people.are_who_they_were().await;
    assert_eq!(people.signed_in(), 200);
}
