//! Sessions held against a reference model.

mod browse;
mod executor;
mod guarantee;
mod node;
mod plan;
mod run;
mod seen;
mod stepping;
mod trace;
mod truth;

use proptest::strategy::Strategy as _;
use proptest::test_runner::{Config, RngAlgorithm, TestCaseError, TestError, TestRng, TestRunner};

use crate::plan::Plan;

fn number(name: &str, default: u64) -> u64 {
    std::env::var(name).map_or(default, |text| {
        text.parse()
            .unwrap_or_else(|_| panic!("{name} is a number, not {text}"))
    })
}

fn runner(seed: u64) -> TestRunner {
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&seed.to_le_bytes());
    let config = Config {
        failure_persistence: None,
        max_shrink_iters: 4000,
        ..Config::default()
    };
    TestRunner::new_with_rng(config, TestRng::from_seed(RngAlgorithm::ChaCha, &bytes))
}

#[test]
fn sessions_keep_their_promises() {
    let first = number("OIDC_LOGIN_MODEL_SEED", 0);
    let runs = number("OIDC_LOGIN_MODEL_RUNS", 1000);
    for seed in first..first + runs {
        let mut runner = runner(seed);
        let plan = plan::plans().new_tree(&mut runner).expect("a plan");
        let test = |plan: Plan| {
            run::run(&plan, seed % 4 == 3).map_err(|f| TestCaseError::fail(f.broken.to_string()))
        };
        match runner.run_one(plan, test) {
            Ok(_) => {}
            Err(TestError::Fail(reason, plan)) => {
                let failure = run::run(&plan, seed % 4 == 3);
                let trace = failure.map_err(|f| f.trace.join("\n  ")).err();
                panic!(
                    "{reason}\nseed {seed}, OIDC_LOGIN_MODEL_SEED={seed} OIDC_LOGIN_MODEL_RUNS=1 runs it again:\n{plan}\n  {}",
                    trace.unwrap_or_default()
                );
            }
            Err(TestError::Abort(reason)) => panic!("seed {seed}: {reason}"),
        }
    }
}
