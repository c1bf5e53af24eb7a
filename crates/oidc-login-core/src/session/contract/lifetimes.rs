//! When logins and claims end by themselves.

use bytes::Bytes;
use time::Duration;

use super::{
    bench::{Bench, IDLE, User, fail, session_key, state_hash},
    cases,
};
use crate::session::{Claim, Expected, Loaded, Put, SessionKey};

cases!(Bench:
    an_idle_login_ends_at_its_deadline,
    touch_moves_the_deadline_both_ways,
    touch_revives_nothing,
    a_change_keeps_its_own_deadline,
    a_claim_is_forgotten_when_it_expires,
);

async fn an_idle_login_ends_at_its_deadline(bench: Bench) {
    let key = bench.sign_in(&User::new()).await;
    let version = bench.version(&key).await;
    bench.clock.advance(IDLE - Duration::SECOND);
    assert!(bench.is_alive(&key).await);
    bench.clock.advance(Duration::SECOND);
    assert_eq!(bench.load(&key).await, Loaded::Gone);
    let load = bench.store.load(&key, Some(version)).await;
    assert_eq!(load.unwrap_or_else(fail), Loaded::Gone, "a known version");
    let put = bench.put(&key, b"late", Expected::At(version)).await;
    assert_eq!(put, Put::Gone);
    assert!(!bench.end(&key).await);
}

async fn touch_moves_the_deadline_both_ways(bench: Bench) {
    let key = bench.sign_in(&User::new()).await;
    let version = bench.version(&key).await;
    for (name, after) in [("later", IDLE * 2), ("earlier", IDLE)] {
        let deadline = bench.now() + after;
        bench.store.touch(&key, deadline).await.unwrap_or_else(fail);
        let load = bench.store.load(&key, Some(version)).await;
        assert_eq!(
            load.unwrap_or_else(fail),
            Loaded::Unchanged { deadline },
            "{name}"
        );
    }
    let later = bench.now() + IDLE * 2;
    bench.store.touch(&key, later).await.unwrap_or_else(fail);
    bench.clock.advance(IDLE * 2 - Duration::SECOND);
    assert!(bench.is_alive(&key).await);
    bench.clock.advance(Duration::SECOND);
    assert!(!bench.is_alive(&key).await);
}

async fn touch_revives_nothing(bench: Bench) {
    let touch = async |key: SessionKey| {
        let deadline = bench.now() + IDLE * 4;
        bench.store.touch(&key, deadline).await.unwrap_or_else(fail);
        assert_eq!(bench.load(&key).await, Loaded::Gone);
    };
    touch(session_key()).await;
    let ended = bench.sign_in(&User::new()).await;
    bench.end(&ended).await;
    touch(ended).await;
    let expired = bench.sign_in(&User::new()).await;
    bench.clock.advance(IDLE);
    touch(expired).await;
}

async fn a_change_keeps_its_own_deadline(bench: Bench) {
    let key = bench.sign_in(&User::new()).await;
    let version = bench.version(&key).await;
    let deadline = bench.now() + IDLE * 3;
    let put = bench
        .store
        .put_if(&key, Bytes::new(), deadline, Expected::At(version));
    assert!(matches!(put.await, Ok(Put::Stored(_))));
    bench.clock.advance(IDLE * 3 - Duration::SECOND);
    assert!(bench.is_alive(&key).await);
    bench.clock.advance(Duration::SECOND);
    assert!(!bench.is_alive(&key).await);
}

async fn a_claim_is_forgotten_when_it_expires(bench: Bench) {
    let state = state_hash();
    let claim = async || {
        let until = bench.now() + Duration::minutes(10);
        bench.store.claim(&state, until).await.unwrap_or_else(fail)
    };
    assert_eq!(claim().await, Claim::First);
    bench
        .clock
        .advance(Duration::minutes(10) - Duration::SECOND);
    assert_eq!(claim().await, Claim::Again);
    bench.clock.advance(Duration::SECOND);
    assert_eq!(claim().await, Claim::First);
}
