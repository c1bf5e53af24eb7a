//! Keycloak ends sessions, and tells the app.

use http::StatusCode;
use serde_json::{Value, json};

use crate::realm::{CLIENT, Realm};

const GONE: Result<&str, &StatusCode> = Err(&StatusCode::UNAUTHORIZED);

/// What an administrator does who presses *Logout all sessions* of this user.
async fn sign_out_everywhere(realm: &Realm, user: &str) {
    let user = realm.user(user).await;
    let logout = realm.path(&format!("/users/{user}/logout"));
    realm.keycloak.post(&logout, &Value::Null).await;
}

#[tokio::test]
#[ignore = "needs Keycloak: ./test starts it"]
async fn an_administrator_signs_a_user_out() {
    let realm = Realm::with(json!({}), json!({})).await;
    let _demo = realm.demo(&[]).await;
    let mut alice = realm.signed_in("alice").await;
    let mut bob = realm.signed_in("bob").await;
    sign_out_everywhere(&realm, "alice").await;
    assert_eq!(alice.who().await.as_deref(), GONE);
    assert_eq!(bob.who().await.as_deref(), Ok("bob"));
    // She may come back, and has to type her password.
    alice.sign_in("alice").await;
    assert_eq!(alice.who().await.as_deref(), Ok("alice"));
    realm.end().await;
}

#[tokio::test]
#[ignore = "needs Keycloak: ./test starts it"]
async fn of_several_sessions_keycloak_names_one_or_none() {
    for (session_required, left) in [("true", 1), ("false", 0)] {
        let names_sessions =
            json!({ "attributes": { "backchannel.logout.session.required": session_required } });
        let realm = Realm::with(json!({}), names_sessions).await;
        let _demo = realm.demo(&[]).await;
        let mut browsers = [
            realm.signed_in("alice").await,
            realm.signed_in("alice").await,
        ];
        let mut bob = realm.signed_in("bob").await;
        sign_out_everywhere(&realm, "alice").await;
        let mut signed_in = 0;
        for browser in &mut browsers {
            signed_in += usize::from(browser.who().await.is_ok());
        }
        // Keycloak has ended both. What docs/sessions.md says of it is to be changed with this.
        assert_eq!(signed_in, left, "session required: {session_required}");
        assert_eq!(bob.who().await.as_deref(), Ok("bob"));
        realm.end().await;
    }
}

#[tokio::test]
#[ignore = "needs Keycloak: ./test starts it"]
async fn an_administrator_ends_one_session() {
    let realm = Realm::with(json!({}), json!({})).await;
    let _demo = realm.demo(&[]).await;
    let mut desk = realm.signed_in("alice").await;
    let mut phone = realm.signed_in("alice").await;
    let claims = desk.claims().await.expect("she is signed in");
    let sid = claims["sid"].as_str().expect("Keycloak names its session");
    let session = realm.path(&format!("/sessions/{sid}"));
    realm.keycloak.delete(&session).await;
    assert_eq!(desk.who().await.as_deref(), GONE);
    assert_eq!(phone.who().await.as_deref(), Ok("alice"));
    realm.end().await;
}

#[tokio::test]
#[ignore = "needs Keycloak: ./test starts it"]
async fn signed_by_another_algorithm_it_is_refused_until_the_app_is_told() {
    let es256 = json!({ "attributes": { "id.token.signed.response.alg": "ES256" } });
    for (algorithms, left) in [
        (&[][..], Ok("alice")),
        (&[("OIDC_LOGOUT_TOKEN_SIGNING_ALGS", "ES256")], GONE),
    ] {
        let realm = Realm::with(json!({}), es256.clone()).await;
        let _demo = realm.demo(algorithms).await;
        let mut alice = realm.signed_in("alice").await;
        let claims = alice.claims().await.expect("she is signed in");
        assert_eq!(claims["aud"], CLIENT);
        sign_out_everywhere(&realm, "alice").await;
        assert_eq!(alice.who().await.as_deref(), left, "{algorithms:?}");
        realm.end().await;
    }
}
