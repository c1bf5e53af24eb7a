//! The real Keycloak that `./test` starts, and its admin REST API as far as tests need it.

#![allow(
    clippy::missing_panics_doc,
    reason = "every function here panics when Keycloak is not as it should be"
)]

use serde_json::Value;
use url::form_urlencoded;

/// A running Keycloak. Its administrator is `admin` with the password `admin`.
pub struct Keycloak {
    url: String,
    http: reqwest::Client,
}

impl Keycloak {
    /// The one that `OIDC_LOGIN_TEST_KEYCLOAK` names; `http://localhost:8080` by default.
    pub fn from_env() -> Self {
        let url = std::env::var("OIDC_LOGIN_TEST_KEYCLOAK")
            .unwrap_or_else(|_| "http://localhost:8080".into());
        Self {
            url: url.trim_end_matches('/').to_owned(),
            http: reqwest::Client::new(),
        }
    }

    /// Its address, without a slash at the end.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The issuer of a realm. Names of realms are case-sensitive, and there is no slash at the end.
    pub fn issuer(&self, realm: &str) -> String {
        format!("{}/realms/{realm}", self.url)
    }

    /// Reads from the admin API; `path` begins after `/admin/realms`.
    pub async fn get(&self, path: &str) -> Value {
        self.admin(http::Method::GET, path, None).await
    }

    /// Creates something through the admin API; `path` begins after `/admin/realms`.
    pub async fn post(&self, path: &str, body: &Value) {
        self.admin(http::Method::POST, path, Some(body)).await;
    }

    /// Changes something through the admin API; `path` begins after `/admin/realms`.
    pub async fn put(&self, path: &str, body: &Value) {
        self.admin(http::Method::PUT, path, Some(body)).await;
    }

    /// Deletes something through the admin API; `path` begins after `/admin/realms`.
    pub async fn delete(&self, path: &str) {
        self.admin(http::Method::DELETE, path, None).await;
    }

    /// Whether the admin API knows `path`.
    pub async fn exists(&self, path: &str) -> bool {
        self.send(http::Method::GET, path, None)
            .await
            .status()
            .is_success()
    }

    async fn admin(&self, method: http::Method, path: &str, body: Option<&Value>) -> Value {
        let answer = self.send(method.clone(), path, body).await;
        let status = answer.status();
        let text = answer.text().await.unwrap_or_default();
        assert!(
            status.is_success(),
            "{method} /admin/realms{path}: {status}: {text}"
        );
        serde_json::from_str(&text).unwrap_or_default()
    }

    async fn send(
        &self,
        method: http::Method,
        path: &str,
        body: Option<&Value>,
    ) -> reqwest::Response {
        let url = format!("{}/admin/realms{path}", self.url);
        let mut request = self
            .http
            .request(method, &url)
            .bearer_auth(self.admin_token().await);
        if let Some(body) = body {
            request = request
                .header(http::header::CONTENT_TYPE, "application/json")
                .body(body.to_string());
        }
        request
            .send()
            .await
            .unwrap_or_else(|error| panic!("{url}: {error}"))
    }

    /// A fresh one each time: it lives a minute only.
    async fn admin_token(&self) -> String {
        let url = format!("{}/protocol/openid-connect/token", self.issuer("master"));
        let form = [
            ("grant_type", "password"),
            ("client_id", "admin-cli"),
            ("username", "admin"),
            ("password", "admin"),
        ];
        let form = form_urlencoded::Serializer::new(String::new())
            .extend_pairs(form)
            .finish();
        let request = self.http.post(&url).body(form);
        let request = request.header(
            http::header::CONTENT_TYPE,
            "application/x-www-form-urlencoded",
        );
        let answer = request.send().await.unwrap_or_else(|error| {
            panic!(
                "no Keycloak at {} (./test or scripts/keycloak starts one): {error}",
                self.url
            )
        });
        let text = answer.text().await.unwrap_or_default();
        let token: Value = serde_json::from_str(&text).unwrap_or_default();
        token["access_token"]
            .as_str()
            .unwrap_or_else(|| panic!("admin cannot sign in at {url}: {text}"))
            .to_owned()
    }
}
