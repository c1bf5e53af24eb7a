//! `scripts/two-nodes`, as somebody uses it who tries it out.

use std::{
    net::{Ipv4Addr, TcpListener},
    path::PathBuf,
    process::{Command, Output, Stdio},
};

use oidc_login_tests::demo::free_port;

use crate::browser::{Browser, shows};

/// The script, with ports and files of its own. Dropping it stops what it started.
struct Script {
    port: u16,
    servers: PathBuf,
}

impl Script {
    fn new() -> Self {
        let port = first_of_five_free_ports();
        let servers = std::env::temp_dir().join(format!("oidc-login-two-nodes-{port}"));
        Self { port, servers }
    }

    fn run(&self, command: &str) -> Output {
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/../scripts/two-nodes");
        Command::new(script)
            .arg(command)
            .env("OIDC_LOGIN_SERVERS", &self.servers)
            .env("OIDC_LOGIN_TWO_NODES_PORT", self.port.to_string())
            .stdin(Stdio::null())
            .output()
            .unwrap_or_else(|error| panic!("{script}: {error}"))
    }

    fn must(&self, command: &str) -> String {
        let output = self.run(command);
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        let errors = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{command}: {said}\n{errors}");
        said
    }

    /// `kill -9`.
    fn kill(&self, part: &str) {
        let folder = self.servers.join(format!("two-nodes-{}", self.port));
        let pid = std::fs::read_to_string(folder.join(format!("{part}.pid")));
        let pid = pid.expect("it says under which id it runs");
        let killed = Command::new("kill").args(["-KILL", pid.trim()]).status();
        assert!(killed.expect("kill is there").success());
    }
}

impl Drop for Script {
    fn drop(&mut self) {
        let _ = self.run("stop");
        let _ = std::fs::remove_dir_all(&self.servers);
    }
}

fn first_of_five_free_ports() -> u16 {
    loop {
        let first = free_port();
        let is_free = |port| TcpListener::bind((Ipv4Addr::LOCALHOST, port)).is_ok();
        if first < u16::MAX - 5 && (first..first + 5).all(is_free) {
            return first;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Redis: ./test installs it"]
async fn what_the_script_starts_survives_the_kill_of_any_part_but_the_provider() {
    let script = Script::new();
    assert!(!script.run("status").status.success());
    let said = script.must("start");
    let address = format!("http://localhost:{}/", script.port);
    assert!(said.contains(&address), "{said}");

    let mut browser = Browser::new(script.port, script.port + 1);
    let page = browser.sign_in("alice").await;
    assert!(shows(&page, "alice"), "{} {}", page.url, page.text());
    for node in ["a", "b"] {
        script.kill(node);
        assert_eq!(
            browser.who().await.as_deref(),
            Ok("alice"),
            "without {node}"
        );
        assert!(!script.run("status").status.success());
        script.must("start");
    }
    for part in ["redis", "proxy"] {
        script.kill(part);
        script.must("start");
    }
    script.must("status");
    // The first calls may only find out that the connection to Redis is gone.
    assert_eq!(browser.who_at_last().await.as_deref(), Ok("alice"));
    script.must("stop");
    assert!(!script.run("status").status.success());
}
