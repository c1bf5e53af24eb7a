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

use proptest::{
    strategy::{Strategy as _, ValueTree as _},
    test_runner::{Config, RngAlgorithm, TestRng, TestRunner},
};

use crate::{plan::Plan, run::Failure, script::Script};

#[test]
fn sessions_keep_their_promises() {
    let first = number("OIDC_LOGIN_MODEL_SEED", 0);
    let runs = number("OIDC_LOGIN_MODEL_RUNS", 8000);
    for seed in first..first + runs {
        let (script, result) = run::run(&plan(seed), seed % 4 == 3);
        if let Err(failure) = result {
            report(seed, script, failure);
        }
    }
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
