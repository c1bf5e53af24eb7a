//! Two processes over one store, of which each may serve a login for a time without asking.

use std::{sync::Arc, time::Duration};

use axum::Router;
use http::StatusCode;
use oidc_login::{Lifetimes, MemoryStore, OidcLayer, RelyingParty};
use oidc_login_tests::{
    clock::HandClock,
    steps::{Gates, steps},
    stores::{FrailStore, OpenStore},
    user_agent::UserAgent,
    wire::Wire,
    world::{APP, ISSUER, client, provider, routes, sign_in},
};

const SECONDS: u64 = 10;

/// The same browser, once for each node that may answer it, and the stores.
struct Nodes {
    a: UserAgent,
    b: UserAgent,
    clock: HandClock,
    gates: Gates,
    logins: FrailStore,
    values: OpenStore,
}

impl Nodes {
    /// alice signed in at A, and B has seen her once.
    async fn new(cache_time: Option<u64>, lifetimes: Lifetimes) -> Self {
        let (clock, gates, values) = (HandClock::new(), Gates::default(), OpenStore::default());
        let provider = provider(&clock).build().expect("a provider").router();
        let logins = FrailStore::new(MemoryStore::with_clock(Arc::new(clock.clone())));
        let node = || -> Router {
            let client = client(Wire(provider.clone())).build().expect("a client");
            let relying_party = RelyingParty::builder(client)
                .clock(clock.clone())
                .lifetimes(lifetimes)
                .login_store(logins.clone())
                .session_store(values.clone());
            let relying_party = match cache_time {
                Some(seconds) => relying_party.login_cache_time(Duration::from_secs(seconds)),
                None => relying_party,
            };
            let layer = OidcLayer::new(relying_party.build().expect("one"));
            routes().merge(steps(&gates)).layer(layer)
        };
        let browser = |app| {
            let sites = [(APP.to_owned(), app), (ISSUER.to_owned(), provider.clone())];
            UserAgent::new(sites, clock.clone())
        };
        let (mut a, mut b) = (browser(node()), browser(node()));
        sign_in(&mut a, "alice", "/secure").await;
        b.jar = a.jar.clone();
        assert_eq!(b.steps("who").await, "who=alice");
        Self {
            a,
            b,
            clock,
            gates,
            logins,
            values,
        }
    }

    async fn with_cache() -> Self {
        Self::new(Some(SECONDS), Lifetimes::default()).await
    }

    /// Signs out at A; both browsers keep the cookie, as somebody who stole it would.
    async fn sign_out_at_a(&mut self) {
        let jar = self.a.jar.clone();
        let page = self.a.post(&format!("{APP}/auth/logout"), &[]).await;
        assert_eq!(page.status, StatusCode::SEE_OTHER);
        self.a.jar = jar;
    }
}

#[tokio::test]
async fn by_default_every_request_asks_once() {
    let mut nodes = Nodes::new(None, Lifetimes::default()).await;
    for _ in 0..5 {
        let before = nodes.logins.loads();
        assert_eq!(
            nodes.b.steps("who&who&claims").await,
            "who=alice who=alice claims=alice"
        );
        assert_eq!(nodes.logins.loads(), before + 1);
    }
    nodes.sign_out_at_a().await;
    assert_eq!(nodes.b.steps("who").await, "who=-");
}

#[tokio::test]
async fn within_the_time_nobody_asks_and_after_it_one_does() {
    let mut nodes = Nodes::with_cache().await;
    for (seconds, loads) in [(0, 0), (9, 0), (1, 1), (0, 0), (9, 0), (1, 1)] {
        nodes.clock.advance(seconds);
        let before = nodes.logins.loads();
        assert_eq!(nodes.b.steps("who&claims").await, "who=alice claims=alice");
        assert_eq!(nodes.logins.loads() - before, loads, "{seconds} s later");
    }
}

#[tokio::test]
async fn a_sign_out_counts_here_at_once_and_elsewhere_after_the_time() {
    let mut nodes = Nodes::with_cache().await;
    nodes.clock.advance(3);
    assert_eq!(nodes.a.steps("who").await, "who=alice");
    nodes.sign_out_at_a().await;
    assert_eq!(nodes.a.steps("who&claims").await, "who=- claims=-", "here");
    nodes.clock.advance(6);
    assert_eq!(
        nodes.b.steps("who").await,
        "who=alice",
        "what the setting costs"
    );
    nodes.clock.advance(1);
    assert_eq!(nodes.b.steps("who&claims").await, "who=- claims=-");
}

/// Serving a login does not make it younger.
#[tokio::test]
async fn a_busy_node_asks_as_soon_as_an_idle_one() {
    let mut nodes = Nodes::with_cache().await;
    nodes.sign_out_at_a().await;
    for _ in 0..9 {
        nodes.clock.advance(1);
        assert_eq!(nodes.b.steps("who").await, "who=alice");
    }
    nodes.clock.advance(1);
    assert_eq!(nodes.b.steps("who").await, "who=-");
}

#[tokio::test]
async fn a_clock_that_is_set_back_makes_the_node_ask() {
    for seconds in [-1, -3600, -1_000_000] {
        let mut nodes = Nodes::with_cache().await;
        nodes.sign_out_at_a().await;
        nodes.clock.advance(seconds);
        assert_eq!(nodes.b.steps("who").await, "who=-", "{seconds} s");
    }
}

#[tokio::test]
async fn no_login_is_served_beyond_its_own_end() {
    let minutes = |minutes: u64| Duration::from_secs(60 * minutes);
    for (name, idle, absolute, steps) in [
        ("idle", 2, 60, &[(119, "who=alice"), (120, "who=-")][..]),
        (
            "absolute",
            2,
            3,
            &[(110, "who=alice"), (69, "who=alice"), (1, "who=-")][..],
        ),
    ] {
        let lifetimes = Lifetimes::new(minutes(idle), minutes(absolute)).expect("times");
        let mut nodes = Nodes::new(Some(3600), lifetimes).await;
        for (seconds, expected) in steps {
            nodes.clock.advance(*seconds);
            assert_eq!(nodes.b.steps("who").await, *expected, "{name} {seconds}");
        }
    }
}

#[tokio::test]
async fn the_end_of_an_idle_login_is_moved_no_more_often_than_without() {
    let mut nodes = Nodes::new(Some(3600), Lifetimes::default()).await;
    for (seconds, touches) in [(359, 0), (1, 1), (0, 1), (1, 1), (358, 1), (1, 2), (0, 2)] {
        nodes.clock.advance(seconds);
        assert_eq!(nodes.b.steps("who").await, "who=alice");
        assert_eq!(nodes.logins.touches(), touches, "{seconds} s later");
    }
}

/// What was found before the sign-out must not be served after it.
#[tokio::test]
async fn a_load_under_way_does_not_bring_the_login_back() {
    let mut nodes = Nodes::with_cache().await;
    nodes.clock.advance(20);
    nodes.logins.hold_next_load(&nodes.gates, "load");
    let (mut slow, gates) = (nodes.a.clone(), nodes.gates.clone());
    let slow = tokio::spawn(async move { slow.steps("who").await });
    gates.arrival("load").await;
    nodes.sign_out_at_a().await;
    gates.open("load");
    assert_eq!(
        slow.await.expect("an answer"),
        "who=alice",
        "it came before"
    );
    assert_eq!(nodes.a.steps("who").await, "who=-");
}

#[tokio::test]
async fn what_is_written_asks_the_store_in_any_case() {
    for steps in [
        "set=color:late",
        "who&set=color:late",
        "who&read=color&cycle",
    ] {
        let mut nodes = Nodes::with_cache().await;
        nodes.sign_out_at_a().await;
        let page = nodes.b.get(&format!("{APP}/do?{steps}")).await;
        assert_eq!(page.status, StatusCode::OK, "{steps}");
        assert_eq!(nodes.values.records(), [], "{steps}");
        assert!(page.set_cookies().is_empty(), "{steps}");
        nodes.clock.advance(10);
        assert_eq!(
            nodes.b.steps("who&read=color").await,
            "who=- color=-",
            "{steps}"
        );
    }
}

#[tokio::test]
async fn within_the_time_a_store_that_is_down_is_not_missed() {
    let mut nodes = Nodes::with_cache().await;
    nodes.logins.break_down();
    nodes.clock.advance(9);
    assert_eq!(nodes.b.steps("who").await, "who=alice");
    nodes.clock.advance(1);
    let page = nodes.b.get(&format!("{APP}/secure")).await;
    assert_eq!(page.status, StatusCode::SERVICE_UNAVAILABLE);
    nodes.logins.recover();
    assert_eq!(nodes.b.steps("who").await, "who=alice");
}
