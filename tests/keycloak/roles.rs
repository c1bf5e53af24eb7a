//! `/admin` by the roles that Keycloak sends.

use serde_json::json;

use crate::stage::Stage;

#[tokio::test]
#[ignore = "needs Keycloak and Chromium: ./test starts them"]
async fn roles_in_the_id_token_let_alice_in() {
    let stage = Stage::at_client_like("flask-app-roles", &[]).await;
    let page = stage.signed_in("alice", "/admin").await;
    page.wait_for_text("Hello from the admin endpoint").await;
    let claims = stage.claims(&page).await;
    let roles = claims["realm_access"]["roles"].as_array();
    assert!(
        roles.is_some_and(|roles| roles.contains(&json!("admin"))),
        "{claims}"
    );
    stage.end().await;
}

#[tokio::test]
#[ignore = "needs Keycloak and Chromium: ./test starts them"]
async fn bob_is_no_admin_wherever_the_roles_are() {
    for client in ["flask-app", "flask-app-roles"] {
        let stage = Stage::at_client_like(client, &[]).await;
        let page = stage.signed_in("bob", "/admin").await;
        let text = page.text().await;
        // He has roles, only not this one: no switch at the provider is missing.
        for shown in ["You do not have the role", "role_missing", "offline_access"] {
            assert!(text.contains(shown), "{client}: {shown} in {text}");
        }
        page.screenshot(&format!("keycloak-{client}-forbidden"))
            .await;
        stage.end().await;
    }
}

#[tokio::test]
#[ignore = "needs Keycloak and Chromium: ./test starts them"]
async fn without_any_roles_the_page_names_keycloaks_switch() {
    let stage = Stage::at_client_like("flask-app", &[]).await;
    stage.take_scope_away("roles").await;
    let page = stage.signed_in("alice", "/admin").await;
    let text = page.text().await;
    for shown in [
        "The provider sent no roles at all",
        "Client scopes, roles, Mappers, realm roles, Add to ID token",
        "role_claim_missing",
    ] {
        assert!(text.contains(shown), "{shown} in {text}");
    }
    page.screenshot("keycloak-no-roles").await;
    stage.end().await;
}
