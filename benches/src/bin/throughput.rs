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

use benches::Variant;

use arguments::{Arguments, Mode};
use report::Report;
use server::Served;

type Failure = Box<dyn Error + Send + Sync>;

fn main() -> ExitCode {
    let done = Arguments::parse(std::env::args().skip(1)).and_then(|mode| match mode {
        Mode::Serve(variant) => server::serve(variant),
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
    let served = Variant::ALL.into_iter().map(Served::start);
    let mut served = served.collect::<Result<Vec<_>, Failure>>()?;
    let mut report = Report::new();
    // One round more than is counted, to warm up.
    for round in 0..=arguments.rounds {
        for server in &mut served {
            let before = server.cpu_time()?;
            let load = load::drive(server, arguments.connections, arguments.bound);
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
    println!("{report}");
    Ok(())
}
