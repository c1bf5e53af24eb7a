//! Tokens that come just before, or while, their user signs out: whoever has them last revokes them.

use std::{sync::Arc, time::Duration};

use http::StatusCode;
use oidc_login::MemoryStore;
use oidc_login_tests::{
    clock::HandClock,
    hostile::{Endpoint, HostileProvider},
    steps::Gates,
    stores::FrailStore,
    tasks::Tasks,
    tokens::{FIRST_LOOK, LIFETIME, TokenNodes, TokenWorld},
    user_agent::UserAgent,
    watched_store::WatchedStore,
    world::APP,
};

/// Longer than any lease of a refresh, in seconds.
const LEASE_IS_OVER: i64 = 41;

/// Two nodes over one store that can be held, with alice signed in.
struct Scene {
    nodes: TokenNodes,
    store: WatchedStore,
    /// The clock of the store.
    clock: HandClock,
    gates: Gates,
    tasks: Tasks,
}

impl Scene {
    async fn signed_in() -> Self {
        let (clock, gates, tasks) = (HandClock::new(), Gates::default(), Tasks::default());
        let store = WatchedStore::new(&clock, &gates);
        let settings = |builder: oidc_login::RelyingPartyBuilder| {
            builder.login_store(store.clone()).spawn(tasks.clone())
        };
        let (nodes, _) = TokenNodes::signed_in_with(settings).await;
        Self {
            nodes,
            store,
            clock,
            gates,
            tasks,
        }
    }

    fn advance(&self, seconds: i64) {
        self.clock.advance(seconds);
        self.nodes.clock.advance(seconds);
    }
}

async fn sign_out(browser: &mut UserAgent) {
    let page = browser.post(&format!("{APP}/auth/logout"), &[]).await;
    assert_eq!(page.status, StatusCode::SEE_OTHER, "{}", page.text());
}

/// The tokens that were revoked, once all is done.
async fn revoked(provider: &HostileProvider, tasks: &Tasks) -> Vec<String> {
    tasks.ended().await;
    let seen = provider.seen().into_iter();
    let requests = seen.filter(|seen| seen.endpoint == Endpoint::Revocation);
    requests.map(|seen| seen.form["token"].clone()).collect()
}

/// The refresh token and the access token that the provider issued last.
fn issued_last(provider: &HostileProvider) -> [String; 2] {
    let issued = provider.issued();
    let [.., access_token, _id_token, refresh_token] = &issued[..] else {
        panic!("three tokens: {issued:?}");
    };
    [refresh_token.clone(), access_token.clone()]
}

/// The sign-out knows the login as it was, and the other node saves new tokens before it has ended.
#[tokio::test]
async fn what_another_node_saved_while_its_user_signs_out_is_revoked() {
    let mut scene = Scene::signed_in().await;
    scene.store.hold_next("end");
    let mut b = scene.nodes.b.clone();
    let leaving = tokio::spawn(async move { sign_out(&mut b).await });
    scene.gates.arrival("end").await;
    let second = scene.nodes.a.script("/refresh").await;
    assert_eq!(second.status, StatusCode::OK, "{}", second.text());
    scene.gates.open("end");
    leaving.await.expect("an answer");
    let last = issued_last(&scene.nodes.provider);
    assert_eq!(last[1], second.text());
    assert_eq!(revoked(&scene.nodes.provider, &scene.tasks).await, last);
    assert_eq!(scene.nodes.a.script("/maybe").await.text(), "stranger");
}

/// A node that was given up has new tokens, which it may not save any more; then the login ends before
/// it can look what became of it.
#[tokio::test]
async fn tokens_that_came_too_late_to_be_saved_are_revoked_where_the_login_has_ended() {
    let mut scene = Scene::signed_in().await;
    let provider = scene.nodes.provider.clone();
    provider.keep_refresh_tokens();
    scene.advance(LIFETIME);
    let mut gate = provider.hold(Endpoint::Token);
    let late = scene.nodes.a.script_later("/token");
    gate.reached(1).await;
    provider.be_honest();
    let waiting = scene.nodes.b.script_later("/token");
    scene.nodes.timer_b.asleep(1, FIRST_LOOK).await;
    scene.advance(LEASE_IS_OVER);
    scene.nodes.timer_b.pass(FIRST_LOOK);
    let of_b = waiting.await.expect("an answer").text();

    scene.store.hold_next("changed");
    gate.open();
    scene.gates.arrival("changed").await;
    sign_out(&mut scene.nodes.b).await;
    scene.gates.open("changed");
    let late = late.await.expect("an answer");
    assert_eq!(late.status, StatusCode::UNAUTHORIZED);
    let issued = provider.issued().into_iter();
    let access_tokens = issued.filter(|token| token.starts_with("access-token"));
    let refreshed: Vec<_> = access_tokens.skip(1).collect();
    assert!(refreshed.len() == 2 && refreshed.contains(&of_b));
    let revoked = revoked(&provider, &scene.tasks).await;
    for token in refreshed {
        assert!(revoked.contains(&token), "{token}: {revoked:?}");
    }
}

/// The store took them at no time, so the login that it had carries the ones from before.
#[tokio::test]
async fn tokens_that_were_never_saved_are_revoked_with_the_login() {
    let (tasks, mut made) = (Tasks::default(), None);
    let mut world = TokenWorld::with(|settings, clock| {
        let store = FrailStore::new(MemoryStore::with_clock(Arc::new(clock.clone())));
        made = Some(store.clone());
        settings.login_store(store).spawn(tasks.clone())
    });
    let store = made.expect("a store, made just now");
    world.sign_in().await;
    world.world.clock.advance(LIFETIME);
    let mut gate = world.world.provider.hold(Endpoint::Token);
    let waiting = world.later("/token");
    gate.reached(1).await;
    store.break_down();
    gate.open();
    let token = waiting.await.expect("an answer").text();
    for pause in [100, 400, 1_000, 2_000, 4_000, 6_000, 8_000, 9_000] {
        let pause = Duration::from_millis(pause);
        world.timer.asleep(1, pause).await;
        world.timer.pass(pause);
    }
    tasks.ended().await;
    store.recover();
    sign_out(&mut world.world.browser).await;
    let last = issued_last(&world.world.provider);
    assert_eq!(last[1], token);
    assert_eq!(revoked(&world.world.provider, &tasks).await, last);
}
