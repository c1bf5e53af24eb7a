//! A variant of the app, served by a process of its own.

use std::{
    io::{BufRead as _, BufReader, Write as _},
    net::{Ipv4Addr, SocketAddr},
    process::{Child, ChildStdin, ChildStdout, Command, Stdio},
    time::Duration,
};

use benches::{OneClient, Variant, World};
use oidc_login_dev_provider::SigningKeys;
use tokio::net::TcpListener;

use crate::Failure;

/// A child process that serves a variant. It ends with this value.
pub(crate) struct Served {
    pub(crate) variant: Variant,
    pub(crate) address: SocketAddr,
    pub(crate) cookie: Option<String>,
    child: Child,
    questions: ChildStdin,
    answers: BufReader<ChildStdout>,
}

impl Served {
    pub(crate) fn start(variant: Variant, redis: Option<&str>) -> Result<Self, Failure> {
        let mut child = Command::new(std::env::current_exe()?)
            .args(["--serve", variant.id()])
            .args(redis)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let questions = child.stdin.take().ok_or("no way to the server")?;
        let answers = child.stdout.take().ok_or("no way from the server")?;
        let mut answers = BufReader::new(answers);
        let mut first = String::new();
        answers.read_line(&mut first)?;
        let (address, cookie) = first
            .trim_end_matches('\n')
            .split_once(' ')
            .ok_or("no server")?;
        Ok(Self {
            variant,
            address: address.parse()?,
            cookie: (!cookie.is_empty()).then(|| cookie.to_owned()),
            child,
            questions,
            answers,
        })
    }

    /// The processor time of the server so far, where the system tells it.
    pub(crate) fn cpu_time(&mut self) -> Result<Option<Duration>, Failure> {
        writeln!(self.questions)?;
        let mut answer = String::new();
        self.answers.read_line(&mut answer)?;
        Ok(answer.trim_end().parse().ok().map(Duration::from_nanos))
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ended = self.child.kill();
        let _status = self.child.wait();
    }
}

/// Serves a variant in the one thread of this process, until the parent goes away.
///
/// The first line says where, and with which cookie. Every line that comes in is answered with the
/// processor time so far, in nanoseconds.
pub(crate) fn serve(variant: Variant, redis: Option<String>) -> Result<(), Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    std::thread::spawn(answer_questions);
    runtime.block_on(async {
        let keys = SigningKeys::generate()?;
        let world = match redis.filter(|_| variant == Variant::Redis) {
            Some(url) => World::with_redis(OneClient::Rs256, keys, url),
            None => World::new(OneClient::Rs256, keys),
        };
        let (app, cookie) = variant.app(&world).await;
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let address = listener.local_addr()?;
        println!("{address} {}", cookie.unwrap_or_default());
        axum::serve(listener, app).await?;
        Ok(())
    })
}

fn answer_questions() {
    for _question in std::io::stdin().lines() {
        println!("{}", cpu_nanoseconds().unwrap_or_default());
    }
    std::process::exit(0);
}

/// What the main thread, which serves, has used: Linux counts it in nanoseconds.
fn cpu_nanoseconds() -> Option<String> {
    let pid = std::process::id();
    let statistics = std::fs::read_to_string(format!("/proc/{pid}/schedstat")).ok()?;
    statistics.split(' ').next().map(str::to_owned)
}
