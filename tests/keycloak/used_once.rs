//! Refresh tokens that Keycloak takes once: *Revoke Refresh Token*.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use async_trait::async_trait;
use axum::Router;
use http::{Method, StatusCode};
use oidc_login::{
    ClientConfig, MemoryStore, OidcLayer, RelyingParty, SessionSecrets, session::StoreError,
};
use oidc_login_tests::{
    clock::HandClock,
    demo::free_port,
    steps::Gates,
    store_tap::{Call, Tap, Tapped},
    tokens::token_routes,
    user_agent::script,
    visitor::Visitor,
};
use serde_json::json;

use crate::realm::{CLIENT, Realm};

/// Longer than the lease of a refresh, in seconds.
const LEASE_IS_OVER: i64 = 41;

/// A realm whose client has apps at two addresses: the realm's port and this one.
async fn realm() -> (Realm, u16) {
    let once = json!({ "revokeRefreshToken": true, "refreshTokenMaxReuse": 0 });
    let realm = Realm::with(once, json!({})).await;
    let other = free_port();
    let uris = [realm.port, other].map(|port| format!("http://localhost:{port}/*"));
    realm.change_client(json!({ "redirectUris": uris })).await;
    (realm, other)
}

/// An app of the client, which may have several nodes.
struct App<'a> {
    realm: &'a Realm,
    port: u16,
    clock: HandClock,
    store: MemoryStore,
    secrets: SessionSecrets,
}

impl<'a> App<'a> {
    fn at(realm: &'a Realm, port: u16, clock: &HandClock) -> Self {
        Self {
            realm,
            port,
            clock: clock.clone(),
            store: MemoryStore::with_clock(Arc::new(clock.clone())),
            secrets: SessionSecrets::from_base64(&"c2VjcmV0".repeat(8)).expect("secrets"),
        }
    }

    fn node(&self) -> Router {
        self.node_with(SavesNothing::default())
    }

    fn node_with(&self, tap: SavesNothing) -> Router {
        let client = ClientConfig::builder()
            .issuer(self.realm.issuer())
            .public_client(CLIENT)
            .root_url(format!("http://localhost:{}/", self.port))
            .valid_redirect_uris(["/*"])
            .build()
            .expect("a client");
        let relying_party = RelyingParty::builder(client)
            .clock(self.clock.clone())
            .session_secrets(self.secrets.clone())
            .login_store(Tapped::over(self.store.clone(), tap))
            .session_store(self.store.clone());
        let relying_party = relying_party.build().expect("a relying party");
        token_routes(&Gates::default()).layer(OidcLayer::new(relying_party))
    }
}

/// When it is so, a node cannot save what it got, and dies with it.
#[derive(Clone, Default)]
struct SavesNothing(Arc<AtomicBool>);

#[async_trait]
impl Tap for SavesNothing {
    async fn before(&self, call: Call<'_>) -> Result<(), StoreError> {
        match call {
            Call::PutIf(..) if self.0.load(Ordering::SeqCst) => Err(StoreError::new("no space")),
            _ => Ok(()),
        }
    }
}

/// The token that a refresh brings; `stranger` for whom there is none.
async fn refresh(alice: &mut Visitor) -> String {
    let request = script(Method::GET, &alice.at_app("/refresh"));
    let page = alice.agent.request(request).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.text());
    page.text()
}

/// Signed in at one app, and then at the other without a question.
async fn signed_in(realm: &Realm, first: (u16, Router), second: (u16, Router)) -> Visitor {
    let ports = [first.0, second.0];
    let mut alice = Visitor::at(first.0, first.1, realm.keycloak_port()).and_at(second.0, second.1);
    assert_eq!(alice.sign_in("alice").await.text(), "secure alice");
    alice.go_to(ports[1]);
    assert_eq!(alice.open("/secure").await.text(), "secure alice");
    alice
}

#[tokio::test]
#[ignore = "needs Keycloak: ./test starts it"]
async fn each_login_of_a_browser_uses_up_its_own() {
    let (realm, other) = realm().await;
    let clock = HandClock::of_now();
    let [first, second] =
        [realm.port, other].map(|port| (port, App::at(&realm, port, &clock).node()));
    let mut alice = signed_in(&realm, first, second).await;
    let mut seen = Vec::new();
    for time in 1..=3 {
        for port in [realm.port, other] {
            alice.go_to(port);
            let token = refresh(&mut alice).await;
            assert_ne!(token, "stranger", "{time}");
            assert!(!seen.contains(&token), "{time}: a new one");
            seen.push(token);
        }
        // Asked for by force, it is done every ten seconds at most.
        clock.advance(11);
    }
    realm.end().await;
}

/// Keycloak then takes none of the client's refresh tokens in this browser's session, and knows the user all the same.
#[tokio::test]
#[ignore = "needs Keycloak: ./test starts it"]
async fn one_that_is_used_twice_ends_all_logins_and_nobody_types_a_password() {
    let (realm, other) = realm().await;
    let clock = HandClock::of_now();
    let app = App::at(&realm, realm.port, &clock);
    let dying = SavesNothing::default();
    let second = (other, App::at(&realm, other, &clock).node());
    let mut alice = signed_in(&realm, (realm.port, app.node_with(dying.clone())), second).await;

    alice.go_to(realm.port);
    dying.0.store(true, Ordering::SeqCst);
    assert_ne!(refresh(&mut alice).await, "stranger");
    // What the node got is lost with it. The one that follows has the refresh token of before.
    alice = alice.and_at(realm.port, app.node());
    clock.advance(LEASE_IS_OVER);
    for port in [realm.port, other] {
        alice.go_to(port);
        assert_eq!(refresh(&mut alice).await, "stranger", "{port}");
    }
    for port in [realm.port, other] {
        alice.go_to(port);
        assert_eq!(alice.open("/secure").await.text(), "secure alice", "{port}");
        assert_ne!(refresh(&mut alice).await, "stranger", "{port}");
    }
    realm.end().await;
}
