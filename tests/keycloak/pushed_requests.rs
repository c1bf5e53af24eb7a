//! Pushed authorization requests, where Keycloak takes no others of this client (RFC 9126).

use http::StatusCode;
use serde_json::json;

use crate::realm::Realm;

#[tokio::test]
#[ignore = "needs Keycloak: ./test starts it"]
async fn a_client_that_has_to_push_does() {
    let must_push = json!({ "attributes": { "require.pushed.authorization.requests": "true" } });
    let realm = Realm::with(json!({}), must_push).await;
    for par in ["auto", "required"] {
        let _demo = realm.demo(&[("OIDC_PAR", par)]).await;
        let mut alice = realm.signed_in("alice").await;
        assert_eq!(alice.who().await.as_deref(), Ok("alice"), "{par}");
    }
    let _demo = realm.demo(&[("OIDC_PAR", "never")]).await;
    let mut alice = realm.somebody();
    let page = alice.open("/secure").await;
    assert!(!page.text().contains("name=\"password\""), "it is refused");
    assert_eq!(alice.who().await, Err(StatusCode::UNAUTHORIZED));
    realm.end().await;
}
