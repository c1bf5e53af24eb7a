//! The command line.

use std::time::Duration;

use super::Failure;

const USAGE: &str = "\
[--rounds N] [--seconds S] [--connections N]
--smoke
--count

Serves each app in a process of its own and drives them in turn.

--rounds N       rounds that count, 7 by default; one more comes first, to warm up
--seconds S      how long each app is driven in each round, 1 by default
--connections N  connections, kept alive, 32 by default
--smoke          a few hundred requests to each, for their answers only
--count          instructions instead of times; needs valgrind";

/// When the load on one app ends.
#[derive(Clone, Copy, Debug)]
pub(super) enum Bound {
    /// After this time.
    Time(Duration),
    /// After so many requests.
    Requests(u64),
}

/// How to measure.
#[derive(Clone, Copy, Debug)]
pub(super) struct Arguments {
    pub(super) rounds: u32,
    pub(super) bound: Bound,
    pub(super) connections: usize,
}

/// What this process is for.
#[derive(Clone, Debug)]
pub(super) enum Mode {
    /// Measure.
    Measure(Arguments),
    /// Count instructions.
    Count,
    /// Serve this app, as a child of the process that measures.
    Serve(String),
}

impl Arguments {
    pub(super) fn parse(mut texts: impl Iterator<Item = String>) -> Result<Mode, Failure> {
        let mut arguments = Self {
            rounds: 7,
            bound: Bound::Time(Duration::from_secs(1)),
            connections: 32,
        };
        while let Some(name) = texts.next() {
            let mut value = || texts.next().ok_or(USAGE);
            match name.as_str() {
                "--rounds" => arguments.rounds = value()?.parse()?,
                "--seconds" => {
                    let seconds = Duration::try_from_secs_f64(value()?.parse()?)?;
                    arguments.bound = Bound::Time(seconds);
                }
                "--connections" => arguments.connections = value()?.parse()?,
                "--smoke" => {
                    arguments.rounds = 1;
                    arguments.bound = Bound::Requests(300);
                    arguments.connections = 4;
                }
                "--count" => return Ok(Mode::Count),
                "--serve" => return Ok(Mode::Serve(value()?)),
                // What `cargo bench` adds.
                "--bench" => (),
                _ => return Err(USAGE.into()),
            }
        }
        if arguments.rounds == 0 || arguments.connections == 0 {
            return Err(USAGE.into());
        }
        Ok(Mode::Measure(arguments))
    }
}
