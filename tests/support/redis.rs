//! A redis-server that loses nothing it said yes to.

#![allow(
    clippy::missing_panics_doc,
    reason = "every function here panics when Redis is not as it should be"
)]

use std::{
    path::PathBuf,
    process::{Child, Command, Stdio},
    sync::atomic::{AtomicU32, Ordering},
    time::Duration,
};

use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

use crate::demo::free_port;

/// A redis-server with `appendonly yes` and `appendfsync always`, on a free port, with a directory of its own; both are gone
/// when this value is dropped.
pub struct Redis {
    process: Child,
    port: u16,
    directory: PathBuf,
}

impl Redis {
    /// Starts one and waits until it answers.
    pub async fn start() -> Self {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let name = format!("oidc-login-nodes-redis-{}-{number}", std::process::id());
        let directory = std::env::temp_dir().join(name);
        std::fs::create_dir_all(&directory)
            .unwrap_or_else(|error| panic!("{}: {error}", directory.display()));
        loop {
            let port = free_port();
            let process = run(port, &directory);
            let mut redis = Self {
                process,
                port,
                directory: directory.clone(),
            };
            // Between looking for a free port and using it somebody else may have taken it.
            if redis.answers().await {
                return redis;
            }
        }
    }

    /// Its address, as stores want it.
    pub fn url(&self) -> String {
        format!("redis://127.0.0.1:{}", self.port)
    }

    /// How often it has read from a connection: of requests that follow one another, each round trip
    /// is one.
    pub async fn reads(&self) -> u64 {
        let reads = async {
            let mut stream = TcpStream::connect(("127.0.0.1", self.port)).await?;
            // Redis closes, which spares it the look at a connection that has ended.
            stream.write_all(b"INFO stats\r\nQUIT\r\n").await?;
            let mut answer = String::new();
            stream.read_to_string(&mut answer).await?;
            std::io::Result::Ok(answer)
        };
        let answer = reads.await.expect("it answers");
        let mut lines = answer.lines();
        let number = lines.find_map(|line| line.strip_prefix("total_reads_processed:"));
        number.expect("it counts").trim().parse().expect("a number")
    }

    /// `kill -9`.
    pub fn kill(&mut self) {
        self.process.kill().expect("it is our child");
        self.process.wait().expect("it is our child");
    }

    /// Starts it again, on the same port with the same files.
    pub async fn restart(&mut self) {
        self.process = run(self.port, &self.directory);
        assert!(self.answers().await, "redis-server does not start again");
    }

    /// Lets every lease of a login run out, as if its time were over by this server's clock.
    pub async fn end_leases(&self) {
        let logins = self.ask("KEYS oidc-login:login:*").await;
        for login in logins
            .lines()
            .filter(|line| line.starts_with("oidc-login:"))
        {
            self.ask(&format!("HSET {login} l 0")).await;
        }
    }

    /// How many scripts stores have run so far.
    pub async fn scripts_run(&self) -> u64 {
        let stats = self.ask("INFO commandstats").await;
        let calls = stats.split_once("cmdstat_evalsha:calls=");
        let calls = calls.and_then(|(_, rest)| rest.split(',').next()?.parse().ok());
        calls.unwrap_or_default()
    }

    /// What it answers to a command, as it stands on the wire.
    async fn ask(&self, command: &str) -> String {
        let answer = async {
            let mut stream = TcpStream::connect(("127.0.0.1", self.port)).await?;
            let commands = format!("{command}\r\nQUIT\r\n");
            stream.write_all(commands.as_bytes()).await?;
            let mut answer = String::new();
            stream.read_to_string(&mut answer).await?;
            std::io::Result::Ok(answer)
        };
        answer.await.expect("it is up")
    }

    /// Waits until it answers; `false` when it ended instead.
    async fn answers(&mut self) -> bool {
        loop {
            if self.process.try_wait().expect("it is our child").is_some() {
                return false;
            }
            if self.ping().await.is_ok_and(|answer| answer == *b"+PONG") {
                return true;
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    async fn ping(&self) -> std::io::Result<[u8; 5]> {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).await?;
        stream.write_all(b"PING\r\n").await?;
        let mut answer = [0; 5];
        stream.read_exact(&mut answer).await?;
        Ok(answer)
    }
}

impl Drop for Redis {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
        let _ = std::fs::remove_dir_all(&self.directory);
    }
}

fn run(port: u16, directory: &PathBuf) -> Child {
    let mut command = Command::new("redis-server");
    command.args(["--bind", "127.0.0.1", "--port", &port.to_string()]);
    command.args(["--save", "", "--daemonize", "no"]);
    command.args(["--appendonly", "yes", "--appendfsync", "always"]);
    command.args(["--maxmemory-policy", "noeviction"]);
    command
        .current_dir(directory)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    let started = command.spawn();
    started.unwrap_or_else(|error| {
        panic!("redis-server does not start (scripts/install installs it): {error}")
    })
}
