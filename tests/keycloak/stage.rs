//! What every test here begins with: a demo that signs in at Keycloak, and a browser of its own.

use std::net::{Ipv4Addr, Ipv6Addr, TcpListener};

use oidc_login_tests::{
    browser::{Browser, Page},
    demo::{Demo, free_port},
    keycloak::Keycloak,
};
use serde_json::{Value, json};

pub(crate) const REALM: &str = "myRealm";

/// The demo at one of the realm's clients, and a browser that has not seen it yet.
pub(crate) struct Stage {
    pub(crate) keycloak: Keycloak,
    pub(crate) demo: Demo,
    pub(crate) browser: Browser,
    /// The client made for this test.
    copy: Option<String>,
}

impl Stage {
    /// The demo with no setting but the issuer, at the very client of the tutorial; where another program is on its port, as in
    /// [`at_client_like`](Self::at_client_like).
    pub(crate) async fn of_the_tutorial() -> Self {
        if !is_free(5000) {
            return Self::at_client_like("flask-app", &[]).await;
        }
        let keycloak = Keycloak::from_env();
        let issuer = keycloak.issuer(REALM);
        Self {
            demo: Demo::start(&[("OIDC_ISSUER", &issuer), ("PORT", "5000")]).await,
            browser: Browser::start().await,
            keycloak,
            copy: None,
        }
    }

    /// The demo on a free port, at a client like this one whose URLs have that port.
    pub(crate) async fn at_client_like(client: &str, variables: &[(&str, &str)]) -> Self {
        let keycloak = Keycloak::from_env();
        let port = free_port();
        let copy = copy_client(&keycloak, client, port).await;
        let (issuer, port) = (keycloak.issuer(REALM), port.to_string());
        let mut all = vec![
            ("OIDC_ISSUER", issuer.as_str()),
            ("OIDC_CLIENT_ID", &copy),
            ("PORT", &port),
        ];
        all.extend(variables);
        Self {
            demo: Demo::start(&all).await,
            browser: Browser::start().await,
            keycloak,
            copy: Some(copy),
        }
    }

    /// Takes one of the client's default client scopes away from it.
    pub(crate) async fn take_scope_away(&self, name: &str) {
        let clients = format!("/{REALM}/clients");
        let copy = self.copy.as_deref().expect("a client of its own");
        let found = self
            .keycloak
            .get(&format!("{clients}?clientId={copy}"))
            .await;
        let client = found[0]["id"].as_str().expect("it was just made");
        let scopes = format!("{clients}/{client}/default-client-scopes");
        let found = self.keycloak.get(&scopes).await;
        let mut list = found.as_array().into_iter().flatten();
        let scope = list
            .find(|scope| scope["name"] == name)
            .and_then(|scope| scope["id"].as_str())
            .expect("the client has this scope");
        self.keycloak.delete(&format!("{scopes}/{scope}")).await;
    }

    /// Removes the client made for this test.
    pub(crate) async fn end(self) {
        if let Some(copy) = &self.copy {
            remove_client(&self.keycloak, copy).await;
        }
    }

    /// The address of a page of the demo.
    pub(crate) fn at(&self, path: &str) -> String {
        format!("{}{path}", self.demo.url())
    }

    /// A new tab that shows a page of the demo, or where that leads.
    pub(crate) async fn tab(&self, path: &str) -> Page {
        let page = self.browser.new_tab().await;
        page.goto(&self.at(path)).await;
        page
    }

    /// A new tab of somebody who signed in on the way to this page.
    pub(crate) async fn signed_in(&self, user: &str, path: &str) -> Page {
        let page = self.tab(path).await;
        sign_in(&page, user).await;
        page.wait_for_url(&self.at("/")).await;
        page
    }

    /// The claims of who is signed in in this tab; afterwards it shows them.
    pub(crate) async fn claims(&self, page: &Page) -> Value {
        page.goto(&self.at("/api/me")).await;
        let text = page.text().await;
        serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}: {text}"))
    }
}

fn is_free(port: u16) -> bool {
    TcpListener::bind((Ipv4Addr::LOCALHOST, port)).is_ok()
        && TcpListener::bind((Ipv6Addr::LOCALHOST, port)).is_ok()
}

/// Fills in Keycloak's form and sends it off. The password of each user is the name.
pub(crate) async fn sign_in(page: &Page, user: &str) {
    page.wait_for_text("Sign in to your account").await;
    page.fill_labelled("Username or email", user).await;
    page.fill_labelled("Password", user).await;
    page.click_text("Sign In").await;
}

/// Registers a client like this one for another port; answers its client id.
async fn copy_client(keycloak: &Keycloak, client_id: &str, port: u16) -> String {
    let found = keycloak
        .get(&format!("/{REALM}/clients?clientId={client_id}"))
        .await;
    let mut client = found[0].clone();
    assert!(
        client.is_object(),
        "the realm has no client {client_id}: scripts/keycloak setup makes it"
    );
    let copy = format!("{client_id}-{port}");
    remove_client(keycloak, &copy).await;
    let moved = |url: &Value| {
        let url = url.as_str().unwrap_or_default();
        url.replace("localhost:5000", &format!("localhost:{port}"))
            .into()
    };
    client["clientId"] = copy.clone().into();
    for url in ["rootUrl", "baseUrl", "adminUrl"] {
        client[url] = moved(&client[url]);
    }
    for urls in ["redirectUris", "webOrigins"] {
        let list = client[urls].as_array().into_iter().flatten();
        client[urls] = list.map(moved).collect();
    }
    let members = client.as_object_mut().expect("it is an object");
    members.remove("id");
    let mappers = members.get_mut("protocolMappers").map(Value::take);
    let mappers: Vec<Value> = mappers
        .and_then(|mappers| mappers.as_array().cloned())
        .unwrap_or_default();
    let without_id = mappers.into_iter().map(|mut mapper| {
        mapper["id"] = Value::Null;
        mapper
    });
    members.insert("protocolMappers".into(), without_id.collect());
    keycloak.post(&format!("/{REALM}/clients"), &client).await;
    copy
}

/// Removes a client, if there is one with this client id.
pub(crate) async fn remove_client(keycloak: &Keycloak, client_id: &str) {
    let found = keycloak
        .get(&format!("/{REALM}/clients?clientId={client_id}"))
        .await;
    if let Some(id) = found[0]["id"].as_str() {
        keycloak.delete(&format!("/{REALM}/clients/{id}")).await;
    }
}

/// Makes a public client with these valid redirect URIs, or changes it.
pub(crate) async fn put_client(
    keycloak: &Keycloak,
    client_id: &str,
    root_url: &str,
    valid_redirect_uris: &[&str],
) {
    let client = json!({
        "clientId": client_id, "protocol": "openid-connect", "publicClient": true, "standardFlowEnabled": true,
        "rootUrl": root_url, "redirectUris": valid_redirect_uris,
    });
    let path = format!("/{REALM}/clients");
    let found = keycloak.get(&format!("{path}?clientId={client_id}")).await;
    match found[0]["id"].as_str() {
        Some(id) => keycloak.put(&format!("{path}/{id}"), &client).await,
        None => keycloak.post(&path, &client).await,
    }
}
