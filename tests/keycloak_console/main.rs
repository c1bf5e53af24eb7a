//! The tutorial in the README, followed through the admin console of a real Keycloak.

mod tutorial;

use oidc_login_tests::{browser::Browser, keycloak::Keycloak};
use serde_json::{Value, json};

use tutorial::Tutorial;

/// The README says `myRealm`; the test makes a realm of its own, so that it disturbs no other.
const REALM: &str = "tutorial";

#[tokio::test]
#[ignore = "needs Keycloak and Chromium: ./test starts them"]
async fn the_tutorial_makes_what_it_promises() {
    let keycloak = Keycloak::from_env();
    if keycloak.exists(&format!("/{REALM}")).await {
        keycloak.delete(&format!("/{REALM}")).await;
    }
    let browser = Browser::start().await;
    let page = browser.new_tab().await;
    page.goto(&format!("{}/admin/", keycloak.url())).await;
    page.fill_labelled("Username or email", "admin").await;
    page.fill_labelled("Password", "admin").await;
    page.click_text("Sign In").await;

    let mut tutorial = Tutorial::open(&page);
    create_realm(&mut tutorial).await;
    create_client(&mut tutorial).await;
    tutorial.section("Users");
    create_user(
        &mut tutorial,
        "Create new user",
        "alice",
        "Alice",
        "Anderson",
    )
    .await;
    create_user(&mut tutorial, "Add user", "bob", "Bob", "Brown").await;
    create_role(&mut tutorial).await;
    add_roles_to_id_token(&mut tutorial).await;

    check_client(&keycloak).await;
    check_user(&keycloak, "alice", "Alice", "Anderson", &["admin"]).await;
    check_user(&keycloak, "bob", "Bob", "Brown", &[]).await;
    check_roles_mapper(&keycloak).await;
    keycloak.delete(&format!("/{REALM}")).await;
}

async fn create_realm(tutorial: &mut Tutorial<'_>) {
    tutorial.section("A realm");
    tutorial.click("Manage realms").await;
    tutorial.click("Create realm").await;
    tutorial.fill_instead("Realm name", "myRealm", REALM).await;
    tutorial.screenshot("realm").await;
    tutorial.click("Create").await;
    tutorial.see("Realm created successfully").await;
    tutorial.see("Current realm").await;
}

async fn create_client(tutorial: &mut Tutorial<'_>) {
    tutorial.section("The client");
    tutorial.click("Clients").await;
    tutorial.click("Create client").await;
    tutorial.see("General settings").await;
    tutorial.fill("Client ID", "flask-app").await;
    tutorial.see("Client type").await;
    tutorial.see("OpenID Connect").await;
    tutorial.click("Next").await;
    tutorial.see("Capability config").await;
    tutorial.stays("Client authentication", false).await;
    tutorial.stays("Standard flow", true).await;
    tutorial.stays("Direct access grants", false).await;
    tutorial.screenshot("capability-config").await;
    tutorial.click("Next").await;
    tutorial.see("Login settings").await;
    tutorial.fill("Root URL", "http://localhost:5000/").await;
    tutorial.fill("Home URL", "http://localhost:5000/").await;
    tutorial
        .fill("Valid redirect URIs", "http://localhost:5000/*")
        .await;
    tutorial.fill("Valid post logout redirect URIs", "+").await;
    tutorial.stays_empty("Web origins").await;
    tutorial.screenshot("login-settings").await;
    tutorial.click("Save").await;
    tutorial.see("Client created successfully").await;
}

async fn create_user(
    tutorial: &mut Tutorial<'_>,
    button: &str,
    name: &str,
    first: &str,
    last: &str,
) {
    tutorial.click("Users").await;
    tutorial.click(button).await;
    tutorial.switch("Email verified", true).await;
    tutorial.fill("Username", name).await;
    tutorial.fill("Email", &format!("{name}@example.com")).await;
    tutorial.fill("First name", first).await;
    tutorial.fill("Last name", last).await;
    tutorial.screenshot(name).await;
    tutorial.click("Create").await;
    tutorial.click("Credentials").await;
    tutorial.click("Set password").await;
    tutorial.fill("Password", name).await;
    tutorial.fill("Password confirmation", name).await;
    tutorial.switch("Temporary", false).await;
    tutorial.screenshot(&format!("{name}-password")).await;
    tutorial.click("Save").await;
    tutorial.click("Save password").await;
    tutorial
        .shows("The password has been set successfully")
        .await;
}

async fn create_role(tutorial: &mut Tutorial<'_>) {
    tutorial.section("A role");
    tutorial.click("Realm roles").await;
    tutorial.click("Create role").await;
    tutorial.fill("Role name", "admin").await;
    tutorial.click("Save").await;
    tutorial.shows("Role created").await;
    tutorial.click("Users").await;
    tutorial.click_value("alice").await;
    tutorial.click("Role mapping").await;
    tutorial.click("Assign role").await;
    tutorial.click("Realm roles").await;
    tutorial.tick_row("admin").await;
    tutorial.screenshot("assign-role").await;
    tutorial.click("Assign").await;
    tutorial
        .shows("User role mapping successfully updated")
        .await;
}

async fn add_roles_to_id_token(tutorial: &mut Tutorial<'_>) {
    tutorial.click("Client scopes").await;
    tutorial.stands("`roles`");
    tutorial.press("Go to next page").await;
    tutorial.click_shown("roles").await;
    tutorial.click("Mappers").await;
    tutorial.click_value("realm roles").await;
    tutorial.switch("Add to ID token", true).await;
    tutorial.screenshot("roles-mapper").await;
    tutorial.click("Save").await;
    tutorial.see("Mapping successfully updated").await;
}

async fn check_client(keycloak: &Keycloak) {
    let clients = keycloak
        .get(&format!("/{REALM}/clients?clientId=flask-app"))
        .await;
    let client = &clients[0];
    let promised = json!({
        "protocol": "openid-connect",
        "publicClient": true,
        "standardFlowEnabled": true,
        "directAccessGrantsEnabled": false,
        "rootUrl": "http://localhost:5000/",
        "baseUrl": "http://localhost:5000/",
        "redirectUris": ["http://localhost:5000/*"],
        "webOrigins": ["http://localhost:5000"],
        "frontchannelLogout": true,
    });
    for (setting, value) in promised.as_object().into_iter().flatten() {
        assert_eq!(&client[setting], value, "{setting} of {client}");
    }
    assert_eq!(
        client["attributes"]["post.logout.redirect.uris"], "+",
        "{client}"
    );
}

async fn check_user(keycloak: &Keycloak, name: &str, first: &str, last: &str, roles: &[&str]) {
    let users = keycloak
        .get(&format!("/{REALM}/users?exact=true&username={name}"))
        .await;
    let user = &users[0];
    let promised = json!({
        "enabled": true, "emailVerified": true, "email": format!("{name}@example.com"),
        "firstName": first, "lastName": last, "requiredActions": [],
    });
    for (field, value) in promised.as_object().into_iter().flatten() {
        assert_eq!(&user[field], value, "{field} of {user}");
    }
    let user_path = format!("/{REALM}/users/{}", user["id"].as_str().unwrap_or_default());
    let credentials = keycloak.get(&format!("{user_path}/credentials")).await;
    assert_eq!(credentials[0]["type"], "password", "{name}: {credentials}");

    let mapped = keycloak
        .get(&format!("{user_path}/role-mappings/realm"))
        .await;
    let names = mapped
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|role| role["name"].as_str());
    let given: Vec<_> = names
        .filter(|role| !role.starts_with("default-roles-"))
        .collect();
    assert_eq!(given, roles, "roles of {name}");
}

async fn check_roles_mapper(keycloak: &Keycloak) {
    let scopes = keycloak.get(&format!("/{REALM}/client-scopes")).await;
    let named = |list: &Value, name: &str| {
        list.as_array()?
            .iter()
            .find(|entry| entry["name"] == name)
            .cloned()
    };
    let mapper =
        named(&scopes, "roles").and_then(|scope| named(&scope["protocolMappers"], "realm roles"));
    assert_eq!(
        mapper.unwrap_or_default()["config"]["id.token.claim"],
        "true"
    );
}
