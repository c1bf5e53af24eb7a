//! npm's `oidc-provider`, a certified OpenID provider, in a process of its own.

#![allow(
    clippy::missing_panics_doc,
    reason = "every function here panics when the provider is not as it should be"
)]

use std::time::Duration;

use tokio::process::Command;

use crate::{demo::free_port, server_process::ServerProcess};

/// A running provider on a free port, with keys, sessions and grants of its own; it ends when this value is dropped.
///
/// Its clients stand in `tests/providers/oidc_provider/clients.mjs`.
pub struct OidcProvider {
    port: u16,
    app: u16,
    process: ServerProcess,
}

impl OidcProvider {
    /// Starts it for the app at this port.
    pub async fn start(app: u16) -> Self {
        loop {
            match Self::try_start(free_port(), app).await {
                Ok(provider) => return provider,
                // Between looking for a free port and using it somebody else may have taken it.
                Err(said) if said.contains("EADDRINUSE") => {}
                Err(said) => panic!("oidc-provider does not start:\n{said}"),
            }
        }
    }

    /// Ends it and starts it again at the same address: with other keys, and without a memory.
    pub async fn restart(&mut self) {
        self.process.kill().await;
        let again = Self::try_start(self.port, self.app).await;
        *self = again.unwrap_or_else(|said| panic!("oidc-provider does not start again:\n{said}"));
    }

    /// Its port on 127.0.0.1.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Its issuer.
    pub fn issuer(&self) -> String {
        format!("http://localhost:{}", self.port)
    }

    /// What happened there so far, oldest first, in its own words: `grant.success flask-app refresh_token`.
    pub async fn events(&self) -> Vec<String> {
        let url = format!("{}/events", self.issuer());
        let answer = async { reqwest::get(&url).await?.text().await };
        let text = answer
            .await
            .unwrap_or_else(|error| panic!("{url}: {error}"));
        serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}: {text}"))
    }

    /// How often this happened so far.
    pub async fn count(&self, event: &str) -> usize {
        let events = self.events().await;
        events.iter().filter(|found| *found == event).count()
    }

    /// Returns when this has happened so often; for what the app does after its answer.
    pub async fn happens(&self, event: &str, times: usize) {
        while self.count(event).await < times {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    async fn try_start(port: u16, app: u16) -> Result<Self, String> {
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/../scripts/oidc-provider");
        let mut command = Command::new(script);
        command
            .arg("start")
            .env("PORT", port.to_string())
            .env("APP_URL", format!("http://localhost:{app}/"));
        let name = format!("oidc-provider-{port}");
        // Its only line says that the port is open.
        let process = ServerProcess::start(&name, &mut command, |_| true).await?;
        Ok(Self { port, app, process })
    }
}
