//! Sessions held against a reference model.

mod browse;
mod executor;
mod guarantee;
mod node;
mod plan;
mod run;
mod script;
mod seen;
mod signing;
mod stepping;
mod trace;
mod truth;

use proptest::{
    strategy::{Strategy as _, ValueTree as _},
    test_runner::{Config, RngAlgorithm, TestRng, TestRunner},
};

use crate::{plan::Plan, run::Failure, script::Script};

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

#[test]
fn sessions_keep_their_promises() {
    let first = number("OIDC_LOGIN_MODEL_SEED", 0);
    let runs = number("OIDC_LOGIN_MODEL_RUNS", 1000);
    for seed in first..first + runs {
        let (script, result) = run::run(&plan(seed), seed % 4 == 3);
        if let Err(failure) = result {
            report(seed, &script, failure);
        }
    }
}

fn report(seed: u64, script: &Script, failure: Failure) -> ! {
    println!("{} (seed {seed}), shrinking", failure.broken);
    let script = script.clone().shrink();
    let failure = script.failure().unwrap_or(failure);
    let trace = failure.trace.join("\n  ");
    panic!(
        "{}\nOIDC_LOGIN_MODEL_SEED={seed} OIDC_LOGIN_MODEL_RUNS=1 runs it again. In short:\n{script}\n  {trace}",
        failure.broken
    );
}
