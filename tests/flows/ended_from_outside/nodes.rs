//! Sessions that another node of the same store ended.

use std::sync::Arc;

use axum::Router;
use http::StatusCode;
use oidc_login::{MemoryStore, OidcLayer, RelyingParty, SessionSecrets, config::StoreEntries};
use oidc_login_tests::{
    clock::HandClock,
    session_list::session_routes,
    steps::{Gates, LATE_STEPS, steps},
    stores::OpenStore,
    user_agent::UserAgent,
    wire::Wire,
    world::{APP, ISSUER, client, provider, routes, sign_in},
};

/// Nodes with these secrets, newest first, behind shared stores that can be looked into. Alice has a desk at the first and
/// a phone, whose requests any node may answer.
struct Nodes {
    desk: UserAgent,
    phones: Vec<UserAgent>,
    gates: Gates,
    values: OpenStore,
}

fn secrets(seeds: &[u8]) -> SessionSecrets {
    SessionSecrets::from_bytes(seeds.iter().map(|seed| [*seed; 32])).expect("secrets")
}

impl Nodes {
    async fn signed_in(nodes: &[&[u8]]) -> Self {
        let (clock, gates, values) = (HandClock::new(), Gates::default(), OpenStore::default());
        let provider = provider(&clock).build().expect("a provider").router();
        let logins = MemoryStore::with_clock(Arc::new(clock.clone()));
        let node = |seeds: &&[u8]| -> UserAgent {
            let client = client(Wire(provider.clone())).build().expect("a client");
            let relying_party = RelyingParty::builder(client)
                .clock(clock.clone())
                .session_secrets(secrets(seeds))
                .store_entries(StoreEntries::Plain)
                .login_store(logins.clone())
                .session_store(values.clone());
            let layer = OidcLayer::new(relying_party.build().expect("one"));
            let app: Router = routes()
                .merge(steps(&gates))
                .merge(session_routes())
                .layer(layer);
            let sites = [(APP.to_owned(), app), (ISSUER.to_owned(), provider.clone())];
            UserAgent::new(sites, clock.clone())
        };
        let mut phones: Vec<_> = nodes.iter().map(node).collect();
        let mut desk = phones[0].other_browser();
        sign_in(&mut desk, "alice", "/secure").await;
        sign_in(&mut phones[0], "alice", "/secure").await;
        phones[0].steps("set=color:green").await;
        let jar = phones[0].jar.clone();
        for phone in &mut phones {
            phone.jar.clone_from(&jar);
        }
        Self {
            desk,
            phones,
            gates,
            values,
        }
    }

    async fn end_phone(&mut self) {
        let phone = self.phones[0].handle().await;
        assert_eq!(self.desk.end_session(&phone).await.text(), "true");
    }
}

#[tokio::test]
async fn what_one_node_ended_is_over_at_the_others_next_request() {
    let mut nodes = Nodes::signed_in(&[&[1], &[1]]).await;
    for phone in &mut nodes.phones {
        assert_eq!(phone.steps("who&read=color").await, "who=alice color=green");
    }
    assert!(nodes.values.text().contains("green"));
    nodes.end_phone().await;
    for phone in &mut nodes.phones {
        assert_eq!(
            phone.steps("who&claims&read=color").await,
            "who=- claims=- color=-"
        );
    }
    assert!(!nodes.values.text().contains("green"));
}

#[tokio::test]
async fn a_request_under_way_at_another_node_writes_nothing_back() {
    for steps in LATE_STEPS {
        let mut nodes = Nodes::signed_in(&[&[1], &[1]]).await;
        let slow = nodes.phones[1].in_flight(&nodes.gates, "slow", steps).await;
        nodes.end_phone().await;
        let late = nodes.phones[1].land(slow).await;
        assert_eq!(late.status, StatusCode::OK, "{steps}");
        assert!(
            late.set_cookies().is_empty(),
            "{steps}: {:?}",
            late.set_cookies()
        );
        let kept = nodes.values.text();
        assert!(
            !kept.contains("late") && !kept.contains("green"),
            "{steps}: {kept}"
        );
        let found = nodes.phones[1].steps("who&claims&read=color").await;
        assert_eq!(found, "who=- claims=- color=-", "{steps}");
    }
}

#[tokio::test]
async fn rotated_secrets_keep_the_list_as_long_as_one_is_in_common() {
    let mut nodes = Nodes::signed_in(&[&[1], &[2, 1], &[2]]).await;
    let [_, rotated, new] = &mut nodes.phones[..] else {
        panic!("three nodes");
    };
    assert_eq!(rotated.sessions().await.len(), 2);
    let only = new.sessions().await;
    assert_eq!(
        (only.len(), &only[0]["this"]),
        (1, &true.into()),
        "this one is always there"
    );
    assert_eq!(new.end_others().await.text(), "0");
    assert_eq!(nodes.desk.steps("who").await, "who=alice");
    let handle = rotated.handle().await;
    let by_old = nodes.phones[0].handle().await;
    assert_ne!(handle, by_old, "made with the newest secret");
    let page = nodes.phones[1].end_session(&by_old).await;
    assert_eq!(page.text(), "true", "any of the secrets is known");
    assert_eq!(nodes.phones[2].steps("who").await, "who=-");
}
