//! The command line.

use std::path::PathBuf;

use crate::Failure;

const USAGE: &str = "\
instructions [--only TEXT] [--check FILE] [--write FILE]

Counts instructions with valgrind, which must be installed.

--only TEXT   only the scenarios whose name holds this text
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
}

impl Arguments {
    pub(crate) fn parse(mut texts: impl Iterator<Item = String>) -> Result<Mode, Failure> {
        let mut arguments = Self::default();
        while let Some(name) = texts.next() {
            let mut value = || texts.next().ok_or(USAGE);
            match name.as_str() {
                "--only" => arguments.only = value()?,
                "--check" => arguments.check = Some(value()?.into()),
                "--write" => arguments.write = Some(value()?.into()),
                "--run" => return Ok(Mode::Run(value()?)),
                // What `cargo bench` adds.
                "--bench" => (),
                _ => return Err(USAGE.into()),
            }
        }
        Ok(Mode::Count(arguments))
    }
}
