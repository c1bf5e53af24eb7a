//! What every store has to hold, as tests to run against your own.
//!
//! The cases force their orders with barriers and with a clock that the store is given; none
//! sleeps, and none depends on another. Run them on a runtime with several threads, so that
//! parallel callers are parallel:
//!
//! ```
//! use oidc_login_core::session::{MemoryStore, contract};
//!
//! # #[allow(clippy::test_attr_in_doctest)]
//! #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
//! async fn my_store_keeps_the_contract() {
//!     contract::check_login_store(async |clock| MemoryStore::with_clock(clock)).await;
//!     contract::check_session_store(async |clock| MemoryStore::with_clock(clock)).await;
//! }
//! ```
//!
//! A store that takes the time from its server in production is given the clock here. Keys are
//! random: one database serves all cases at once.

mod bench;
mod leases;
mod lifetimes;
mod logins;
mod logouts;
mod renewals;
mod values;

use std::{future::Future, pin::Pin, sync::Arc};

use tower_sessions_core::SessionStore;

use self::bench::{Bench, HandClock, ValuesBench};
use super::login_store::LoginStore;
use crate::seams::Clock;

type Running = Pin<Box<dyn Future<Output = ()> + Send>>;
type Case<B> = (&'static str, fn(B) -> Running);

/// Names the cases by their functions.
macro_rules! cases {
    ($bench:ty: $($name:ident),* $(,)?) => {
        pub(super) const CASES: &[super::Case<$bench>] =
            &[$((stringify!($name), |bench| Box::pin($name(bench)))),*];
    };
}
use cases;

/// Checks every guarantee of a [`LoginStore`].
///
/// `make` gives a store that goes by the clock it is given; it is called once for every case.
///
/// # Panics
/// When a case fails; the message names all that did.
pub async fn check_login_store<S: LoginStore>(make: impl AsyncFn(Arc<dyn Clock>) -> S) {
    let mut failed = Vec::new();
    for (name, case) in [
        logins::CASES,
        lifetimes::CASES,
        logouts::CASES,
        leases::CASES,
        renewals::CASES,
    ]
    .concat()
    {
        let clock = HandClock::new();
        let store = Arc::new(make(Arc::new(clock.clone())).await);
        run(name, case(Bench { store, clock }), &mut failed).await;
    }
    assert!(failed.is_empty(), "the store fails: {failed:?}");
}

/// Checks what this library relies on in a [`SessionStore`] for the app's values, beyond what its
/// trait says: a save changes what is there, and brings nothing back.
///
/// # Panics
/// When a case fails; the message names all that did.
pub async fn check_session_store<S: SessionStore>(make: impl AsyncFn(Arc<dyn Clock>) -> S) {
    let mut failed = Vec::new();
    for (name, case) in values::CASES {
        let clock = HandClock::new();
        let store = Arc::new(make(Arc::new(clock.clone())).await);
        run(name, case(ValuesBench { store, clock }), &mut failed).await;
    }
    assert!(failed.is_empty(), "the store fails: {failed:?}");
}

async fn run(name: &'static str, case: Running, failed: &mut Vec<&'static str>) {
    if let Err(error) = tokio::spawn(case).await {
        assert!(error.is_panic(), "the runtime shuts down");
        failed.push(name);
    }
}
