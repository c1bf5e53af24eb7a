//! The demo as a user starts it: the program itself, in a process of its own, told by variables.

#![allow(
    clippy::missing_panics_doc,
    reason = "every function here panics when the demo is not as it should be"
)]

use std::{
    net::{Ipv4Addr, TcpListener},
    path::PathBuf,
    process::{Command, Stdio},
    sync::OnceLock,
};

use serde_json::Value;

use crate::server_process::ServerProcess;

/// The last line of the demo's banner: its ports are open and its provider is there.
const READY: &str = "Ctrl-C stops it.";
const TAKEN: &str = "is taken by another program";

/// A running demo; it ends when this value is dropped.
pub struct Demo {
    port: u16,
    provider_port: u16,
    process: ServerProcess,
}

impl Demo {
    /// Starts the demo on free ports with these variables and no others of its own. `PORT` may be among them.
    pub async fn start(variables: &[(&str, &str)]) -> Self {
        loop {
            match Self::try_start(variables).await {
                Ok(demo) => return demo,
                // Between looking for a free port and using it somebody else may have taken it.
                Err(said) if said.contains(TAKEN) && !names(variables, "PORT") => {}
                Err(said) => panic!("the demo does not start with {variables:?}:\n{said}"),
            }
        }
    }

    /// What a demo says that does not start with these variables.
    pub async fn refusal(variables: &[(&str, &str)]) -> String {
        match Self::try_start(variables).await {
            Ok(_) => panic!("the demo starts with {variables:?}"),
            Err(said) => said,
        }
    }

    /// Its root URL as a browser is to call it, without a slash at the end.
    pub fn url(&self) -> String {
        format!("http://localhost:{}", self.port)
    }

    /// The issuer of its embedded provider, where it has one.
    pub fn issuer(&self) -> String {
        format!("http://localhost:{}", self.provider_port)
    }

    /// The port it listens on.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// `kill -9`; it is gone when this returns.
    pub async fn kill(mut self) {
        self.process.kill().await;
    }

    async fn try_start(variables: &[(&str, &str)]) -> Result<Self, String> {
        let (port, provider_port) = (free_port(), free_port());
        let port = match variables.iter().find(|(name, _)| *name == "PORT") {
            Some((_, port)) => port.parse().expect("PORT is a port"),
            None => port,
        };
        let mut command = tokio::process::Command::new(program());
        for (name, _) in std::env::vars_os() {
            let is_the_demos = name.to_string_lossy().starts_with("OIDC_") || name == "BIND";
            if is_the_demos {
                command.env_remove(name);
            }
        }
        command
            .env("PORT", port.to_string())
            .env("OIDC_DEV_PROVIDER_PORT", provider_port.to_string())
            .envs(variables.iter().copied());
        let name = format!("demo-{port}");
        let process = ServerProcess::start(&name, &mut command, |line| line.contains(READY));
        Ok(Self {
            port,
            provider_port,
            process: process.await?,
        })
    }
}

/// A port of this machine that nobody listens on.
pub fn free_port() -> u16 {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0));
    let address = listener.and_then(|listener| listener.local_addr());
    address.expect("the machine has a free port").port()
}

fn names(variables: &[(&str, &str)], name: &str) -> bool {
    variables.iter().any(|(found, _)| *found == name)
}

/// The demo's program. Cargo builds it once per test program, and says where it is.
fn program() -> &'static PathBuf {
    static PROGRAM: OnceLock<PathBuf> = OnceLock::new();
    PROGRAM.get_or_init(|| {
        let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let built = Command::new(cargo)
            .args([
                "build",
                "--quiet",
                "-p",
                "demo",
                "--message-format=json-render-diagnostics",
            ])
            .current_dir(env!("CARGO_MANIFEST_DIR"))
            .stderr(Stdio::inherit())
            .output()
            .unwrap_or_else(|error| panic!("cargo: {error}"));
        assert!(built.status.success(), "cargo build -p demo failed");
        String::from_utf8_lossy(&built.stdout)
            .lines()
            .filter_map(|line| serde_json::from_str::<Value>(line).ok())
            .filter(|message| message["target"]["name"] == "demo")
            .find_map(|message| Some(message["executable"].as_str()?.into()))
            .expect("cargo says where the program is")
    })
}
