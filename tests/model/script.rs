//! A run written out: which operation begins when, and whose turn it is at every step.

use std::fmt;

use crate::{
    plan::{Change, LogIn, SecondAnswer, Setting, Steps, What},
    run::{Failure, play},
};

/// Runs that the search for a shorter one may take.
const TRIES: usize = 4000;

/// A run written out.
#[derive(Clone, Debug)]
pub(crate) struct Script {
    pub(crate) setting: Setting,
    /// Each with its number, which stays when others go.
    pub(crate) operations: Vec<(usize, What)>,
    /// In the end, whoever is still there goes on, the oldest first.
    pub(crate) order: Vec<Turn>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Turn {
    /// The operation of this number begins.
    Begin(usize),
    /// The task of this name takes a step; nothing where it cannot.
    Of(String),
    /// The task of this name goes on until it cannot.
    AllOf(String),
}

impl Script {
    fn without(&self, number: usize) -> Self {
        let mut script = self.clone();
        script.operations.retain(|(other, _)| *other != number);
        script.order.retain(|turn| turn.operation() != number);
        script
    }

    /// The operation does all it can as soon as it begins.
    fn at_once(&self, number: usize) -> Self {
        let mut script = self.clone();
        script
            .order
            .retain(|turn| matches!(turn, Turn::Begin(_)) || turn.operation() != number);
        let begins = script
            .order
            .iter()
            .position(|turn| *turn == Turn::Begin(number));
        if let Some(begins) = begins {
            let all = ["", "+", "b", "b+", ""].map(|task| Turn::AllOf(format!("{number}{task}")));
            let all = std::iter::once(Turn::Begin(number)).chain(all);
            script.order.splice(begins..=begins, all);
        }
        script
    }

    fn without_turns(&self, turns: std::ops::Range<usize>) -> Option<Self> {
        let mut script = self.clone();
        let gone: Vec<_> = script.order.drain(turns).collect();
        let is_begin = |turn: &Turn| matches!(turn, Turn::Begin(_));
        (!gone.iter().any(is_begin)).then_some(script)
    }

    fn simpler(&self) -> Vec<Self> {
        let with = |at: usize, what: What| {
            let mut script = self.clone();
            script.operations[at].1 = what;
            script
        };
        let operations = self.operations.iter().enumerate();
        operations
            .flat_map(|(at, (_, what))| what.simpler().into_iter().map(move |what| with(at, what)))
            .collect()
    }

    /// A shorter script that fails too.
    pub(crate) fn shrink(mut self) -> Self {
        let mut tries = 0;
        loop {
            let numbers = self.operations.iter().map(|(number, _)| *number).rev();
            let fewer = numbers.clone().map(|number| self.without(number));
            let calmer = numbers.map(|number| self.at_once(number));
            let calmer = calmer.filter(|script| script.order.len() < self.order.len());
            let mut shorter: Vec<_> = fewer.chain(calmer).chain(self.simpler()).collect();
            let mut size = self.order.len() / 2;
            while size > 0 {
                let starts = (0..=self.order.len() - size).step_by(size);
                shorter.extend(starts.filter_map(|start| self.without_turns(start..start + size)));
                size /= 2;
            }
            let better = shorter.into_iter().find(|script| {
                tries += 1;
                tries < TRIES && play(script).is_err()
            });
            match better {
                Some(better) => self = better,
                None => return self,
            }
        }
    }

    /// What went wrong, once more.
    pub(crate) fn failure(&self) -> Option<Failure> {
        play(self).err()
    }
}

/// Runs a script that keeps every promise.
pub(crate) fn play_or_panic(script: &Script) {
    if let Err(Failure { broken, trace }) = play(script) {
        panic!("{broken}\n{script}\n  {}", trace.join("\n  "));
    }
}

impl Turn {
    fn operation(&self) -> usize {
        match self {
            Self::Begin(number) => *number,
            Self::Of(task) | Self::AllOf(task) => {
                let digits = task.trim_end_matches(|letter: char| !letter.is_ascii_digit());
                digits.parse().expect("the number of an operation")
            }
        }
    }
}

impl What {
    fn simpler(&self) -> Vec<Self> {
        let mut simpler = Vec::new();
        match self {
            Self::Login(login) => simpler.extend([
                Self::Login(LogIn {
                    second_answer: SecondAnswer::No,
                    ..*login
                }),
                Self::Login(LogIn {
                    begins_at: login.answered_at,
                    ..*login
                }),
            ]),
            Self::Page {
                browser,
                node,
                stale,
                steps,
            } => {
                let with = |stale, steps| Self::Page {
                    browser: *browser,
                    node: *node,
                    stale,
                    steps,
                };
                if stale.is_some() {
                    simpler.push(with(None, *steps));
                }
                simpler.extend(steps.simpler().into_iter().map(|steps| with(*stale, steps)));
            }
            _ => {}
        }
        simpler.retain(|what| what != self);
        simpler
    }
}

impl Steps {
    fn simpler(self) -> Vec<Self> {
        let mut simpler = vec![
            Self {
                change: Change::No,
                ..self
            },
            Self {
                writes: None,
                ..self
            },
            Self {
                saves: false,
                ..self
            },
            Self {
                fails: false,
                ..self
            },
            Self {
                looks: true,
                ..self
            },
        ];
        simpler.retain(|steps| *steps != self);
        simpler
    }
}

impl fmt::Display for Script {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (number, what) in &self.operations {
            writeln!(f, "  {number}: {what:?}")?;
        }
        f.write_str("  order:")?;
        let mut turns = self.order.iter().peekable();
        while let Some(turn) = turns.next() {
            let mut times = 1;
            while turns.next_if_eq(&turn).is_some() {
                times += 1;
            }
            match turn {
                Turn::Begin(number) => write!(f, " {number}!")?,
                Turn::Of(task) => write!(f, " {task}*{times}")?,
                Turn::AllOf(task) => write!(f, " {task}*")?,
            }
        }
        if self.setting.has_open_values {
            f.write_str("\n  with a store of values that saves whatever it is told to")?;
        }
        if self.setting.keeps_refresh_tokens {
            f.write_str("\n  with a provider that keeps refresh tokens")?;
        }
        Ok(())
    }
}
