//! Serves every variant of the app side by side and compares them.
//!
//! Each variant is a process of its own with one thread, on a port of loopback. They are measured in
//! turn, round after round, so that a machine that gets slower or faster does so for all of them;
//! every ratio is one of two figures of the same round.

mod arguments;
mod load;
mod report;
mod server;

use std::{error::Error, process::ExitCode};

use benches::Plot;
use oidc_login_tests::redis::Redis;

use arguments::{Arguments, Mode};
use report::Report;
use server::Served;

type Failure = Box<dyn Error + Send + Sync>;

fn main() -> ExitCode {
    let done = Arguments::parse(std::env::args().skip(1)).and_then(|mode| match mode {
        Mode::Serve(variant, redis) => server::serve(variant, redis),
        Mode::Measure(arguments) => measure(&arguments),
    });
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn measure(arguments: &Arguments) -> Result<(), Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let redis = arguments.redis.then(|| runtime.block_on(Redis::start()));
    let url = redis.as_ref().map(Redis::url);
    let served = arguments
        .variants()
        .map(|variant| Served::start(variant, url.as_deref()));
    let mut served = served.collect::<Result<Vec<_>, Failure>>()?;
    let mut plot =
        Plot::new("CPU: the no-op layer's, divided by what a request takes (1 = nothing added)");
    for &connections in &arguments.connections {
        let mut report = Report::new(arguments.variants());
        // One round more than is counted, to warm up.
        for round in 0..=arguments.rounds {
            for server in &mut served {
                let before = server.cpu_time()?;
                let load = load::drive(server, connections, arguments.bound);
                let load = runtime.block_on(load)?;
                let cpu_time = server
                    .cpu_time()?
                    .zip(before)
                    .map(|(after, before)| after.saturating_sub(before));
                if round > 0 {
                    report.add(server.variant, &load, cpu_time);
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
