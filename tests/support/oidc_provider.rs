//! npm's `oidc-provider`, a certified OpenID provider, in a process of its own.

#![allow(
    clippy::missing_panics_doc,
    reason = "every function here panics when the provider is not as it should be"
)]

use std::{fs::File, path::PathBuf, process::Stdio, time::Duration};

use tokio::{
    io::{AsyncBufReadExt as _, BufReader, Lines},
    process::{Child, ChildStdout, Command},
};

use crate::demo::free_port;

/// A running provider on a free port, with keys, sessions and grants of its own; it ends when this value is dropped.
///
/// Its clients stand in `tests/providers/oidc_provider/clients.mjs`.
pub struct OidcProvider {
    port: u16,
    app: u16,
    process: Child,
    /// What is still to come may be written without anybody reading it.
    _stdout: Lines<BufReader<ChildStdout>>,
    log: PathBuf,
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
        let killed = self.process.kill().await;
        killed.unwrap_or_else(|error| panic!("oidc-provider: {error}"));
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
        let log = crate::output_folder().join(format!("oidc-provider-{port}.log"));
        let log_file = File::create(&log);
        let mut process = Command::new(script)
            .arg("start")
            .env("PORT", port.to_string())
            .env("APP_URL", format!("http://localhost:{app}/"))
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(log_file.unwrap_or_else(|error| panic!("{}: {error}", log.display())))
            .kill_on_drop(true)
            .spawn()
            .unwrap_or_else(|error| panic!("{script}: {error}"));
        let stdout = process.stdout.take().expect("it was asked for as a pipe");
        let mut lines = BufReader::new(stdout).lines();
        // Its only line says that the port is open.
        if let Ok(Some(_ready)) = lines.next_line().await {
            return Ok(Self {
                port,
                app,
                process,
                _stdout: lines,
                log,
            });
        }
        let said = std::fs::read_to_string(&log).unwrap_or_default();
        let _ = std::fs::remove_file(&log);
        Err(said)
    }
}

impl Drop for OidcProvider {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("the log of oidc-provider: {}", self.log.display());
        } else {
            let _ = std::fs::remove_file(&self.log);
        }
    }
}
