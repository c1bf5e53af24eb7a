//! Somebody in front of a browser without a window, at an app and a provider that are real servers.

#![allow(
    clippy::missing_panics_doc,
    reason = "every function here panics when the app or the provider is not as it should be"
)]

use std::net::Ipv4Addr;

use axum::Router;
use http::{Method, StatusCode};
use serde_json::Value;

use crate::{
    clock::HandClock,
    forward::site,
    user_agent::{Page, UserAgent, script},
    world::send_form,
};

/// Somebody who wants to sign in; the password is the name.
#[derive(Clone)]
pub struct Visitor {
    /// The browser.
    pub agent: UserAgent,
    app: String,
}

impl Visitor {
    /// At an app and a provider that listen on these ports of this machine.
    pub fn new(app: u16, provider: u16) -> Self {
        Self::at(app, at_port(app), provider)
    }

    /// At an app in this process, which stands for one on this port.
    pub fn at(port: u16, app: Router, provider: u16) -> Self {
        let root_url = origin(port);
        let sites = [
            (root_url.clone(), app),
            (origin(provider), at_port(provider)),
        ];
        Self {
            agent: UserAgent::new(sites, HandClock::of_now()),
            app: root_url,
        }
    }

    /// In the same browser at one more app in this process, which stands for one on this port.
    #[must_use]
    pub fn and_at(mut self, port: u16, app: Router) -> Self {
        self.agent.add_site(origin(port), app);
        self
    }

    /// Goes over to the app on this port.
    pub fn go_to(&mut self, port: u16) {
        self.app = origin(port);
    }

    /// The address of a page of the app.
    pub fn at_app(&self, path: &str) -> String {
        format!("{}{path}", self.app)
    }

    /// Opens a page of the app, and follows redirects.
    pub async fn open(&mut self, path: &str) -> Page {
        let url = self.at_app(path);
        self.agent.open(&url).await
    }

    /// Signs in on the way to `/secure`; the page it ends on.
    pub async fn sign_in(&mut self, user: &str) -> Page {
        let answer = self.answer(user).await;
        self.come_back(&answer).await
    }

    /// Everything of a login up to the provider's answer: a redirect to the app, or a page that posts there.
    pub async fn answer(&mut self, user: &str) -> Page {
        let form = self.open("/secure").await;
        let text = form.text();
        assert!(text.contains("name=\"password\""), "no sign-in: {text}");
        let typed = [("username", user), ("password", user)];
        self.press_and_allow(&form, &typed).await
    }

    /// Sends a form of the provider, and allows the app what it wants where the provider asks.
    pub async fn press_and_allow(&mut self, form: &Page, fields: &[(&str, &str)]) -> Page {
        let page = self.press(form, fields).await;
        if !page.text().contains("<h1>Consent</h1>") {
            return page;
        }
        self.press(&page, &[("answer", "yes")]).await
    }

    /// Sends a form of the provider, and follows redirects as long as they do not lead to the app.
    pub async fn press(&mut self, page: &Page, fields: &[(&str, &str)]) -> Page {
        let mut page = send_form(&mut self.agent, page, fields).await;
        while let Some(next) = page.location()
            && !next.as_str().starts_with(&self.app)
        {
            page = self.agent.get(next.as_str()).await;
        }
        page
    }

    /// Follows the provider's redirect to the app, if it is one.
    pub async fn come_back(&mut self, answer: &Page) -> Page {
        match answer.location() {
            Some(url) => self.agent.open(url.as_str()).await,
            None => answer.clone(),
        }
    }

    /// Loses all that the app gave this browser, and nothing of the provider's.
    pub fn forget_app(&mut self) {
        let jar = &mut self.agent.jar;
        jar.retain(|(_, name), _| !name.contains("oidc_"));
    }

    /// Opens the demo's open page twice, and is signed in by the second one: who brings no cookie back
    /// is not asked for.
    pub async fn is_signed_in_by_looking_at_a_page(&mut self) {
        let first = self.open("/").await;
        assert!(first.text().contains("You are not signed in"));
        let second = self.open("/").await;
        assert_eq!(second.url.as_str(), self.at_app("/"));
        let text = second.text();
        assert!(text.contains("You are signed in as"), "{text}");
    }

    /// What a script of the app's pages is answered.
    pub async fn script(&mut self, method: Method, path: &str) -> (StatusCode, Value) {
        let url = self.at_app(path);
        let page = self.agent.request(script(method, &url)).await;
        let body = serde_json::from_slice(&page.body);
        (page.status, body.unwrap_or_default())
    }

    /// The claims of who is signed in at the demo; the status where nobody is.
    ///
    /// # Errors
    /// The status that is not 200.
    pub async fn claims(&mut self) -> Result<Value, StatusCode> {
        match self.script(Method::GET, "/api/me").await {
            (StatusCode::OK, claims) => Ok(claims),
            (status, _) => Err(status),
        }
    }

    /// Who is signed in at the demo, by name where the provider tells one, else by `sub`.
    ///
    /// # Errors
    /// The status where nobody is.
    pub async fn who(&mut self) -> Result<String, StatusCode> {
        let claims = self.claims().await?;
        let name = claims["preferred_username"].as_str();
        let name = name.or(claims["sub"].as_str());
        Ok(name.expect("somebody").to_owned())
    }
}

fn origin(port: u16) -> String {
    format!("http://localhost:{port}")
}

fn at_port(port: u16) -> Router {
    site((Ipv4Addr::LOCALHOST, port).into())
}
