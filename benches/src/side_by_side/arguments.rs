//! The command line.

use std::{num::NonZeroUsize, path::PathBuf, time::Duration};

use super::Failure;

const USAGE: &str = "\
[--rounds N] [--seconds S] [--connections N,N,..] [--workers N] [--redis] [--plot FILE]
--smoke [--redis]
--count

Serves each app in a process of its own and drives them in turn.

--rounds N       rounds that count, 7 by default; one more comes first, to warm up
--seconds S      how long each app is driven in each round, 1 by default
--connections N  connections, kept alive, 32 by default; of several numbers, one table for each
--workers N      threads of each server, by tokio's runtime for several; without it, by that for one
--redis          also what keeps its sessions in a Redis, which is started; needs redis-server
--plot FILE      writes the shares of the no-op layer's throughput as SVG
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
#[derive(Clone, Debug)]
pub(super) struct Arguments {
    pub(super) rounds: u32,
    pub(super) bound: Bound,
    pub(super) connections: Vec<usize>,
    /// Threads of each server; without, one, by the runtime that has no others.
    pub(super) workers: Option<NonZeroUsize>,
    pub(super) redis: bool,
    pub(super) plot: Option<PathBuf>,
}

/// What a child of the process that measures serves.
#[derive(Clone, Debug)]
pub(super) struct Serving {
    /// The app.
    pub(super) id: String,
    /// The address of a Redis.
    pub(super) redis: Option<String>,
    pub(super) workers: Option<NonZeroUsize>,
}

/// What this process is for.
#[derive(Clone, Debug)]
pub(super) enum Mode {
    /// Measure.
    Measure(Arguments),
    /// Count instructions.
    Count,
    /// Serve an app, as a child of the process that measures.
    Serve(Serving),
}

impl Arguments {
    pub(super) fn parse(mut texts: impl Iterator<Item = String>) -> Result<Mode, Failure> {
        let mut arguments = Self {
            rounds: 7,
            bound: Bound::Time(Duration::from_secs(1)),
            connections: vec![32],
            workers: None,
            redis: false,
            plot: None,
        };
        while let Some(name) = texts.next() {
            let mut value = || texts.next().ok_or(USAGE);
            match name.as_str() {
                "--rounds" => arguments.rounds = value()?.parse()?,
                "--seconds" => {
                    let seconds = Duration::try_from_secs_f64(value()?.parse()?)?;
                    arguments.bound = Bound::Time(seconds);
                }
                "--connections" => {
                    let numbers = value()?;
                    let numbers = numbers.split(',').map(str::parse);
                    arguments.connections = numbers.collect::<Result<_, _>>()?;
                }
                "--workers" => arguments.workers = Some(value()?.parse()?),
                "--redis" => arguments.redis = true,
                "--plot" => arguments.plot = Some(value()?.into()),
                "--smoke" => {
                    arguments.rounds = 1;
                    arguments.bound = Bound::Requests(300);
                    arguments.connections = vec![4];
                }
                "--count" => return Ok(Mode::Count),
                "--serve" => {
                    return Ok(Mode::Serve(Serving {
                        id: value()?,
                        redis: texts.next(),
                        workers: arguments.workers,
                    }));
                }
                // What `cargo bench` adds.
                "--bench" => (),
                _ => return Err(USAGE.into()),
            }
        }
        if arguments.rounds == 0 || arguments.connections.contains(&0) {
            return Err(USAGE.into());
        }
        Ok(Mode::Measure(arguments))
    }
}
