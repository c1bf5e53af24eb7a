//! The app's sign-out: Keycloak's session ends too, and the refresh token with it.

use oidc_login_tests::visitor::Visitor;
use serde_json::{Value, json};

use crate::realm::Realm;

/// Presses *Sign out*; where the app sends the browser.
async fn sign_out(browser: &mut Visitor) -> String {
    let logout = browser.at_app("/auth/logout");
    let page = browser.agent.post(&logout, &[]).await;
    page.location().expect("Keycloak's address").into()
}

async fn sessions(realm: &Realm, user: &str) -> Value {
    let sessions = realm.path(&format!("/users/{user}/sessions"));
    realm.keycloak.get(&sessions).await
}

#[tokio::test]
#[ignore = "needs Keycloak: ./test starts it"]
async fn comes_back_though_the_revoked_token_has_ended_keycloaks_session() {
    let realm = Realm::with(json!({}), json!({})).await;
    let _demo = realm.demo(&[]).await;
    let user = realm.user("alice").await;
    let mut alice = realm.signed_in("alice").await;
    let mut phone = realm.signed_in("alice").await;
    let end_session = sign_out(&mut alice).await;
    // To Keycloak a revoked refresh token is the end of its session.
    while sessions(&realm, &user).await.as_array().map(Vec::len) != Some(1) {
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    let page = alice.agent.open(&end_session).await;
    assert!(page.url.as_str().starts_with(&alice.at_app("/")));
    let text = page.text();
    assert!(text.contains("You are not signed in."), "{text}");
    let page = alice.open("/secure").await;
    assert!(page.text().contains("name=\"password\""));
    assert_eq!(phone.who().await.as_deref(), Ok("alice"));
    realm.end().await;
}
