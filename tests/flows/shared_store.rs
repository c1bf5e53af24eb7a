//! Two clients of one process that keep their logins in one store.

use std::sync::Arc;

use axum::{Router, body::Body};
use http::{Method, header};
use oidc_login::{MemoryStore, OidcLayer, RelyingPartyBuilder};
use oidc_login_dev_provider::Client;
use oidc_login_tests::{
    clock::HandClock,
    user_agent::{navigation, set},
    world::{APP, World, routes},
};

fn app(builder: RelyingPartyBuilder, store: &MemoryStore) -> Router {
    let relying_party = builder.login_store(store.clone()).build();
    routes().layer(OidcLayer::new(relying_party.expect("a relying party")))
}

/// The name and the value of the session's cookie.
fn session(world: &World) -> (String, String) {
    let mut cookies = world.browser.jar.iter();
    let found = cookies.find(|((_, name), _)| name.contains("oidc_session_"));
    let ((_, name), (value, _)) = found.expect("a session");
    (name.clone(), value.clone())
}

#[tokio::test]
async fn a_session_of_another_client_is_none_however_often_it_is_sent() {
    let store = MemoryStore::with_clock(Arc::new(HandClock::new()));
    let same = |client| client;
    let mut first = World::assemble(|provider| provider, same, |builder, _| app(builder, &store));
    let other = Client::public("other-app").valid_redirect_uris([format!("{APP}/*")]);
    let mut second = World::assemble(
        |provider| provider.client(other),
        |client| client.public_client("other-app"),
        |builder, _| app(builder, &store),
    );
    first.sign_in("alice", "/secure").await;
    second.sign_in("bob", "/secure").await;
    let ((_, alices), (name, bobs)) = (session(&first), session(&second));
    second.browser.jar.clear();
    // The first look decodes the login; later ones know it already.
    for look in 1..=3 {
        for (value, expected) in [(&alices, "hello stranger"), (&bobs, "hello bob")] {
            let mut request = navigation(Method::GET, &format!("{APP}/hello"), Body::empty());
            set(
                &mut request,
                header::COOKIE.as_str(),
                &format!("{name}={value}"),
            );
            let page = second.browser.request(request).await;
            assert_eq!(page.text(), expected, "look {look}");
        }
    }
    assert_eq!(
        first.browser.open(&format!("{APP}/hello")).await.text(),
        "hello alice"
    );
}
