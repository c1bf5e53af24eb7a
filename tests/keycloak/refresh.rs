//! Refresh tokens: rotated, and those that outlive Keycloak's session.

use http::{Method, StatusCode};
use oidc_login::{ClientConfig, OidcLayer, RelyingParty};
use oidc_login_tests::{
    clock::HandClock, steps::Gates, tokens::token_routes, user_agent::script, visitor::Visitor,
};
use serde_json::json;

use crate::realm::{CLIENT, Realm};

#[tokio::test]
#[ignore = "needs Keycloak: ./test starts it"]
async fn each_is_used_once_where_a_second_use_is_refused() {
    let once = json!({ "revokeRefreshToken": true, "refreshTokenMaxReuse": 0 });
    let realm = Realm::with(once, json!({})).await;
    let client = ClientConfig::builder()
        .issuer(realm.issuer())
        .public_client(CLIENT)
        .root_url(format!("http://localhost:{}/", realm.port))
        .valid_redirect_uris(["/*"])
        .build()
        .expect("a client");
    let clock = HandClock::of_now();
    let relying_party = RelyingParty::builder(client).clock(clock.clone());
    let relying_party = relying_party.build().expect("a relying party");
    let app = token_routes(&Gates::default()).layer(OidcLayer::new(relying_party));
    let mut alice = Visitor::at(realm.port, app, realm.keycloak_port());
    let page = alice.sign_in("alice").await;
    assert_eq!(page.text(), "secure alice");

    let mut seen = vec![alice.open("/token").await.text()];
    for time in 1..=3 {
        // Asked for by force, it is done every ten seconds at most.
        clock.advance(11);
        let request = script(Method::GET, &alice.at_app("/refresh"));
        let page = alice.agent.request(request).await;
        assert_eq!(page.status, StatusCode::OK, "{time}: {}", page.text());
        assert!(!seen.contains(&page.text()), "{time}: a new one");
        seen.push(page.text());
    }
    realm.end().await;
}

#[tokio::test]
#[ignore = "needs Keycloak: ./test starts it"]
async fn only_an_offline_one_outlives_keycloaks_session() {
    let no_word_of_it = json!({ "attributes": { "backchannel.logout.url": "" } });
    let realm = Realm::with(json!({}), no_word_of_it).await;
    for (scopes, status, who) in [
        (
            "openid profile",
            StatusCode::UNAUTHORIZED,
            Err(&StatusCode::UNAUTHORIZED),
        ),
        ("openid profile offline_access", StatusCode::OK, Ok("alice")),
    ] {
        let _demo = realm.demo(&[("OIDC_SCOPES", scopes)]).await;
        let mut alice = realm.signed_in("alice").await;
        // Where offline access was asked for from the beginning there is none left.
        let sessions = realm.path(&format!("/users/{}/sessions", realm.user("alice").await));
        let sessions = realm.keycloak.get(&sessions).await;
        for session in sessions.as_array().into_iter().flatten() {
            let id = session["id"].as_str().expect("an id");
            let session = realm.path(&format!("/sessions/{id}"));
            realm.keycloak.delete(&session).await;
        }
        assert_eq!(alice.who().await.as_deref(), Ok("alice"));
        let (answered, answer) = alice.script(Method::POST, "/api/refresh").await;
        assert_eq!(answered, status, "{scopes}: {answer}");
        assert_eq!(alice.who().await.as_deref(), who, "{scopes}");
    }
    realm.end().await;
}
