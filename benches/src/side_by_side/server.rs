//! An app, served by a process of its own.

use std::{
    io::{BufRead as _, BufReader, Write as _},
    net::{Ipv4Addr, SocketAddr},
    num::NonZeroUsize,
    process::{Child, ChildStdin, ChildStdout, Command, Stdio},
    time::Duration,
};

use tokio::{net::TcpListener, runtime::Builder};

use super::{App, Failure, arguments::Serving};

/// A child process that serves an app. It ends with this value.
pub(super) struct Served<A> {
    pub(super) app: A,
    pub(super) address: SocketAddr,
    pub(super) cookie: Option<String>,
    child: Child,
    questions: ChildStdin,
    answers: BufReader<ChildStdout>,
}

impl<A: App> Served<A> {
    pub(super) fn start(
        app: A,
        redis: Option<&str>,
        workers: Option<NonZeroUsize>,
    ) -> Result<Self, Failure> {
        Self::start_under(app, redis, workers, &[])
    }

    /// Starts it as what this command line runs.
    pub(super) fn start_under(
        app: A,
        redis: Option<&str>,
        workers: Option<NonZeroUsize>,
        command: &[String],
    ) -> Result<Self, Failure> {
        let own = std::env::current_exe()?;
        let mut line = command.iter().map(AsRef::as_ref).chain([own.as_os_str()]);
        let workers = workers.map(|workers| workers.to_string());
        let workers = workers.iter().flat_map(|number| ["--workers", number]);
        let mut child = Command::new(line.next().ok_or("a program")?)
            .args(line)
            .args(workers)
            .args(["--serve", app.id()])
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
            .ok_or_else(|| format!("{} does not start", app.name()))?;
        Ok(Self {
            app,
            address: address.parse()?,
            cookie: (!cookie.is_empty()).then(|| cookie.to_owned()),
            child,
            questions,
            answers,
        })
    }

    /// The process.
    pub(super) fn id(&self) -> u32 {
        self.child.id()
    }

    /// The processor time of the server so far, where the system tells it.
    pub(super) fn cpu_time(&mut self) -> Result<Option<Duration>, Failure> {
        writeln!(self.questions)?;
        let mut answer = String::new();
        self.answers.read_line(&mut answer)?;
        Ok(answer.trim_end().parse().ok().map(Duration::from_nanos))
    }
}

impl<A> Drop for Served<A> {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ended = self.child.kill();
        let _status = self.child.wait();
    }
}

/// Serves an app, in one thread unless it was said otherwise, until the parent goes away.
///
/// The first line says where, and with which cookies. Every line that comes in is answered with the
/// processor time so far, in nanoseconds.
pub(super) fn serve<A: App>(app: A, serving: Serving) -> Result<(), Failure> {
    let mut runtime = match serving.workers {
        None => Builder::new_current_thread(),
        Some(_) => Builder::new_multi_thread(),
    };
    if let Some(workers) = serving.workers {
        runtime.worker_threads(workers.get());
    }
    let runtime = runtime.enable_all().build()?;
    std::thread::spawn(answer_questions);
    runtime.block_on(async move {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let address = listener.local_addr()?;
        let (app, cookie) = app.app(address, serving.redis).await?;
        println!("{address} {}", cookie.unwrap_or_default());
        axum::serve(listener, app).await?;
        Ok(())
    })
}

fn answer_questions() {
    for _question in std::io::stdin().lines() {
        let nanoseconds = cpu_nanoseconds();
        println!(
            "{}",
            nanoseconds.map_or_else(String::new, |n| n.to_string())
        );
    }
    std::process::exit(0);
}

/// What all threads of this process have used, where the system tells it: Linux does.
fn cpu_nanoseconds() -> Option<u64> {
    let threads = std::fs::read_dir("/proc/self/task").ok()?;
    let of_each = threads.map(|thread| {
        let statistics = std::fs::read_to_string(thread.ok()?.path().join("schedstat")).ok()?;
        statistics.split(' ').next()?.parse::<u64>().ok()
    });
    of_each.sum()
}
