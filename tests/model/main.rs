//! Sessions held against a reference model: two nodes over one store, browsers with several tabs, two users.
//!
//! Every run is a deterministic simulation on one thread. Requests are tasks that stop before each call of a store or the
//! provider; who goes on is drawn from a seed, and so is what happens: logins, answered at either node and twice, pages that
//! write, renew and flush, sign-outs, logouts by the provider, time, tabs that are closed, nodes that die and start again.
//! Every answer is held against what must be so; [`guarantee::Guarantee`] lists that by name.
//!
//! A run that fails is written out, shortened as long as it fails, and printed with its seed:
//!
//! | Variable | Default | |
//! |---|---|---|
//! | `OIDC_LOGIN_MODEL_SEED` | 0 | the first seed |
//! | `OIDC_LOGIN_MODEL_RUNS` | 8000 | how many seeds from there on |

mod browse;
mod executor;
mod guarantee;
mod known;
mod node;
mod plan;
mod run;
mod script;
mod seen;
mod signing;
mod stepping;
mod timer;
mod trace;
mod truth;

use std::{
    num::NonZero,
    panic::resume_unwind,
    sync::atomic::{AtomicU64, Ordering},
    thread,
};

use proptest::{
    strategy::{Strategy as _, ValueTree as _},
    test_runner::{Config, RngAlgorithm, TestRng, TestRunner},
};

use crate::{
    plan::{Plan, Setting},
    run::Failure,
    script::Script,
};

#[test]
fn sessions_keep_their_promises() {
    let first = number("OIDC_LOGIN_MODEL_SEED", 0);
    let runs = number("OIDC_LOGIN_MODEL_RUNS", 8000);
    let (next, end) = (AtomicU64::new(first), first + runs);
    let search = || -> Option<u64> {
        loop {
            let seed = next.fetch_add(1, Ordering::Relaxed);
            if seed >= end {
                return None;
            }
            if run_seed(seed).1.is_err() {
                // Nobody begins another one.
                next.store(end, Ordering::Relaxed);
                return Some(seed);
            }
        }
    };
    // Each run has a thread for itself.
    let failed = thread::scope(|scope| {
        let threads = thread::available_parallelism().map_or(1, NonZero::get);
        let searches: Vec<_> = (0..threads).map(|_| scope.spawn(search)).collect();
        let ends = searches.into_iter().map(thread::ScopedJoinHandle::join);
        ends.filter_map(|end| end.unwrap_or_else(|panic| resume_unwind(panic)))
            .min()
    });
    if let Some(seed) = failed
        && let (script, Err(failure)) = run_seed(seed)
    {
        report(seed, script, failure);
    }
}

fn run_seed(seed: u64) -> (Script, Result<(), Failure>) {
    let setting = Setting {
        has_open_values: seed % 4 == 3,
        keeps_refresh_tokens: seed / 4 % 4 == 3,
    };
    run::run(&plan(seed), setting)
}

fn number(name: &str, default: u64) -> u64 {
    std::env::var(name).map_or(default, |text| {
        text.parse()
            .unwrap_or_else(|_| panic!("{name} is a number, not {text}"))
    })
}

/// The plan that a seed stands for.
fn plan(seed: u64) -> Plan {
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&seed.to_le_bytes());
    let random = TestRng::from_seed(RngAlgorithm::ChaCha, &bytes);
    let mut runner = TestRunner::new_with_rng(Config::default(), random);
    let tree = plan::plans().new_tree(&mut runner);
    tree.expect("a strategy without filters").current()
}

fn report(seed: u64, script: Script, failure: Failure) -> ! {
    println!("seed {seed}: {}", failure.broken);
    let script = script.shrink();
    let Failure { broken, trace } = script.failure().unwrap_or(failure);
    let trace = trace.join("\n  ");
    panic!(
        "{broken}\nOIDC_LOGIN_MODEL_SEED={seed} OIDC_LOGIN_MODEL_RUNS=1 runs it again; in short:\n{script}\n  {trace}"
    );
}
