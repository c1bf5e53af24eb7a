//! Two processes of one app behind shared stores: they share nothing else.

use std::sync::Arc;

use axum::Router;
use http::StatusCode;
use oidc_login::{MemoryStore, OidcLayer, RelyingParty};
use oidc_login_tests::{
    clock::HandClock,
    steps::{Gates, steps},
    stores::OpenStore,
    user_agent::UserAgent,
    wire::Wire,
    world::{APP, ISSUER, client, provider, routes, sign_in},
};

/// The same browser, once for each node that may answer it, and the stores.
struct Nodes {
    a: UserAgent,
    b: UserAgent,
    gates: Gates,
    values: OpenStore,
}

impl Nodes {
    fn new() -> Self {
        let (clock, gates, values) = (HandClock::new(), Gates::default(), OpenStore::default());
        let provider = provider(&clock).build().expect("a provider").router();
        let logins = MemoryStore::with_clock(Arc::new(clock.clone()));
        let node = || -> Router {
            let client = client(Wire(provider.clone())).build().expect("a client");
            let relying_party = RelyingParty::builder(client)
                .clock(clock.clone())
                .login_store(logins.clone())
                .session_store(values.clone());
            let layer = OidcLayer::new(relying_party.build().expect("one"));
            routes().merge(steps(&gates)).layer(layer)
        };
        let browser = |app| {
            let sites = [(APP.to_owned(), app), (ISSUER.to_owned(), provider.clone())];
            UserAgent::new(sites, clock.clone())
        };
        let (a, b) = (browser(node()), browser(node()));
        Self {
            a,
            b,
            gates,
            values,
        }
    }

    async fn signed_in() -> Self {
        let mut nodes = Self::new();
        sign_in(&mut nodes.a, "alice", "/secure").await;
        nodes.a.steps("set=color:red").await;
        nodes.b.jar = nodes.a.jar.clone();
        nodes
    }
}

#[tokio::test]
async fn a_login_of_one_node_is_a_login_of_the_other() {
    let mut nodes = Nodes::signed_in().await;
    let found = nodes.b.steps("who&claims&read=color").await;
    assert_eq!(found, "who=alice claims=alice color=red");
}

#[tokio::test]
async fn a_sign_out_at_one_node_is_not_undone_by_the_other() {
    for steps in [
        "who&hold=slow&set=color:late",
        "who&hold=slow&set=color:late&save",
        "read=color&hold=slow&set=color:late&save",
        "who&read=color&hold=slow&cycle",
        "who&read=color&hold=slow&cycle&save",
        "who&hold=slow&flush",
        "hold=slow&flush",
    ] {
        let mut nodes = Nodes::signed_in().await;
        let mut before = nodes.a.clone();
        let slow = nodes.a.in_flight(&nodes.gates, "slow", steps).await;
        let page = nodes.b.post(&format!("{APP}/auth/logout"), &[]).await;
        assert_eq!(page.status, StatusCode::SEE_OTHER);
        nodes.a.jar = nodes.b.jar.clone();
        let late = nodes.a.land(slow).await;
        assert_eq!(late.status, StatusCode::OK, "{steps}");
        assert!(
            late.set_cookies().is_empty(),
            "{steps}: {:?}",
            late.set_cookies()
        );
        assert_eq!(nodes.values.records(), [], "{steps}");
        let found = before.steps("who&claims&read=color").await;
        assert_eq!(found, "who=- claims=- color=-", "{steps}");
    }
}

/// A node that never saw the login while it lived cannot know that the cookie is not just old: it
/// begins a visitor's session, and nothing of the login is in it.
#[tokio::test]
async fn a_late_write_at_a_node_that_did_not_know_the_login_is_a_visitors() {
    let mut nodes = Nodes::signed_in().await;
    let slow = nodes
        .a
        .in_flight(&nodes.gates, "slow", "hold=slow&set=late:yes")
        .await;
    nodes.b.post(&format!("{APP}/auth/logout"), &[]).await;
    nodes.a.jar = nodes.b.jar.clone();
    nodes.a.land(slow).await;
    let found = nodes.a.steps("who&claims&read=color&read=late").await;
    assert_eq!(found, "who=- claims=- color=- late=yes");
}

#[tokio::test]
async fn a_renewal_at_one_node_leaves_nothing_of_the_old_id_at_the_other() {
    let mut nodes = Nodes::signed_in().await;
    assert_eq!(nodes.b.steps("who").await, "who=alice");
    nodes.a.steps("cycle").await;
    assert_eq!(nodes.b.steps("who&read=color").await, "who=- color=-");
    nodes.b.jar = nodes.a.jar.clone();
    assert_eq!(nodes.b.steps("who&read=color").await, "who=alice color=red");
}
