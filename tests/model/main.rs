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
//! | `OIDC_LOGIN_MODEL_RUNS` | 8000 | how many seeds from there on, on all cores |
//!
//! # What it was seen to find
//!
//! Each of these was broken in the library, and the promise turned red after so many runs, as plans were drawn then, or, where
//! it says so, in an order of [`known`]. Two parts joined by "and" are two defences: either alone keeps the promise, so both were broken.
//!
//! | Broken | Promise | Found |
//! |---|---|---|
//! | a logout's mark does not refuse a login that is saved later | `EndedStaysEnded` | 55 |
//! | a sign-out ends no login in the store | `NewIdAtLogin` | 1 |
//! | a sign-out does not look for what followed the id | `EndedStaysEnded`, `NewIdAtLogin` | `known` |
//! | the store does not know what followed an id | `NewIdAtLogin` | 192 |
//! | an answer with a new id goes out though another node ended it | `CookieByItsOwn` | 7,139 |
//! | a sign-out always takes the cookie away | `CookieByItsOwn` | 14 |
//! | a sign-out leaves the values | `NothingLeft` | 1 |
//! | values that are made anew are not held against the login again | `NothingLeft` | 745, `known` |
//! | what a late request writes is saved, and what it makes anew is kept | `NothingLeft` | `known` |
//! | late requests are not noticed in the process, and late answers neither | `CookieByItsOwn` | 3,942 |
//! | the end of a session is put down as of when a slow login began | `CookieByItsOwn` | 2,392, `known` |
//! | another user is taken for the same one | `NobodyElses` | 1 |
//! | values are bound to no owner | `ValuesKept` | 8 |
//! | a visitor's values do not come along | `ValuesKept` | 27 |
//! | a server error saves values | `CookieByItsOwn` | 1 |
//! | an idle login lives on | `ExpiresInTime` | 23 |
//! | a login has no absolute end: in its record, and in the store's deadline | `ExpiresInTime` | 41 |
//! | a login in use is not kept alive | `NoLoginLost` | 1,001 |
//! | a `state` is not claimed | `NoError` | 9 |
//! | the lease holds nobody back | `NoLoginLost` | 117 |
//! | new tokens are not saved | `NoLoginLost` | 3 |
//! | who lost the lease may save, and from any version | `RefreshedTokenKept` | `known` |
//!
//! What no browser can see, because something else catches it every time, is tested where it is:
//!
//! | Broken | What catches it | Where it is seen |
//! |---|---|---|
//! | two refreshes of one process ask at once | the lease | `flow/refresh_flights.rs`; `flows/refresh.rs`, `a_hundred_who_wait_ask_for_one_lease` |
//! | the memory's, Redis', or the adapter's `end` leaves no mark | ids are never used twice | the contract, `an_ended_login_stays_ended`, at each of them |
//! | an `end` does not give back what was stored last, the flow not what came back | the provider alone could see it | the contract, `an_end_gives_back_what_was_stored_last`; `flows/revocation_races.rs` |

mod browse;
mod draw;
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
    let tree = draw::plans().new_tree(&mut runner);
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
