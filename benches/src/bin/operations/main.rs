//! Counts the instructions of one request and of the parts of a login, or times them.
//!
//! To count, it runs itself once more under `valgrind`, which writes a file of counts each time a
//! marked section ends, and reads those files.

mod arguments;
mod bounds;
mod callgrind;
mod login;
mod logout_token;
mod parts;
mod refresh;
mod report;
mod requests;
mod scenario;
mod timing;

use std::{error::Error, process::ExitCode};

use arguments::{Arguments, Mode};
use report::Report;

type Failure = Box<dyn Error + Send + Sync>;

fn main() -> ExitCode {
    let done = Arguments::parse(std::env::args().skip(1)).and_then(|mode| match mode {
        Mode::Run(only) => scenario::run(&only),
        Mode::Time { rounds, only } => timing::time(rounds, &only),
        Mode::Count(arguments) => count(&arguments),
    });
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn count(arguments: &Arguments) -> Result<(), Failure> {
    let report = Report::new(callgrind::count(&arguments.only)?);
    println!("{report}");
    if let Some(path) = &arguments.write {
        bounds::write(path, &report)?;
    }
    match &arguments.check {
        Some(path) => bounds::check(path, &report),
        None => Ok(()),
    }
}
