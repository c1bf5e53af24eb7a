//! A redis-server of our own: on a free port, in a directory of its own, gone with the test.

#![allow(dead_code)] // each test program uses its part

use std::{
    net::TcpListener,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

use bytes::Bytes;
use oidc_login_core::{
    seams::{Clock, Random as _, SystemRandom},
    session::{Expected, Loaded, LoginIndex, LoginStore, Put, SessionKey, StoreError, SubjectKey},
};
use oidc_login_redis_store::RedisStore;
use time::OffsetDateTime;

pub struct Server {
    child: Child,
    port: u16,
    directory: PathBuf,
    options: Vec<String>,
}

impl Server {
    /// Starts one with these options besides the usual ones.
    pub async fn start(options: &[&str]) -> Self {
        Self::start_with(options, |_| ()).await
    }

    /// The same, in a directory that was prepared.
    pub async fn start_with(options: &[&str], prepare: impl FnOnce(&Path)) -> Self {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let name = format!(
            "oidc-login-redis-{}-{}",
            std::process::id(),
            NUMBER.fetch_add(1, Ordering::Relaxed)
        );
        let directory = std::env::temp_dir().join(name);
        std::fs::create_dir_all(&directory).expect("the temporary directory can be written");
        prepare(&directory);
        let options: Vec<_> = options.iter().map(|&option| option.to_owned()).collect();
        loop {
            let port = free_port();
            let child = run(port, &directory, &options);
            let mut server = Self {
                child,
                port,
                directory: directory.clone(),
                options: options.clone(),
            };
            // Somebody else may have taken the port in between.
            if server.is_up().await {
                return server;
            }
        }
    }

    /// Whether it accepts connections; `false` when it has ended.
    async fn is_up(&mut self) -> bool {
        loop {
            if self.child.try_wait().expect("it is our child").is_some() {
                return false;
            }
            if tokio::net::TcpStream::connect(("127.0.0.1", self.port))
                .await
                .is_ok()
            {
                return true;
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    /// `kill -9`.
    pub fn kill(&mut self) {
        self.child.kill().expect("it is our child");
        self.child.wait().expect("it is our child");
    }

    /// Starts it again, on the same port with the same files.
    pub async fn restart(&mut self) {
        loop {
            self.child = run(self.port, &self.directory, &self.options);
            if self.is_up().await {
                return;
            }
        }
    }

    /// Keeps its port and answers nothing, or goes on.
    pub fn signal(&self, name: &str) {
        let id = self.child.id().to_string();
        let status = Command::new("kill").args([name, &id]).status();
        assert!(status.expect("kill is there").success());
    }

    /// A store in it, with this clock.
    pub fn store(&self, clock: Arc<dyn Clock>) -> RedisStore {
        let store = RedisStore::builder(self.url()).clock(clock);
        store.build().unwrap()
    }

    pub fn url(&self) -> String {
        format!("redis://127.0.0.1:{}", self.port)
    }

    pub fn port(&self) -> u16 {
        self.port
    }

    pub fn directory(&self) -> &Path {
        &self.directory
    }

    /// One command, for what tests look up behind the store's back.
    pub async fn ask<T: redis::FromRedisValue>(&self, command: &[&str]) -> T {
        let client = redis::Client::open(self.url()).expect("the address is one");
        let connection = client.get_multiplexed_async_connection().await;
        let mut cmd = redis::cmd(command[0]);
        cmd.arg(&command[1..]);
        let answer = cmd.query_async(&mut connection.expect("it is up")).await;
        answer.expect("it answers")
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        let _ = std::fs::remove_dir_all(&self.directory);
    }
}

fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    listener.local_addr().expect("it is bound").port()
}

fn run(port: u16, directory: &Path, options: &[String]) -> Child {
    let is_tls = options.iter().any(|option| option == "--tls-port");
    let mut command = Command::new("redis-server");
    command.args(["--bind", "127.0.0.1", "--save", "", "--daemonize", "no"]);
    if is_tls {
        command.args(["--port", "0"]);
    } else {
        command.args(["--port", &port.to_string()]);
    }
    let port = port.to_string();
    command.args(
        options
            .iter()
            .map(|option| if option == "PORT" { &port } else { option }),
    );
    command
        .current_dir(directory)
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    command.spawn().expect("redis-server is installed")
}

/// `server.pem` and `server.key`, for localhost.
pub fn make_certificate(directory: &Path) {
    let mut openssl = Command::new("openssl");
    openssl.args([
        "req",
        "-x509",
        "-newkey",
        "rsa:2048",
        "-nodes",
        "-subj",
        "/CN=localhost",
    ]);
    openssl.args(["-addext", "subjectAltName=DNS:localhost"]);
    openssl.args(["-addext", "basicConstraints=critical,CA:FALSE"]);
    openssl.args(["-keyout", "server.key", "-out", "server.pem"]);
    let made = openssl
        .current_dir(directory)
        .output()
        .expect("openssl is installed");
    assert!(
        made.status.success(),
        "{}",
        String::from_utf8_lossy(&made.stderr)
    );
}

pub fn session_key() -> SessionKey {
    let mut key = [0; 32];
    SystemRandom.fill(&mut key);
    SessionKey::from_bytes(key)
}

/// A login that no logout looks for.
pub async fn sign_in(store: &RedisStore, record: &[u8]) -> Option<SessionKey> {
    let key = session_key();
    let put = put_new(store, &key, vec![], record).await;
    matches!(put, Ok(Put::Stored(_))).then_some(key)
}

/// A login of this user, with an hour to live.
pub async fn put_new(
    store: &RedisStore,
    key: &SessionKey,
    subject: Vec<SubjectKey>,
    record: &[u8],
) -> Result<Put, StoreError> {
    let now = OffsetDateTime::now_utc();
    let index = LoginIndex::new(vec![], subject, now, now + time::Duration::HOUR);
    let record = Bytes::copy_from_slice(record);
    let expected = Expected::New(&index);
    store.put_if(key, record, index.ends_at, expected).await
}

/// How the store names a key.
pub fn name(kind: &str, bytes: &[u8]) -> String {
    let hex = bytes.iter().map(|byte| format!("{byte:02x}"));
    format!("oidc-login:{kind}:{}", hex.collect::<Vec<_>>().concat())
}

pub async fn record(store: &RedisStore, key: &SessionKey) -> Option<Bytes> {
    match LoginStore::load(store, key, None).await {
        Ok(Loaded::Changed { record, .. }) => Some(record),
        _ => None,
    }
}

/// Calls until the store works again; the server is up already.
pub async fn until_up(store: &RedisStore) {
    while store.ping().await.is_err() {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

/// Everything an error says, its causes included.
pub fn text_of(error: &dyn std::error::Error) -> String {
    let mut text = format!("{error} {error:?}");
    let mut cause = error.source();
    while let Some(error) = cause {
        text = format!("{text} | {error} {error:?}");
        cause = error.source();
    }
    text
}
