//! The command line.

use std::{path::PathBuf, time::Duration};

use benches::Variant;

use crate::Failure;

const USAGE: &str = "\
throughput [--rounds N] [--seconds S] [--connections N,N,..] [--redis] [--plot FILE]
throughput --smoke [--redis]

Serves each variant of the app in a process of its own and drives them in turn.

--rounds N       rounds that count, 7 by default; one more comes first, to warm up
--seconds S      how long each variant is driven in each round, 1 by default
--connections N  connections, kept alive, 32 by default; of several numbers, one table for each
--redis          also with the sessions in a Redis that is started for it; needs redis-server
--plot FILE      writes the shares of the no-op layer's throughput as SVG
--smoke          a few hundred requests to each, for their answers only";

/// When the load on one variant ends.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Bound {
    /// After this time.
    Time(Duration),
    /// After so many requests.
    Requests(u64),
}

/// How to measure.
#[derive(Clone, Debug)]
pub(crate) struct Arguments {
    pub(crate) rounds: u32,
    pub(crate) bound: Bound,
    pub(crate) connections: Vec<usize>,
    pub(crate) redis: bool,
    pub(crate) plot: Option<PathBuf>,
}

/// What this process is for.
#[derive(Clone, Debug)]
pub(crate) enum Mode {
    /// Measure.
    Measure(Arguments),
    /// Serve a variant, as a child of the process that measures; with the Redis at this address.
    Serve(Variant, Option<String>),
}

impl Arguments {
    pub(crate) fn parse(mut texts: impl Iterator<Item = String>) -> Result<Mode, Failure> {
        let mut arguments = Self {
            rounds: 7,
            bound: Bound::Time(Duration::from_secs(1)),
            connections: vec![32],
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
                "--redis" => arguments.redis = true,
                "--plot" => arguments.plot = Some(value()?.into()),
                "--smoke" => {
                    arguments.rounds = 1;
                    arguments.bound = Bound::Requests(300);
                    arguments.connections = vec![4];
                }
                "--serve" => {
                    let id = value()?;
                    let known = Variant::ALL.into_iter().chain([Variant::Redis]);
                    let variant = known.into_iter().find(|known| known.id() == id);
                    return Ok(Mode::Serve(variant.ok_or(USAGE)?, texts.next()));
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

    /// What is measured.
    pub(crate) fn variants(&self) -> impl Iterator<Item = Variant> + use<> {
        let redis = self.redis.then_some(Variant::Redis);
        Variant::ALL.into_iter().chain(redis)
    }
}
