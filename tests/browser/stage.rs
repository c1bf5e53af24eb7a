//! What every test here begins with: a demo of its own and a browser of its own.

use axum::{Router, response::Html, routing::get};
use oidc_login_tests::{
    browser::{Browser, Page},
    demo::Demo,
};

/// The demo, and a browser that has not seen it yet.
pub(crate) struct Stage {
    pub(crate) demo: Demo,
    pub(crate) browser: Browser,
}

impl Stage {
    pub(crate) async fn new() -> Self {
        Self::with(&[]).await
    }

    /// With these variables for the demo.
    pub(crate) async fn with(variables: &[(&str, &str)]) -> Self {
        Self {
            demo: Demo::start(variables).await,
            browser: Browser::start().await,
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
        self.sign_in(&page, user).await;
        page.wait_for_url(&self.at(path)).await;
        page
    }

    /// Fills in the provider's form and sends it off.
    pub(crate) async fn sign_in(&self, page: &Page, user: &str) {
        self.fill_in(page, user, user).await;
        page.click_text("Sign in").await;
    }

    /// Fills in the provider's form.
    pub(crate) async fn fill_in(&self, page: &Page, user: &str, password: &str) {
        page.wait_for_url(&self.demo.issuer()).await;
        page.fill_labelled("User name", user).await;
        page.fill_labelled("Password", password).await;
    }

    /// The `sub` of whoever is signed in in this tab.
    pub(crate) async fn sub(&self, page: &Page) -> String {
        page.goto(&self.at("/api/me")).await;
        let me: serde_json::Value = serde_json::from_str(&page.text().await).expect("JSON");
        me["sub"].as_str().expect("somebody").to_owned()
    }

    /// Whether the demo's open page knows somebody, asked in a tab of its own.
    pub(crate) async fn is_signed_in(&self) -> bool {
        let text = self.tab("/").await.text().await;
        let (known, visitor) = (
            text.contains("You are signed in as"),
            text.contains("You are not signed in"),
        );
        assert!(known != visitor, "{text}");
        known
    }
}

/// The status of the page's own answer.
pub(crate) async fn status(page: &Page) -> u64 {
    let status = page
        .evaluate("performance.getEntriesByType('navigation')[0].responseStatus")
        .await;
    status.as_u64().unwrap_or_default()
}

/// Serves a page on another site: browsers take `127.0.0.1` and `localhost` for two. Answers its address.
pub(crate) async fn another_site(html: String) -> String {
    format!("http://127.0.0.1:{}/", serve(html).await)
}

/// Serves a page on the same site and of another origin: browsers send it the same cookies, whatever the port.
pub(crate) async fn sibling(html: String) -> String {
    format!("http://localhost:{}/", serve(html).await)
}

async fn serve(html: String) -> u16 {
    let app = Router::new().route("/", get(async move || Html(html)));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0")
        .await
        .expect("the machine has a free port");
    let address = listener.local_addr().expect("it was bound");
    tokio::spawn(async move { axum::serve(listener, app).await });
    address.port()
}
