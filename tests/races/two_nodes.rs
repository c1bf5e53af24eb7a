//! Requests of one session at two nodes that share nothing but the stores.

use axum::Router;
use http::StatusCode;
use oidc_login::{OidcLayer, RelyingParty, SessionSecrets};
use oidc_login_tests::{
    clock::HandClock,
    session_list::session_routes,
    steps::{Gates, LATE_STEPS, steps},
    user_agent::UserAgent,
    wire::Wire,
    world::{APP, ISSUER, client, provider, routes, sign_in},
};

use crate::stage::{Stage, Stores, races};

// The adapter is for one process.
races!([memory, open_values, redis] {
    a_sign_out_at_one_node_is_not_undone_by_the_other,
    a_renewal_at_one_node_leaves_nothing_of_the_old_id_at_the_other,
    a_sign_out_at_the_other_node_ends_what_the_session_became,
    a_login_at_the_other_node_ends_what_the_session_became,
    a_sign_out_at_the_other_node_long_after_a_renewal_ends_nothing,
    a_session_that_one_node_lists_and_ends_is_over_at_the_other,
});

/// The same browser, once for each node that may answer it, and the stores.
struct Nodes {
    a: UserAgent,
    b: UserAgent,
    clock: HandClock,
    gates: Gates,
    stores: Stores,
}

impl Nodes {
    async fn signed_in(stage: &Stage) -> Self {
        let (clock, gates) = (HandClock::new(), Gates::default());
        let stores = stage.stores(&clock);
        let provider = provider(&clock).build().expect("a provider").router();
        let node = || -> Router {
            let client = client(Wire(provider.clone())).build().expect("a client");
            let secrets = SessionSecrets::from_bytes([[7; 32]]).expect("32 bytes");
            let relying_party = RelyingParty::builder(client)
                .clock(clock.clone())
                .session_secrets(secrets);
            let relying_party = stores.give(relying_party).build().expect("one");
            routes()
                .merge(steps(&gates))
                .merge(session_routes())
                .layer(OidcLayer::new(relying_party))
        };
        let browser = |app| {
            let sites = [(APP.to_owned(), app), (ISSUER.to_owned(), provider.clone())];
            UserAgent::new(sites, clock.clone())
        };
        let (mut a, mut b) = (browser(node()), browser(node()));
        sign_in(&mut a, "alice", "/secure").await;
        a.steps("set=color:red").await;
        b.jar = a.jar.clone();
        Self {
            a,
            b,
            clock,
            gates,
            stores,
        }
    }
}

async fn a_sign_out_at_one_node_is_not_undone_by_the_other(stage: &Stage) {
    for steps in LATE_STEPS.into_iter().chain(["hold=slow&flush"]) {
        let mut nodes = Nodes::signed_in(stage).await;
        let mut before = nodes.a.clone();
        let slow = nodes.a.in_flight(&nodes.gates, "slow", steps).await;
        let page = nodes.b.post(&format!("{APP}/auth/logout"), &[]).await;
        assert_eq!(page.status, StatusCode::SEE_OTHER);
        nodes.a.jar = nodes.b.jar.clone();
        let late = nodes.a.land(slow).await;
        assert_eq!(late.status, StatusCode::OK, "{steps}");
        let cookies = late.set_cookies();
        assert!(cookies.is_empty(), "{steps}: {cookies:?}");
        nodes.stores.assert_no_values(steps);
        let found = before.steps("who&claims&read=color").await;
        assert_eq!(found, "who=- claims=- color=-", "{steps}");
    }
}

async fn a_renewal_at_one_node_leaves_nothing_of_the_old_id_at_the_other(stage: &Stage) {
    let mut nodes = Nodes::signed_in(stage).await;
    assert_eq!(nodes.b.steps("who").await, "who=alice");
    nodes.a.steps("cycle").await;
    assert_eq!(nodes.b.steps("who&read=color").await, "who=- color=-");
    nodes.b.jar = nodes.a.jar.clone();
    assert_eq!(nodes.b.steps("who&read=color").await, "who=alice color=red");
}

/// What a request at one node has done that gave the session another id, and whose answer has not
/// come yet.
const RENEWED: [&str; 4] = [
    "cycle&save&hold=slow",
    "who&cycle&save&hold=slow",
    "read=color&cycle&set=color:blue&save&hold=slow",
    "who&cycle&save&hold=slow&set=color:late",
];

async fn a_sign_out_at_the_other_node_ends_what_the_session_became(stage: &Stage) {
    for steps in RENEWED {
        let mut nodes = Nodes::signed_in(stage).await;
        let slow = nodes.a.in_flight(&nodes.gates, "slow", steps).await;
        let page = nodes.b.post(&format!("{APP}/auth/logout"), &[]).await;
        assert_eq!(page.status, StatusCode::SEE_OTHER, "{steps}");
        let late = nodes.a.land(slow).await;
        assert_eq!(late.status, StatusCode::OK, "{steps}");
        let cookies = late.set_cookies();
        assert!(cookies.is_empty(), "{steps}: {cookies:?}");
        nodes.stores.assert_no_values(steps);
    }
}

/// Nor does the late answer take the place of the login's cookie.
async fn a_login_at_the_other_node_ends_what_the_session_became(stage: &Stage) {
    for (steps, user) in RENEWED
        .iter()
        .flat_map(|steps| [(steps, "alice"), (steps, "bob")])
    {
        let mut nodes = Nodes::signed_in(stage).await;
        let slow = nodes.a.in_flight(&nodes.gates, "slow", steps).await;
        nodes
            .b
            .jar
            .retain(|(_, name), _| name.starts_with("oidc_session"));
        sign_in(&mut nodes.b, user, "/auth/login").await;
        let late = nodes.a.land(slow).await;
        let cookies = late.set_cookies();
        assert!(cookies.is_empty(), "{steps}, {user}: {cookies:?}");
        let found = nodes.b.steps("who").await;
        assert_eq!(found, format!("who={user}"), "{steps}");
    }
}

/// Whoever has an old id of a session must not be able to end it.
async fn a_sign_out_at_the_other_node_long_after_a_renewal_ends_nothing(stage: &Stage) {
    let mut nodes = Nodes::signed_in(stage).await;
    nodes.a.steps("cycle").await;
    nodes.clock.advance(10);
    let page = nodes.b.post(&format!("{APP}/auth/logout"), &[]).await;
    assert!(page.status.is_redirection(), "{}", page.status);
    let found = nodes.a.steps("who&read=color").await;
    assert_eq!(found, "who=alice color=red");
}

async fn a_session_that_one_node_lists_and_ends_is_over_at_the_other(stage: &Stage) {
    for ends_all in [false, true] {
        let mut nodes = Nodes::signed_in(stage).await;
        let mut desk = nodes.a.other_browser();
        sign_in(&mut desk, "alice", "/secure").await;
        let listed = nodes.b.sessions().await;
        assert_eq!(listed, {
            let mut seen = desk.sessions().await;
            for session in &mut seen {
                session["this"] = (session["this"] == false).into();
            }
            seen
        });
        let slow = nodes
            .b
            .in_flight(&nodes.gates, "slow", "who&hold=slow&set=color:late&save")
            .await;
        let ended = if ends_all {
            desk.end_others().await.text()
        } else {
            let handle = nodes.b.handle().await;
            desk.end_session(&handle).await.text()
        };
        assert_eq!(ended, if ends_all { "1" } else { "true" });
        let late = nodes.b.land(slow).await;
        assert_eq!((late.status, late.set_cookies().len()), (StatusCode::OK, 0));
        for phone in [&mut nodes.a, &mut nodes.b] {
            let found = phone.steps("who&claims&read=color").await;
            assert_eq!(found, "who=- claims=- color=-");
        }
        assert_eq!(desk.sessions().await.len(), 1);
        nodes.stores.assert_no_text("late");
    }
}
