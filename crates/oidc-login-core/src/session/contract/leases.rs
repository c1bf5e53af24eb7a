//! One holder, who may be dead or late.

use std::time::Duration;

use super::{
    bench::{Bench, User, at_once, session_key},
    cases,
};
use crate::session::{Expected, Lease, Leased, Put, SessionKey};

const TTL: Duration = Duration::from_secs(30);

cases!(Bench:
    of_parallel_callers_one_holds_the_lease,
    a_lease_is_for_one_login,
    a_released_lease_is_free,
    a_dead_holder_is_survived,
    a_late_holder_can_neither_write_nor_release,
    a_late_holder_whom_nobody_followed_may_write,
    a_lease_needs_the_version_too,
    a_lease_goes_with_its_login,
);

impl Bench {
    async fn lease(&self, key: &SessionKey) -> Leased {
        let lease = self.store.lease(key, TTL).await;
        lease.expect("the store answers")
    }

    async fn held(&self, key: &SessionKey) -> Lease {
        match self.lease(key).await {
            Leased::Held(lease) => lease,
            other => panic!("free: {other:?}"),
        }
    }

    async fn release(&self, key: &SessionKey, lease: Lease) {
        let released = self.store.release(key, lease).await;
        released.expect("the store answers");
    }
}

async fn of_parallel_callers_one_holds_the_lease(bench: Bench) {
    let key = bench.sign_in(&User::new()).await;
    let leases = at_once(64, |_| {
        let bench = bench.clone();
        async move { bench.lease(&key).await }
    })
    .await;
    let held = leases
        .iter()
        .filter(|lease| matches!(lease, Leased::Held(_)));
    assert_eq!(held.count(), 1, "{leases:?}");
    let busy = leases.iter().filter(|lease| **lease == Leased::Busy);
    assert_eq!(busy.count(), 63);
}

async fn a_lease_is_for_one_login(bench: Bench) {
    let user = User::new();
    let (one, other) = (bench.sign_in(&user).await, bench.sign_in(&user).await);
    let (one_lease, other_lease) = (bench.held(&one).await, bench.held(&other).await);
    bench.release(&one, other_lease).await;
    if one_lease != other_lease {
        assert_eq!(bench.lease(&one).await, Leased::Busy);
    }
    assert!(bench.is_alive(&one).await && bench.is_alive(&other).await);
}

async fn a_released_lease_is_free(bench: Bench) {
    let key = bench.sign_in(&User::new()).await;
    let first = bench.held(&key).await;
    bench.release(&key, first).await;
    let second = bench.held(&key).await;
    assert_ne!(first, second);
    bench.release(&key, first).await;
    assert_eq!(bench.lease(&key).await, Leased::Busy, "released once only");
}

async fn a_dead_holder_is_survived(bench: Bench) {
    let key = bench.sign_in(&User::new()).await;
    bench.held(&key).await;
    bench.clock.advance(time::Duration::seconds(29));
    assert_eq!(bench.lease(&key).await, Leased::Busy);
    bench.clock.advance(time::Duration::SECOND);
    bench.held(&key).await;
}

async fn a_late_holder_can_neither_write_nor_release(bench: Bench) {
    let key = bench.sign_in(&User::new()).await;
    let version = bench.version(&key).await;
    let late = bench.held(&key).await;
    bench.clock.advance(time::Duration::seconds(30));
    let present = bench.held(&key).await;
    let put = bench
        .put(&key, b"late", Expected::Held(version, late))
        .await;
    assert_eq!(put, Put::Stale);
    assert_eq!(bench.version(&key).await, version);
    bench.release(&key, late).await;
    assert_eq!(bench.lease(&key).await, Leased::Busy);
    let put = bench
        .put(&key, b"present", Expected::Held(version, present))
        .await;
    assert!(matches!(put, Put::Stored(_)), "{put:?}");
}

/// What it fetched is the only refresh token that is still good.
async fn a_late_holder_whom_nobody_followed_may_write(bench: Bench) {
    let key = bench.sign_in(&User::new()).await;
    let version = bench.version(&key).await;
    let lease = bench.held(&key).await;
    bench.clock.advance(time::Duration::seconds(60));
    let put = bench
        .put(&key, b"late", Expected::Held(version, lease))
        .await;
    assert!(matches!(put, Put::Stored(_)), "{put:?}");
}

async fn a_lease_needs_the_version_too(bench: Bench) {
    let key = bench.sign_in(&User::new()).await;
    let version = bench.version(&key).await;
    let lease = bench.held(&key).await;
    let put = bench.put(&key, b"without", Expected::At(version)).await;
    let Put::Stored(newer) = put else {
        panic!("a lease binds those who ask for it: {put:?}");
    };
    let put = bench
        .put(&key, b"held", Expected::Held(version, lease))
        .await;
    assert_eq!(put, Put::Stale);
    let put = bench.put(&key, b"held", Expected::Held(newer, lease)).await;
    assert!(matches!(put, Put::Stored(_)), "{put:?}");
    assert_eq!(
        bench.lease(&key).await,
        Leased::Busy,
        "a write releases nothing"
    );
}

async fn a_lease_goes_with_its_login(bench: Bench) {
    let key = bench.sign_in(&User::new()).await;
    let version = bench.version(&key).await;
    let lease = bench.held(&key).await;
    bench.end(&key).await;
    let put = bench
        .put(&key, b"late", Expected::Held(version, lease))
        .await;
    assert_eq!(put, Put::Gone);
    bench.release(&key, lease).await;
    assert_eq!(bench.lease(&key).await, Leased::Gone);
    bench.release(&session_key(), lease).await;
}
