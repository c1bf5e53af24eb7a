//! Serves several apps side by side and compares them.
//!
//! Each app is a process of its own, with one thread unless told otherwise, on a port of loopback. They are measured in
//! turn, round after round, so that a machine that gets slower or faster does so for all of them;
//! every ratio is one of two figures of the same round.

mod arguments;
mod count;
mod load;
mod report;
mod server;

use std::{error::Error, future::Future, net::SocketAddr, process::ExitCode};

use axum::Router;
use oidc_login_tests::redis::Redis;

use self::{
    arguments::{Arguments, Mode},
    report::Report,
    server::Served,
};
use crate::Plot;

/// Whatever went wrong; the program ends with it.
pub type Failure = Box<dyn Error + Send + Sync>;

/// One of the apps that are compared: `GET /hello` answers `hello alice`.
pub trait App: Copy + PartialEq + 'static {
    /// All that need nothing but their process, in the order of the table.
    fn all() -> Vec<Self>;

    /// Those that keep their sessions in Redis.
    fn with_redis() -> Vec<Self> {
        Vec::new()
    }

    /// The one that all others are compared with, besides their floor.
    fn compared_with() -> Option<Self> {
        None
    }

    /// Its name in tables.
    fn name(self) -> &'static str;

    /// Its name on a command line.
    fn id(self) -> &'static str;

    /// The no-op layer with the same request, to compare with.
    fn floor(self) -> Self;

    /// The app as it is served at this address, and the cookies of a browser in which alice is
    /// signed in; `redis` is the address of one, where it was asked for.
    ///
    /// # Errors
    /// When it cannot be built, or nobody can sign in.
    fn app(
        self,
        address: SocketAddr,
        redis: Option<String>,
    ) -> impl Future<Output = Result<(Router, Option<String>), Failure>>;
}

/// The whole program: measures as its arguments say, or is one of the servers.
pub fn run<A: App>() -> ExitCode {
    let done = Arguments::parse(std::env::args().skip(1)).and_then(|mode| match mode {
        Mode::Serve(serving) => server::serve(app::<A>(&serving.id)?, serving),
        Mode::Count => count::count::<A>(),
        Mode::Measure(arguments) => measure::<A>(&arguments),
    });
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn app<A: App>(id: &str) -> Result<A, Failure> {
    let all = A::all().into_iter().chain(A::with_redis());
    let known = all.into_iter().find(|known| known.id() == id);
    known.ok_or_else(|| format!("there is no app {id}").into())
}

fn measure<A: App>(arguments: &Arguments) -> Result<(), Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let redis = arguments.redis.then(|| runtime.block_on(Redis::start()));
    let url = redis.as_ref().map(Redis::url);
    let mut apps = A::all();
    if redis.is_some() {
        apps.extend(A::with_redis());
    }
    let served = apps
        .iter()
        .map(|app| Served::start(*app, url.as_deref(), arguments.workers));
    let mut served = served.collect::<Result<Vec<_>, Failure>>()?;
    let mut plot =
        Plot::new("CPU: the no-op layer's, divided by what a request takes (1 = nothing added)");
    for &connections in &arguments.connections {
        let mut report = Report::new(&apps);
        // One round more than is counted, to warm up.
        for round in 0..=arguments.rounds {
            for server in &mut served {
                let before = server.cpu_time()?;
                let load = load::drive(server, connections, arguments.bound);
                let load = runtime.block_on(load);
                let load = load.map_err(|error| format!("{}: {error}", server.app.name()))?;
                let cpu_time = server
                    .cpu_time()?
                    .zip(before)
                    .map(|(after, before)| after.saturating_sub(before));
                if round > 0 {
                    report.add(server.app, &load, cpu_time);
                }
            }
        }
        println!("{connections} connections. {report}");
        plot.heading(format!("{connections} connections"));
        report.plot(&mut plot);
    }
    if let Some(path) = &arguments.plot {
        std::fs::write(path, plot.to_string())?;
    }
    Ok(())
}
