//! What every test here begins with: a provider, a demo that is its client, and people in front of browsers.

use oidc_login_tests::{
    demo::{Demo, free_port},
    oidc_provider::OidcProvider,
    user_agent::Page,
    visitor::Visitor,
};

pub(crate) const SECRET: (&str, &str) = ("OIDC_CLIENT_SECRET", "flask-app-secret-of-32-characters");
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
    pub(crate) fn somebody(&self) -> Visitor {
        Visitor::new(self.demo.port(), self.provider.port())
    }

    /// The same, signed in.
    pub(crate) async fn signed_in(&self, user: &str) -> Visitor {
        let mut somebody = self.somebody();
        let page = somebody.sign_in(user).await;
        let text = page.text();
        assert!(text.contains("Hello from the secure endpoint"), "{text}");
        somebody
    }

    /// Signs this browser out at the provider, without the app.
    pub(crate) async fn sign_out_at_provider(&self, browser: &mut Visitor) {
        let url = format!("{}/session/end", self.provider.issuer());
        let page = browser.agent.open(&url).await;
        let page = confirm_sign_out(browser, &page).await;
        assert!(page.text().contains("Sign-out Success"), "{}", page.text());
    }
}

/// Says yes on the provider's page that asks whether to sign out.
pub(crate) async fn confirm_sign_out(browser: &mut Visitor, page: &Page) -> Page {
    let text = page.text();
    assert!(text.contains("name=\"xsrf\""), "no sign-out page: {text}");
    browser.press(page, &[("logout", "yes")]).await
}
