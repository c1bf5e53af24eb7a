//! What every test here begins with: a provider, a demo that is its client, and people in front of browsers.

use std::net::Ipv4Addr;

use axum::Router;
use http::{Method, StatusCode};
use oidc_login_tests::{
    clock::HandClock,
    demo::{Demo, free_port},
    forward::site,
    oidc_provider::OidcProvider,
    user_agent::{Page, UserAgent, script},
    world::send_form,
};
use serde_json::Value;

pub(crate) const SECRET: (&str, &str) = ("OIDC_CLIENT_SECRET", "flask-app-secret");
/// What a client has to send for a refresh token: without a page for consent it gets none.
pub(crate) const OFFLINE: [(&str, &str); 2] = [
    ("OIDC_SCOPES", "openid email profile offline_access"),
    ("OIDC_AUTH_PARAMS", "prompt=consent"),
];

pub(crate) struct Stage {
    pub(crate) provider: OidcProvider,
    demo: Demo,
}

impl Stage {
    /// The demo as this client, with these variables.
    pub(crate) async fn at(client: &str, variables: &[(&str, &str)]) -> Self {
        let port = free_port();
        let provider = OidcProvider::start(port).await;
        let (issuer, port) = (provider.issuer(), port.to_string());
        let mut all = vec![
            ("OIDC_ISSUER", issuer.as_str()),
            ("OIDC_CLIENT_ID", client),
            ("PORT", &port),
        ];
        all.extend(variables);
        let demo = Demo::start(&all).await;
        Self { provider, demo }
    }

    /// Somebody new in front of a browser.
    pub(crate) fn somebody(&self) -> Somebody {
        Somebody::new(self.demo.url(), at_port(self.demo.port()), &self.provider)
    }

    /// The same, signed in.
    pub(crate) async fn signed_in(&self, user: &str) -> Somebody {
        let mut somebody = self.somebody();
        let page = somebody.sign_in(user).await;
        let text = page.text();
        assert!(text.contains("Hello from the secure endpoint"), "{text}");
        somebody
    }
}

/// Somebody in front of a browser.
pub(crate) struct Somebody {
    pub(crate) agent: UserAgent,
    app: String,
    provider: String,
}

impl Somebody {
    /// A browser without cookies, at this app with this root URL and at the provider.
    pub(crate) fn new(root_url: String, app: Router, provider: &OidcProvider) -> Self {
        let issuer = provider.issuer();
        let sites = [
            (root_url.clone(), app),
            (issuer.clone(), at_port(provider.port())),
        ];
        Self {
            agent: UserAgent::new(sites, HandClock::of_now()),
            app: root_url,
            provider: issuer,
        }
    }

    /// The address of a page of the app.
    pub(crate) fn at_app(&self, path: &str) -> String {
        format!("{}{path}", self.app)
    }

    /// Opens a page of the app, and follows redirects.
    pub(crate) async fn open(&mut self, path: &str) -> Page {
        let url = self.at_app(path);
        self.agent.open(&url).await
    }

    /// Signs in on the way to `/secure`; the page it ends on.
    pub(crate) async fn sign_in(&mut self, user: &str) -> Page {
        let answer = self.answer(user).await;
        self.come_back(&answer).await
    }

    /// Follows the provider's redirect to the app, if it is one.
    pub(crate) async fn come_back(&mut self, answer: &Page) -> Page {
        match answer.location() {
            Some(url) => self.agent.open(url.as_str()).await,
            None => answer.clone(),
        }
    }

    /// Everything of a login up to the provider's answer: a redirect to the app, or a page that posts there.
    pub(crate) async fn answer(&mut self, user: &str) -> Page {
        let form = self.open("/secure").await;
        let text = form.text();
        assert!(text.contains("name=\"password\""), "no sign-in: {text}");
        let typed = [("username", user), ("password", user), ("answer", "yes")];
        let page = self.press(&form, &typed).await;
        if !page.text().contains("<h1>Consent</h1>") {
            return page;
        }
        self.press(&page, &[("answer", "yes")]).await
    }

    /// Sends a form of the provider, and follows redirects as long as they do not lead to the app.
    pub(crate) async fn press(&mut self, page: &Page, fields: &[(&str, &str)]) -> Page {
        let mut page = send_form(&mut self.agent, page, fields).await;
        while let Some(next) = page.location()
            && next.as_str().starts_with(&self.provider)
        {
            page = self.agent.get(next.as_str()).await;
        }
        page
    }

    /// Sends the form of the provider's page that says a sign-out is wanted.
    pub(crate) async fn confirm_sign_out(&mut self, page: &Page) -> Page {
        let text = page.text();
        assert!(text.contains("name=\"xsrf\""), "no sign-out page: {text}");
        self.press(page, &[("logout", "yes")]).await
    }

    /// Signs out at the provider, without the app.
    pub(crate) async fn sign_out_at_provider(&mut self) {
        let url = format!("{}/session/end", self.provider);
        let page = self.agent.open(&url).await;
        let page = self.confirm_sign_out(&page).await;
        assert!(page.text().contains("Sign-out Success"), "{}", page.text());
    }

    /// What a script of the app's pages is answered.
    pub(crate) async fn script(&mut self, method: Method, path: &str) -> (StatusCode, Value) {
        let url = self.at_app(path);
        let page = self.agent.request(script(method, &url)).await;
        let body = serde_json::from_slice(&page.body);
        (page.status, body.unwrap_or_default())
    }

    /// The claims of who is signed in at the app; the status where nobody is.
    pub(crate) async fn claims(&mut self) -> Result<Value, StatusCode> {
        match self.script(Method::GET, "/api/me").await {
            (StatusCode::OK, claims) => Ok(claims),
            (status, _) => Err(status),
        }
    }

    /// Who is signed in at the app; the status where nobody is.
    pub(crate) async fn who(&mut self) -> Result<String, StatusCode> {
        let claims = self.claims().await?;
        Ok(claims["sub"].as_str().unwrap_or_default().to_owned())
    }
}

fn at_port(port: u16) -> Router {
    site((Ipv4Addr::LOCALHOST, port).into())
}
