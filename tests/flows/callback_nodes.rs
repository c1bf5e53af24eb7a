//! Callbacks that come to another node, after a restart, or again after something was down.

use std::sync::Arc;

use axum::Router;
use http::StatusCode;
use oidc_login::{
    LoginErrorKind as Kind, MemoryStore, OidcLayer, RelyingParty, ResponseMode, SessionSecrets,
    seams::HttpErrorKind,
};
use oidc_login_tests::{
    clock::HandClock,
    hostile::{Endpoint, HostileProvider, assert_refused, to_provider},
    stores::FrailStore,
    user_agent::{Page, UserAgent},
    world::{APP, ISSUER, client, routes},
};
use url::Url;

const SECURE: &str = "http://localhost:5000/secure";

/// Nodes behind one store and one secret, and a browser.
struct Nodes {
    provider: HostileProvider,
    store: FrailStore,
    clock: HandClock,
    mode: ResponseMode,
    browser: UserAgent,
}

impl Nodes {
    fn new() -> Self {
        Self::with(ResponseMode::Query)
    }

    fn with(mode: ResponseMode) -> Self {
        let clock = HandClock::new();
        let logins = MemoryStore::with_clock(Arc::new(clock.clone()));
        let mut nodes = Self {
            provider: HostileProvider::new(&clock),
            store: FrailStore::new(logins),
            browser: UserAgent::new([], clock.clone()),
            clock,
            mode,
        };
        nodes.other_node();
        nodes
    }

    fn node(&self) -> Router {
        let client = client(self.provider.clone()).response_mode(self.mode);
        let relying_party = RelyingParty::builder(client.build().expect("a client"))
            .clock(self.clock.clone())
            .session_secrets(SessionSecrets::from_bytes([[7; 32]]).expect("32 bytes"))
            .login_store(self.store.clone());
        let layer = OidcLayer::new(relying_party.build().expect("a relying party"));
        routes().layer(layer)
    }

    /// The browser's next requests come to a node that knows nothing: another, or a restarted one.
    fn other_node(&mut self) {
        let jar = std::mem::take(&mut self.browser.jar);
        let sites = [(APP.to_owned(), self.node())];
        self.browser = UserAgent::new(sites, self.clock.clone());
        self.browser.jar = jar;
    }

    async fn answered(&mut self) -> Url {
        let asked = to_provider(&mut self.browser, SECURE).await;
        self.provider.answer(&asked, "alice")
    }

    async fn greeting(&mut self) -> String {
        self.browser.open(&format!("{APP}/hello")).await.text()
    }
}

fn new_try(page: &Page, name: &str) -> Url {
    let location = page.location();
    let location = location.filter(|location| location.as_str().starts_with(ISSUER));
    location.unwrap_or_else(|| panic!("{name}: {} {}", page.status, page.text()))
}

#[tokio::test]
async fn a_callback_reopened_at_a_node_that_never_saw_it_leads_home_who_is_signed_in() {
    let mut nodes = Nodes::new();
    let callback = nodes.answered().await;
    let page = nodes.browser.arrive(callback.as_str()).await;
    assert_eq!(page.header("location"), "/secure");
    nodes.other_node();
    let page = nodes.browser.arrive(callback.as_str()).await;
    assert_eq!(page.header("location"), "/", "{}", page.text());
    assert_eq!(page.set_cookies(), [""; 0]);
    assert_eq!(nodes.greeting().await, "hello alice");
    assert_eq!(nodes.provider.count(Endpoint::Token), 1);
    nodes.browser.post(&format!("{APP}/auth/logout"), &[]).await;
    let page = nodes.browser.arrive(callback.as_str()).await;
    assert_refused(&page, Kind::NoCookies, "after the logout");
}

/// The store was down before the code was used: the page loaded again signs in, wherever it comes to.
#[tokio::test]
async fn a_reload_after_the_store_came_back_signs_in() {
    for (mode, is_other_node) in [
        (ResponseMode::Query, false),
        (ResponseMode::Query, true),
        (ResponseMode::FormPost, false),
        (ResponseMode::FormPost, true),
    ] {
        let name = format!("{mode:?}, another node: {is_other_node}");
        let mut nodes = Nodes::with(mode);
        let callback = nodes.answered().await;
        let url = if mode == ResponseMode::Query {
            callback
        } else {
            let form = callback.query().unwrap_or_default().to_owned();
            let to = format!("{APP}/auth/callback");
            let page = nodes.browser.post_from_elsewhere(&to, form).await;
            page.location().expect("the continuation")
        };
        nodes.store.break_down();
        for attempt in 0..3 {
            let page = nodes.browser.arrive(url.as_str()).await;
            let name = format!("{name}, {attempt}");
            assert_refused(&page, Kind::StoreUnavailable, &name);
        }
        assert_eq!(nodes.provider.count(Endpoint::Token), 0, "{name}");
        nodes.store.recover();
        if is_other_node {
            nodes.other_node();
        }
        let page = nodes.browser.get(url.as_str()).await;
        assert_eq!(
            page.header("location"),
            "/secure",
            "{name}: {}",
            page.text()
        );
        assert_eq!(nodes.greeting().await, "hello alice", "{name}");
        assert_eq!(nodes.provider.count(Endpoint::Token), 1, "{name}");
    }
}

/// The code went out, and nobody knows what became of it: the reload is the way to a new sign-in that
/// leads to the page asked for, and says nothing of cookies.
#[tokio::test]
async fn a_reload_after_the_provider_came_back_begins_once_more() {
    for is_other_node in [false, true] {
        let name = format!("another node: {is_other_node}");
        let mut nodes = Nodes::new();
        let callback = nodes.answered().await;
        nodes.provider.fail(Endpoint::Token, HttpErrorKind::Timeout);
        let page = nodes.browser.arrive(callback.as_str()).await;
        assert_refused(&page, Kind::ProviderUnavailable, &name);
        let again = "/auth/login?return_to=%2Fsecure\"";
        assert!(page.text().contains(again), "{}", page.text());
        nodes.provider.be_honest();
        if is_other_node {
            nodes.other_node();
        }
        let page = nodes.browser.get(callback.as_str()).await;
        let asked = new_try(&page, &name);
        assert_eq!(nodes.provider.count(Endpoint::Token), 1, "{name}");
        let callback = nodes.provider.answer(&asked, "alice");
        let page = nodes.browser.arrive(callback.as_str()).await;
        assert_eq!(page.header("location"), "/secure", "{name}");
    }
}

/// A provider that nobody has seen yet, and that is down when its answer comes.
#[tokio::test]
async fn a_reload_after_discovery_works_again_signs_in() {
    let mut nodes = Nodes::new();
    let callback = nodes.answered().await;
    nodes.other_node();
    nodes
        .provider
        .fail(Endpoint::Discovery, HttpErrorKind::Connect);
    let page = nodes.browser.arrive(callback.as_str()).await;
    assert_eq!(page.status, StatusCode::SERVICE_UNAVAILABLE);
    nodes.provider.be_honest();
    nodes.clock.advance(60);
    let page = nodes.browser.get(callback.as_str()).await;
    assert_eq!(page.header("location"), "/secure", "{}", page.text());
}

/// The second answer of a login that failed, with a code that nobody has used.
#[tokio::test]
async fn a_failed_login_is_not_revived_by_another_code() {
    let mut nodes = Nodes::new();
    let asked = to_provider(&mut nodes.browser, SECURE).await;
    let first = nodes.provider.answer(&asked, "alice");
    let second = nodes.provider.answer(&asked, "alice");
    nodes.provider.reply(Endpoint::Token, 400, "{}");
    let page = nodes.browser.arrive(first.as_str()).await;
    assert_refused(&page, Kind::TokenRequestRefused, "first");
    nodes.provider.be_honest();
    let page = nodes.browser.arrive(second.as_str()).await;
    new_try(&page, "second");
    assert_eq!(nodes.provider.count(Endpoint::Token), 1);
    assert_eq!(nodes.greeting().await, "hello stranger");
}
