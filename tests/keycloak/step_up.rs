//! Pages that ask for more than a login: a fresh one, or one of a certain strength.

use http::StatusCode;
use oidc_login_tests::{fresh_login::fresh_login_app, user_agent::Page, visitor::Visitor};
use serde_json::{Value, json};

use crate::realm::{CLIENT, Realm};

#[tokio::test]
#[ignore = "needs Keycloak: ./test starts it"]
async fn a_page_for_a_fresh_login_asks_for_the_password_again() {
    let realm = Realm::with(json!({}), json!({})).await;
    let app = fresh_login_app(&realm.issuer(), CLIENT, realm.port);
    let mut alice = Visitor::at(realm.port, app, realm.keycloak_port());
    assert_eq!(alice.sign_in("alice").await.text(), "secure alice");
    let before = alice.claims_here().await;

    let form = alice.open_recent().await;
    let (url, text) = (form.url.as_str(), form.text());
    assert!(url.starts_with(&realm.issuer()), "{url}");
    assert!(text.contains("name=\"password\""), "no question: {text}");
    assert_eq!(alice.claims_here().await, before, "signed in as before");

    alice.prove_again(&form, &[("password", "alice")]).await;
    let after = alice.claims_here().await;
    let time = |claims: &Value| claims["auth_time"].as_i64().expect("Keycloak tells it");
    assert!(time(&after) > time(&before), "{after} {before}");
    let same = ["sub", "sid"].map(|name| after[name] == before[name]);
    assert_eq!(same, [true; 2], "one session of Keycloak's");
    realm.end().await;
}

/// Opens the page for strong logins, and signs alice in where Keycloak asks.
async fn open_strong(alice: &mut Visitor) -> Page {
    let page = alice.open("/strong").await;
    if !page.text().contains("name=\"password\"") {
        return page;
    }
    let typed = [("username", "alice"), ("password", "alice")];
    let answer = alice.press(&page, &typed).await;
    alice.come_back(&answer).await
}

/// Without a mapping of `acr` to levels every sign-in is of the level `1`.
/// Without `ACR to LoA Mapping` every sign-in is of the level `1`.
#[tokio::test]
#[ignore = "needs Keycloak: ./test starts it"]
async fn without_levels_it_is_said_what_keycloak_lacks_and_nobody_loops() {
    let realm = Realm::with(json!({}), json!({})).await;
    for wanted in ["2", "gold"] {
        let _demo = realm.demo(&[("OIDC_STRONG_ACR", wanted)]).await;
        for is_signed_in in [true, false] {
            let mut alice = realm.somebody();
            if is_signed_in {
                alice.sign_in("alice").await;
            }
            let before = alice.claims().await;
            let page = open_strong(&mut alice).await;
            let text = page.text();
            assert_eq!(page.status, StatusCode::FORBIDDEN, "{wanted}: {text}");
            let found = format!("(acr) of the token is `1`, expected one of `{wanted}`");
            for shown in ["in the way this app asks for", &found, "id_token_acr"] {
                assert!(text.contains(shown), "{shown} in {text}");
            }
            assert_eq!(alice.claims().await, before, "{wanted}: as before");
        }
    }
    realm.end().await;
}

/// With one, a name stands for a level.
#[tokio::test]
#[ignore = "needs Keycloak: ./test starts it"]
async fn a_level_that_keycloak_knows_by_name_opens_the_page() {
    let named = json!({ "attributes": { "acr.loa.map": r#"{"silver":"1"}"# } });
    let realm = Realm::with(json!({}), named).await;
    let _demo = realm.demo(&[("OIDC_STRONG_ACR", "gold silver")]).await;
    for is_signed_in in [true, false] {
        let mut alice = realm.somebody();
        if is_signed_in {
            alice.sign_in("alice").await;
        }
        let page = open_strong(&mut alice).await;
        assert_eq!(page.status, StatusCode::OK, "{}", page.text());
        assert_eq!(page.url.as_str(), alice.at_app("/strong"));
        let claims = alice.claims().await;
        assert_eq!(claims.expect("signed in")["acr"], "silver");
    }
    realm.end().await;
}
