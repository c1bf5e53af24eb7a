//! The command line.

use crate::Failure;

const USAGE: &str = "\
login_cpu [--rounds ROUNDS] [--logins LOGINS] [--smoke]

--rounds ROUNDS  how often both are timed; 60 unless told otherwise
--logins LOGINS  how many logins are timed together; 20 unless told otherwise
--smoke          one round of one login: only whether it works";

/// How much is timed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Arguments {
    pub(crate) rounds: usize,
    pub(crate) logins: usize,
}

impl Arguments {
    pub(crate) fn parse(mut texts: impl Iterator<Item = String>) -> Result<Self, Failure> {
        let mut arguments = Self {
            rounds: 60,
            logins: 20,
        };
        while let Some(name) = texts.next() {
            let mut value = || texts.next().ok_or(USAGE);
            match name.as_str() {
                "--rounds" => arguments.rounds = value()?.parse()?,
                "--logins" => arguments.logins = value()?.parse()?,
                "--smoke" => {
                    arguments = Self {
                        rounds: 1,
                        logins: 1,
                    }
                }
                _ => return Err(USAGE.into()),
            }
        }
        Ok(arguments)
    }
}
