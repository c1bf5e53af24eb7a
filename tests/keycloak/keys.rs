//! The realm gets a new key in the middle of a life.

use http::{Method, StatusCode};
use serde_json::{Value, json};

use crate::realm::Realm;

/// Makes a new key of this realm the active one.
async fn rotate(realm: &Realm, provider: &str, config: Value) {
    let id = realm.keycloak.get(&realm.path("")).await["id"].clone();
    let key = json!({
        "name": provider, "providerId": provider, "providerType": "org.keycloak.keys.KeyProvider", "parentId": id,
        "config": config,
    });
    let components = realm.path("/components");
    realm.keycloak.post(&components, &key).await;
}

/// The `kid` of the active key.
async fn active(realm: &Realm, algorithm: &str) -> String {
    let keys = realm.keycloak.get(&realm.path("/keys")).await;
    keys["active"][algorithm]
        .as_str()
        .expect("a key")
        .to_owned()
}

#[tokio::test]
#[ignore = "needs Keycloak: ./test starts it"]
async fn the_next_login_and_the_next_refresh_verify() {
    let realm = Realm::with(json!({}), json!({})).await;
    let _demo = realm.demo(&[]).await;
    let mut alice = realm.signed_in("alice").await;

    let before = active(&realm, "RS256").await;
    let newer = json!({ "priority": ["200"], "algorithm": ["RS256"], "keySize": ["2048"] });
    rotate(&realm, "rsa-generated", newer).await;
    assert_ne!(active(&realm, "RS256").await, before);
    let (status, answer) = alice.script(Method::POST, "/api/refresh").await;
    assert_eq!(status, StatusCode::OK, "{answer}");
    let mut bob = realm.signed_in("bob").await;

    // Another kind of key, for ID tokens of the whole realm.
    let newer = json!({ "priority": ["200"], "ecdsaEllipticCurveKey": ["P-256"] });
    rotate(&realm, "ecdsa-generated", newer).await;
    let es256 = json!({ "defaultSignatureAlgorithm": "ES256" });
    realm.keycloak.put(&realm.path(""), &es256).await;
    let mut phone = realm.signed_in("bob").await;
    for browser in [&mut bob, &mut phone] {
        assert_eq!(browser.who().await.as_deref(), Ok("bob"));
    }
    realm.end().await;
}
