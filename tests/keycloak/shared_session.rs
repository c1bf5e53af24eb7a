//! Logins of one browser share Keycloak's session: what happens to one shows in the refreshed tokens of the others.

use http::StatusCode;
use oidc_login_tests::{demo::free_port, fresh_login::fresh_login_app, visitor::Visitor};
use serde_json::{Value, json};

use crate::realm::{CLIENT, Realm};

/// What says how a user signed in.
const OF_THE_AUTHENTICATION: [&str; 5] = ["acr", "amr", "auth_time", "nonce", "sid"];

/// Alice signs in again, because a page wants a fresh login.
async fn sign_in_again(alice: &mut Visitor) {
    let form = alice.open_recent().await;
    alice.prove_again(&form, &[("password", "alice")]).await;
}

/// A browser that is signed in at the app on one port, and then on the other without a question.
async fn signed_in_at_both(realm: &Realm, other: u16, other_client: &str) -> Visitor {
    let issuer = realm.issuer();
    let app = |client, port| fresh_login_app(&issuer, client, port);
    let mut alice = Visitor::at(realm.port, app(CLIENT, realm.port), realm.keycloak_port())
        .and_at(other, app(other_client, other));
    assert_eq!(alice.sign_in("alice").await.text(), "secure alice");
    alice.go_to(other);
    assert_eq!(alice.open("/secure").await.text(), "secure alice");
    alice
}

async fn proof_at_one_does_no_harm_and_no_good_at_the_other(
    realm: &Realm,
    other: u16,
    other_client: &str,
) -> Value {
    let mut alice = signed_in_at_both(realm, other, other_client).await;
    alice.go_to(realm.port);
    let before = alice.claims_here().await;
    let old = before["auth_time"].as_i64().expect("Keycloak tells it");

    alice.go_to(other);
    sign_in_again(&mut alice).await;

    alice.go_to(realm.port);
    let said = alice.refreshed().await;
    let new = said["auth_time"].as_i64().expect("Keycloak tells it");
    assert!(new > old, "one time for Keycloak's whole session: {said}");
    let after = alice.claims_here().await;
    for name in OF_THE_AUTHENTICATION {
        assert_eq!(after[name], before[name], "{name}");
    }
    let recent = alice.at_app("/recent");
    let answer = alice.agent.get(&recent).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "to Keycloak");
    assert!(
        said.get("nonce")
            .is_none_or(|nonce| *nonce == before["nonce"])
    );
    said
}

#[tokio::test]
#[ignore = "needs Keycloak: ./test starts it"]
async fn at_two_clients() {
    let realm = Realm::with(json!({}), json!({})).await;
    let other = realm.add_client("other-app").await;
    proof_at_one_does_no_harm_and_no_good_at_the_other(&realm, other, "other-app").await;
    realm.end().await;
}

/// A realm whose client has a second app on this port.
async fn with_two_apps_of_one_client() -> (Realm, u16) {
    let other = free_port();
    let realm = Realm::with(json!({}), json!({})).await;
    let uris = [realm.port, other].map(|port| format!("http://localhost:{port}/*"));
    // With it ID tokens of a refresh have a nonce, as with older versions.
    let nonce = json!({
        "name": "nonce", "protocol": "openid-connect", "config": {},
        "protocolMapper": "oidc-nonce-backwards-compatible-mapper",
    });
    let client = json!({ "redirectUris": uris, "protocolMappers": [nonce] });
    realm.change_client(client).await;
    (realm, other)
}

/// Here they share even the part of Keycloak's session that is the client's.
#[tokio::test]
#[ignore = "needs Keycloak: ./test starts it"]
async fn at_one_client() {
    let (realm, other) = with_two_apps_of_one_client().await;
    let said = proof_at_one_does_no_harm_and_no_good_at_the_other(&realm, other, CLIENT).await;
    assert!(said["nonce"].is_string(), "the login's: {said}");
    realm.end().await;
}

#[tokio::test]
#[ignore = "needs Keycloak: ./test starts it"]
async fn a_second_login_leaves_the_first_ones_acr() {
    let (realm, other) = with_two_apps_of_one_client().await;
    let mut alice = signed_in_at_both(&realm, other, CLIENT).await;
    assert_eq!(alice.claims_here().await["acr"], "0", "nothing was asked");
    alice.go_to(realm.port);
    let said = alice.refreshed().await;
    assert_eq!(said["acr"], "0", "one for all logins at the client");
    assert_eq!(alice.claims_here().await["acr"], "1", "the login's");
    realm.end().await;
}
