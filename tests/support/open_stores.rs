//! An app whose stores are open to anybody: to look into, and to write into as whoever breaks into a
//! database can.

use std::sync::Arc;

use axum::Router;
use oidc_login::{MemoryStore, OidcLayer, RelyingParty, RelyingPartyBuilder, SessionSecrets};

use crate::{
    clock::HandClock,
    open_logins::OpenLogins,
    steps::{Gates, steps},
    stores::OpenStore,
    user_agent::UserAgent,
    wire::Wire,
    world::{APP, ISSUER, client, provider, routes, sign_in},
};

/// Stores that outlive every process of the app.
pub struct OpenStores {
    /// The clock of everything.
    pub clock: HandClock,
    provider: Router,
    /// The logins.
    pub logins: OpenLogins,
    /// The app's values.
    pub values: OpenStore,
}

impl OpenStores {
    /// Empty ones.
    pub fn new() -> Self {
        let clock = HandClock::new();
        let provider = provider(&clock).build().expect("a provider").router();
        let memory = MemoryStore::with_clock(Arc::new(clock.clone()));
        Self {
            clock,
            provider,
            logins: OpenLogins::new(memory),
            values: OpenStore::default(),
        }
    }

    /// A browser at a process of the app with these secrets, newest first.
    pub fn process(&self, secrets: &[u8]) -> UserAgent {
        self.process_with(secrets, |settings| settings)
    }

    /// The same with other settings.
    pub fn process_with(
        &self,
        secrets: &[u8],
        settings: impl FnOnce(RelyingPartyBuilder) -> RelyingPartyBuilder,
    ) -> UserAgent {
        let builder = self.builder(secrets).session_store(self.values.clone());
        let layer = OidcLayer::new(settings(builder).build().expect("one"));
        self.browser(routes().merge(steps(&Gates::default())).layer(layer))
    }

    /// Settings of a process with these secrets, and with our logins.
    pub fn builder(&self, secrets: &[u8]) -> RelyingPartyBuilder {
        let secrets = secrets.iter().map(|seed| vec![*seed; 32]);
        let secrets = SessionSecrets::from_bytes(secrets).expect("long enough");
        let client = client(Wire(self.provider.clone())).build();
        RelyingParty::builder(client.expect("a client"))
            .clock(self.clock.clone())
            .session_secrets(secrets)
            .login_store(self.logins.clone())
    }

    /// A browser at this app.
    pub fn browser(&self, app: Router) -> UserAgent {
        let sites = [(APP, app), (ISSUER, self.provider.clone())];
        let sites = sites.map(|(origin, site)| (origin.to_owned(), site));
        UserAgent::new(sites, self.clock.clone())
    }

    /// Signs somebody in, who puts down a colour.
    pub async fn sign_in(&self, mut browser: UserAgent, user: &str) -> UserAgent {
        sign_in(&mut browser, user, "/secure").await;
        browser.steps("set=color:red").await;
        let found = browser.steps("who&read=color").await;
        assert_eq!(found, format!("who={user} color=red"));
        browser
    }
}

impl Default for OpenStores {
    fn default() -> Self {
        Self::new()
    }
}
