//! How long a login lives: unused, and at all. The clock is moved by hand.

use std::{sync::Arc, time::Duration};

use http::StatusCode;
use oidc_login::{Lifetimes, MemoryStore};
use oidc_login_tests::{
    stores::FrailStore,
    world::{APP, World, routes},
};

const MINUTE: i64 = 60;

#[tokio::test]
async fn an_unused_login_ends_and_a_used_one_lives_on() {
    let mut world = World::new();
    world.sign_in("alice", "/secure").await;
    for _ in 0..5 {
        world.clock.advance(59 * MINUTE);
        assert_eq!(hello(&mut world).await, "hello alice");
    }
    world.clock.advance(60 * MINUTE);
    assert_eq!(hello(&mut world).await, "hello stranger");
    let page = world.browser.get(&format!("{APP}/secure")).await;
    assert_eq!(
        page.status,
        StatusCode::SEE_OTHER,
        "expired is anonymous, no error"
    );
}

#[tokio::test]
async fn the_busiest_login_ends_after_eight_hours() {
    let mut world = World::new();
    world.sign_in("alice", "/secure").await;
    for _ in 0..15 {
        world.clock.advance(30 * MINUTE);
        assert_eq!(hello(&mut world).await, "hello alice");
    }
    world.clock.advance(30 * MINUTE - 1);
    assert_eq!(hello(&mut world).await, "hello alice");
    world.clock.advance(1);
    assert_eq!(hello(&mut world).await, "hello stranger");
}

#[tokio::test]
async fn asking_who_is_signed_in_does_not_keep_the_login_alive() {
    let mut world = World::new();
    world.sign_in("alice", "/secure").await;
    for minutes in [30, 29] {
        world.clock.advance(minutes * MINUTE);
        let who = world.browser.get(&format!("{APP}/auth/session")).await;
        assert_eq!(who.json()["authenticated"], true);
    }
    world.clock.advance(MINUTE);
    let who = world.browser.get(&format!("{APP}/auth/session")).await;
    assert_eq!(who.json()["authenticated"], false);
}

#[tokio::test]
async fn the_store_hears_of_a_use_at_most_every_tenth_of_the_idle_time() {
    let (mut world, store) = world_with_store();
    world.sign_in("alice", "/secure").await;
    for (seconds, touches) in [(359, 0), (1, 1), (0, 1), (359, 1), (1, 2)] {
        world.clock.advance(seconds);
        hello(&mut world).await;
        assert_eq!(store.touches(), touches, "{seconds} s later");
    }
}

#[tokio::test]
async fn an_open_page_does_not_keep_the_login_alive() {
    let (mut world, store) = world_with_store();
    world.sign_in("alice", "/secure").await;
    world.clock.advance(30 * MINUTE);
    assert_eq!(world.browser.get(&format!("{APP}/")).await.text(), "open");
    assert_eq!(store.touches(), 0);
}

#[tokio::test]
async fn lifetimes_can_be_set() {
    let lifetimes = Lifetimes::new(Duration::from_secs(120), Duration::from_secs(180));
    let lifetimes = lifetimes.expect("lifetimes that work");
    let mut world = World::with(
        |client| client,
        |relying_party| relying_party.lifetimes(lifetimes),
        routes(),
    );
    world.sign_in("alice", "/secure").await;
    world.clock.advance(119);
    assert_eq!(hello(&mut world).await, "hello alice");
    world.clock.advance(60);
    assert_eq!(hello(&mut world).await, "hello alice");
    world.clock.advance(1);
    assert_eq!(hello(&mut world).await, "hello stranger");
}

fn world_with_store() -> (World, FrailStore) {
    let mut store = None;
    let world = World::assemble(
        |provider| provider,
        |client| client,
        |builder, clock| {
            let memory = MemoryStore::with_clock(Arc::new(clock.clone()));
            let frail = FrailStore::new(memory);
            store = Some(frail.clone());
            let relying_party = builder.login_store(frail).build().expect("one");
            routes().layer(oidc_login::OidcLayer::new(relying_party))
        },
    );
    (world, store.expect("the app was made"))
}

async fn hello(world: &mut World) -> String {
    world.browser.get(&format!("{APP}/hello")).await.text()
}
