//! Two processes of one app behind shared stores: they share nothing else.

use std::sync::Arc;

use axum::Router;
use http::StatusCode;
use oidc_login::{MemoryStore, OidcLayer, RelyingParty, SessionSecrets};
use oidc_login_dev_provider::{DevProvider, Endpoint, Hold};
use oidc_login_tests::{
    clock::HandClock,
    hostile::parameter,
    steps::{Gates, steps},
    stores::OpenStore,
    user_agent::{Page, UserAgent},
    wire::Wire,
    world::{APP, ISSUER, client, provider, routes, sign_in, to_callback},
};
use url::Url;

/// The same browser, once for each node that may answer it, and the stores.
struct Nodes {
    a: UserAgent,
    b: UserAgent,
    gates: Gates,
    provider: DevProvider,
}

impl Nodes {
    fn new() -> Self {
        let (clock, gates, values) = (HandClock::new(), Gates::default(), OpenStore::default());
        let dev_provider = provider(&clock).build().expect("a provider");
        let provider = dev_provider.router();
        let logins = MemoryStore::with_clock(Arc::new(clock.clone()));
        let node = || -> Router {
            let client = client(Wire(provider.clone())).build().expect("a client");
            let relying_party = RelyingParty::builder(client)
                .clock(clock.clone())
                .session_secrets(SessionSecrets::from_bytes([[7; 32]]).expect("32 bytes"))
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
            provider: dev_provider,
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

/// Holds the token endpoint, and brings an answer first to A, then to B: what each says, A last.
async fn brought_to_both(nodes: &mut Nodes, callback: &str) -> [Page; 2] {
    let gate = nodes
        .provider
        .control()
        .hold(Endpoint::Token, Hold::Request);
    let mut first = nodes.a.clone();
    let url = callback.to_owned();
    let first = tokio::spawn(async move { first.get(&url).await });
    gate.arrived(1).await;
    let late = nodes.b.get(callback).await;
    drop(gate);
    let first = first.await.expect("a page");
    nodes.a.receive(&first);
    [late, first]
}

#[tokio::test]
async fn an_answer_brought_to_both_nodes_is_used_once_and_nobody_is_left_outside() {
    let mut nodes = Nodes::new();
    let callback = to_callback(&mut nodes.a, "alice", "/secure?from=here").await;
    nodes.b.jar = nodes.a.jar.clone();
    let [late, first] = brought_to_both(&mut nodes, &callback).await;
    let token_requests = || nodes.provider.control().requests(Endpoint::Token);
    assert_eq!(token_requests(), 1);
    let secure = format!("{APP}/secure?from=here");
    assert_eq!(first.location().map(String::from), Some(secure.clone()));
    // Where the first answer is not known yet, the login begins once more and comes to the same place.
    let location = late.location().expect("the provider").to_string();
    assert!(location.starts_with(ISSUER), "{location}");
    let page = nodes.b.open(&location).await;
    assert_eq!(
        (page.url.as_str(), &*page.text()),
        (&*secure, "secure alice")
    );
    assert_eq!(token_requests(), 2);
}

#[tokio::test]
async fn an_answer_used_at_another_node_leads_on_who_is_signed_in() {
    let mut nodes = Nodes::new();
    let callback = to_callback(&mut nodes.a, "alice", "/secure").await;
    nodes.b.jar = nodes.a.jar.clone();
    let first = nodes.a.get(&callback).await;
    let mut both = nodes.b.clone();
    both.receive(&first);
    // As a browser sends them whose second request left before the first answer took the login's cookie away.
    let pending = nodes
        .b
        .jar
        .iter()
        .filter(|((_, name), _)| name.contains("login"));
    both.jar
        .extend(pending.map(|(name, value)| (name.clone(), value.clone())));
    let late = both.get(&callback).await;
    assert_eq!(
        late.location().map(String::from),
        Some(format!("{APP}/secure"))
    );
    assert_eq!(nodes.provider.control().requests(Endpoint::Token), 1);
    // For anybody else the answer is worth nothing, on either node.
    for stranger in [nodes.a.other_browser(), nodes.b.other_browser()] {
        let page = stranger.clone().get(&callback).await;
        assert_eq!(page.status, StatusCode::BAD_REQUEST);
    }
}

#[tokio::test]
async fn a_login_that_is_always_used_elsewhere_begins_once_more_and_no_oftener() {
    let mut nodes = Nodes::new();
    let mut callback = to_callback(&mut nodes.a, "alice", "/secure").await;
    for is_last in [false, true] {
        nodes.b.jar = nodes.a.jar.clone();
        let [late, _] = brought_to_both(&mut nodes, &callback).await;
        if is_last {
            assert_eq!(late.status, StatusCode::BAD_REQUEST, "{}", late.text());
            assert!(late.text().contains("state_replayed"), "{}", late.text());
            break;
        }
        let to_provider = late.location().expect("the provider");
        let answer = nodes.b.get(to_provider.as_str()).await;
        let back: Url = answer.location().expect("signed in there already");
        assert_ne!(parameter(&back, "state"), "");
        callback = back.into();
        nodes.a.jar = nodes.b.jar.clone();
    }
}

/// The page that *back* leads to is asked for again, at whichever node; the provider has signed the user out as well, so that
/// nobody is signed in by it.
#[tokio::test]
async fn going_back_after_a_sign_out_at_the_other_node_finds_the_providers_form() {
    let mut nodes = Nodes::signed_in().await;
    let secure = format!("{APP}/secure");
    let page = nodes.a.get(&secure).await;
    assert_eq!(page.text(), "secure alice");
    assert_eq!(page.header("cache-control"), "private, no-store");

    nodes.b.jar = nodes.a.jar.clone();
    let page = nodes.b.post(&format!("{APP}/auth/logout"), &[]).await;
    let at_provider = page.location().expect("the provider");
    nodes.b.open(at_provider.as_str()).await;
    nodes.a.jar = nodes.b.jar.clone();
    let form = nodes.a.open(&secure).await;
    assert!(form.url.as_str().starts_with(ISSUER), "{}", form.url);
    let text = form.text();
    assert!(text.contains(r#"name="username" value="""#), "{text}");
    assert_eq!(nodes.a.steps("who").await, "who=-");
}
