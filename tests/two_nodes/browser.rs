//! Somebody in front of a browser, who sees the proxy's address and nothing of the nodes.

use std::{net::Ipv4Addr, time::Duration};

use http::{HeaderValue, StatusCode};
use oidc_login_tests::{
    clock::HandClock,
    forward::site,
    round_robin::NODE,
    user_agent::{Page, UserAgent, script},
    world::fill_in,
};

use crate::stage::Node;

/// A browser. Clones are the same cookies, at this moment.
#[derive(Clone)]
pub(crate) struct Browser {
    agent: UserAgent,
    root_url: String,
}

impl Browser {
    /// A new one, at the proxy and the provider on these ports.
    pub(crate) fn new(proxy: u16, provider: u16) -> Self {
        let sites = [proxy, provider].map(|port| {
            let address = (Ipv4Addr::LOCALHOST, port);
            (format!("http://localhost:{port}"), site(address.into()))
        });
        Self {
            agent: UserAgent::new(sites, HandClock::new()),
            root_url: format!("http://localhost:{proxy}"),
        }
    }

    /// From now on the proxy passes its requests to this node.
    pub(crate) fn at(&mut self, node: Node) -> &mut Self {
        let node = HeaderValue::from_static(node.name());
        self.agent.headers.insert(NODE, node);
        self
    }

    /// The same browser, with its next requests at this node.
    pub(crate) fn clone_at(&self, node: Node) -> Self {
        let mut clone = self.clone();
        clone.at(node);
        clone
    }

    /// The address of a page of the app.
    pub(crate) fn url(&self, path: &str) -> String {
        format!("{}{path}", self.root_url)
    }

    /// Opens an address, without following redirects.
    pub(crate) async fn get(&mut self, url: &str) -> Page {
        self.agent.get(url).await
    }

    /// Opens a page of the app, and follows redirects.
    pub(crate) async fn open(&mut self, path: &str) -> Page {
        let url = self.url(path);
        self.agent.open(&url).await
    }

    /// Presses a button of the app that stands alone in its form.
    pub(crate) async fn press(&mut self, path: &str) -> Page {
        let url = self.url(path);
        self.agent.post(&url, &[]).await
    }

    /// Presses the app's sign-out button.
    pub(crate) async fn sign_out(&mut self) -> Page {
        self.press("/auth/logout").await
    }

    /// Everything of a login up to the provider's answer: the URL the browser is sent to with it.
    pub(crate) async fn callback(&mut self, user: &str) -> String {
        let form = self.open("/secure").await;
        fill_in(&mut self.agent, &form, user).await
    }

    /// Opens an address, such as that of the provider's answer, and follows redirects.
    pub(crate) async fn come_back(&mut self, url: &str) -> Page {
        self.agent.open(url).await
    }

    /// Signs in on the way to `/secure`.
    pub(crate) async fn sign_in(&mut self, user: &str) -> Page {
        let callback = self.callback(user).await;
        self.come_back(&callback).await
    }

    /// The same, where anything may be down: the page it ended on, or the one on which it failed.
    pub(crate) async fn try_to_sign_in(&mut self, user: &str) -> Result<Page, Page> {
        let url = self.url("/secure");
        self.try_from(&url, user).await
    }

    /// What somebody does on a page that says it failed: loads it again where it is the proxy's, which has no links, and
    /// begins anew where it is the app's.
    pub(crate) async fn try_again(&mut self, failed: &Page, user: &str) -> Result<Page, Page> {
        if failed.status == StatusCode::BAD_GATEWAY {
            self.try_from(failed.url.as_str(), user).await
        } else {
            self.try_to_sign_in(user).await
        }
    }

    async fn try_from(&mut self, url: &str, user: &str) -> Result<Page, Page> {
        let mut page = self.come_back(url).await;
        if page.text().contains("name=\"password\"") {
            let callback = fill_in(&mut self.agent, &page, user).await;
            page = self.come_back(&callback).await;
        }
        if shows(&page, user) {
            Ok(page)
        } else {
            Err(page)
        }
    }

    /// Takes the cookies of an answer that a clone got.
    pub(crate) fn receive(&mut self, page: &Page) {
        self.agent.receive(page);
    }

    /// Asks for new tokens, as a script of the page does.
    pub(crate) async fn refresh(&mut self) -> Page {
        let request = script(http::Method::POST, &self.url("/api/refresh"));
        self.agent.request(request).await
    }

    /// Who the app says is signed in; the status where it says nothing.
    pub(crate) async fn who(&mut self) -> Result<String, StatusCode> {
        let request = script(http::Method::GET, &self.url("/api/me"));
        let page = self.agent.request(request).await;
        if page.status != StatusCode::OK {
            return Err(page.status);
        }
        let name = page.json()["preferred_username"]
            .as_str()
            .map(str::to_owned);
        Ok(name.expect("the user has a name"))
    }

    /// The same, once the store answers.
    pub(crate) async fn who_at_last(&mut self) -> Result<String, StatusCode> {
        loop {
            match self.who().await {
                Err(StatusCode::SERVICE_UNAVAILABLE) => {}
                answer => return answer,
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }
}

/// Whether this is the secure page, with this user on it.
pub(crate) fn shows(page: &Page, user: &str) -> bool {
    page.status == StatusCode::OK
        && page.url.path() == "/secure"
        && page.text().contains("Hello from the secure endpoint")
        && page.text().contains(user)
}
