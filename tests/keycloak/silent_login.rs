//! Visitors of an open page, whom Keycloak knows or not.

use http::StatusCode;
use serde_json::json;

use crate::realm::Realm;

const ON: [(&str, &str); 1] = [("OIDC_SILENT_LOGIN", "on")];

#[tokio::test]
#[ignore = "needs Keycloak: ./test starts it"]
async fn a_visitor_whom_keycloak_knows_is_signed_in_without_a_page() {
    let realm = Realm::with(json!({}), json!({})).await;
    let _demo = realm.demo(&ON).await;
    let mut alice = realm.signed_in("alice").await;
    alice.forget_app();
    assert_eq!(alice.who().await, Err(StatusCode::UNAUTHORIZED));
    alice.is_signed_in_by_looking_at_a_page().await;
    assert_eq!(alice.who().await.as_deref(), Ok("alice"));
    realm.end().await;
}

#[tokio::test]
#[ignore = "needs Keycloak: ./test starts it"]
async fn a_visitor_whom_keycloak_does_not_know_stays_one_and_is_sent_there_once() {
    let realm = Realm::with(json!({}), json!({})).await;
    let _demo = realm.demo(&ON).await;
    let mut somebody = realm.somebody();
    let home = somebody.at_app("/");
    assert_eq!(somebody.agent.get(&home).await.status, StatusCode::OK);
    let away = somebody.agent.get(&home).await;
    assert_eq!(away.status, StatusCode::SEE_OTHER);
    let back = somebody
        .agent
        .open(away.location().expect("a link").as_str())
        .await;
    assert_eq!((back.status, back.url.as_str()), (StatusCode::OK, &*home));
    assert!(
        back.text().contains("You are not signed in"),
        "{}",
        back.text()
    );
    for time in 1..=3 {
        assert_eq!(
            somebody.agent.get(&home).await.status,
            StatusCode::OK,
            "{time}"
        );
    }
    // A click is another thing.
    let page = somebody.sign_in("alice").await;
    assert!(
        page.text().contains("Hello from the secure endpoint"),
        "{}",
        page.text()
    );
    realm.end().await;
}
