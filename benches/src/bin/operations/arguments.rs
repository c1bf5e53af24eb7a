//! The command line.

use std::path::PathBuf;

use crate::Failure;

const USAGE: &str = "\
operations [--only TEXT] [--check FILE] [--write FILE]
operations [--only TEXT] --time ROUNDS

Counts instructions with valgrind, which must be installed, or measures the time, in turn in rounds.

--only TEXT   only the scenarios whose name holds this text; their floors must be among them
--time ROUNDS measures the time
--check FILE  fails when a figure exceeds its bound in this file
--write FILE  writes bounds of what was counted and 15 % more";

/// What to do with the counts.
#[derive(Clone, Debug, Default)]
pub(crate) struct Arguments {
    pub(crate) only: String,
    pub(crate) check: Option<PathBuf>,
    pub(crate) write: Option<PathBuf>,
}

/// What this process is for.
#[derive(Clone, Debug)]
pub(crate) enum Mode {
    /// Run another one under valgrind and read its counts.
    Count(Arguments),
    /// Be the one under valgrind.
    Run(String),
    /// Measure the time.
    Time { rounds: u32, only: String },
}

impl Arguments {
    pub(crate) fn parse(mut texts: impl Iterator<Item = String>) -> Result<Mode, Failure> {
        let mut arguments = Self::default();
        let mut rounds = None;
        while let Some(name) = texts.next() {
            let mut value = || texts.next().ok_or(USAGE);
            match name.as_str() {
                "--only" => arguments.only = value()?,
                "--check" => arguments.check = Some(value()?.into()),
                "--write" => arguments.write = Some(value()?.into()),
                "--time" => rounds = Some(value()?.parse()?),
                "--run" => return Ok(Mode::Run(value()?)),
                // What `cargo bench` adds.
                "--bench" => (),
                _ => return Err(USAGE.into()),
            }
        }
        Ok(match rounds {
            Some(rounds) => Mode::Time {
                rounds,
                only: arguments.only,
            },
            None => Mode::Count(arguments),
        })
    }
}
