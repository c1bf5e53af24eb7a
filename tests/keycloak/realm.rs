//! A realm for one test alone, where it may change keys, lifetimes and users.

use oidc_login_tests::{
    demo::{Demo, free_port},
    keycloak::Keycloak,
    visitor::Visitor,
};
use serde_json::{Value, json};
use url::Url;

/// The client of each such realm; public, unless a test has it otherwise.
pub(crate) const CLIENT: &str = "flask-app";

/// A realm with alice, bob and one client, whose app is to listen on `port`.
pub(crate) struct Realm {
    pub(crate) keycloak: Keycloak,
    pub(crate) port: u16,
    name: String,
}

impl Realm {
    /// Makes one that differs from Keycloak's defaults, and whose client does, by these members.
    pub(crate) async fn with(realm: Value, client: Value) -> Self {
        let keycloak = Keycloak::from_env();
        let port = free_port();
        let name = format!("test-{port}");
        // Imported users get no roles by themselves; without these no offline token either.
        let roles = format!("default-roles-{name}");
        let user = |name: &str| {
            json!({
                "username": name, "firstName": name, "lastName": name, "email": format!("{name}@example.com"),
                "emailVerified": true, "enabled": true, "realmRoles": [roles],
                "credentials": [{ "type": "password", "value": name, "temporary": false }],
            })
        };
        let mut app = public_client(CLIENT, port);
        merge(&mut app, client);
        let mut all = json!({
            "realm": name, "enabled": true, "sslRequired": "external",
            "clients": [app], "users": [user("alice"), user("bob")],
        });
        merge(&mut all, realm);
        let realm = Self {
            keycloak,
            port,
            name,
        };
        if realm.keycloak.exists(&realm.path("")).await {
            realm.keycloak.delete(&realm.path("")).await;
        }
        realm.keycloak.post("", &all).await;
        realm
    }

    /// Its issuer.
    pub(crate) fn issuer(&self) -> String {
        self.keycloak.issuer(&self.name)
    }

    /// A path of the admin API.
    pub(crate) fn path(&self, path: &str) -> String {
        format!("/{}{path}", self.name)
    }

    /// Keycloak's own id of a user.
    pub(crate) async fn user(&self, name: &str) -> String {
        let path = self.path(&format!("/users?exact=true&username={name}"));
        let found = self.keycloak.get(&path).await;
        found[0]["id"].as_str().expect("a user").to_owned()
    }

    /// Adds a client like the first one, for another app; the port of that one.
    pub(crate) async fn add_client(&self, client_id: &str) -> u16 {
        let port = free_port();
        let client = public_client(client_id, port);
        self.keycloak.post(&self.path("/clients"), &client).await;
        port
    }

    /// Changes these members of its client.
    pub(crate) async fn change_client(&self, change: Value) {
        let clients = self.path("/clients");
        let found = format!("{clients}?clientId={CLIENT}");
        let mut client = self.keycloak.get(&found).await[0].take();
        merge(&mut client, change);
        let id = client["id"].as_str().expect("an id");
        self.keycloak.put(&format!("{clients}/{id}"), &client).await;
    }

    /// The demo as its client.
    pub(crate) async fn demo(&self, variables: &[(&str, &str)]) -> Demo {
        let (issuer, port) = (self.issuer(), self.port.to_string());
        let mut all = vec![
            ("OIDC_ISSUER", issuer.as_str()),
            ("OIDC_CLIENT_ID", CLIENT),
            ("PORT", &port),
        ];
        all.extend(variables);
        Demo::start(&all).await
    }

    /// The port of Keycloak.
    pub(crate) fn keycloak_port(&self) -> u16 {
        let url: Url = self.keycloak.url().parse().expect("a URL");
        url.port_or_known_default().expect("a port")
    }

    /// Somebody new in front of a browser.
    pub(crate) fn somebody(&self) -> Visitor {
        Visitor::new(self.port, self.keycloak_port())
    }

    /// The same, signed in at the demo.
    pub(crate) async fn signed_in(&self, user: &str) -> Visitor {
        let mut somebody = self.somebody();
        let page = somebody.sign_in(user).await;
        let text = page.text();
        assert!(text.contains("Hello from the secure endpoint"), "{text}");
        somebody
    }

    /// Removes it.
    pub(crate) async fn end(self) {
        self.keycloak.delete(&self.path("")).await;
    }
}

/// A public client whose app listens on this port.
fn public_client(client_id: &str, port: u16) -> Value {
    let root_url = format!("http://localhost:{port}/");
    json!({
        "clientId": client_id, "protocol": "openid-connect", "publicClient": true, "standardFlowEnabled": true,
        "rootUrl": root_url, "redirectUris": [format!("{root_url}*")], "fullScopeAllowed": true,
        "frontchannelLogout": false,
        "attributes": {
            "post.logout.redirect.uris": "+",
            "backchannel.logout.url": format!("{root_url}auth/backchannel-logout"),
            "backchannel.logout.session.required": "true",
        },
    })
}

/// Objects are merged, everything else is replaced.
fn merge(into: &mut Value, from: Value) {
    match (into, from) {
        (Value::Object(into), Value::Object(from)) => {
            for (name, value) in from {
                merge(into.entry(name).or_insert(Value::Null), value);
            }
        }
        (into, from) => *into = from,
    }
}
