#![allow(clippy::unwrap_used)]

use bytes::Bytes;

use super::*;
use crate::{
    config::StoreEntries,
    seams::SystemRandom,
    session::{Expected, LoginIndex, LoginRecord, MemoryStore, Put, record_seal::tests::seal_of},
};

const MINUTE: Duration = Duration::from_secs(60);

fn login(claims: &str, now: OffsetDateTime) -> Login {
    Login::new(LoginRecord {
        claims: claims.into(),
        logged_in_at: now.unix_timestamp(),
        ends_at: now.unix_timestamp() + 28_800,
        ..LoginRecord::sample()
    })
}

fn index(now: OffsetDateTime) -> LoginIndex {
    LoginIndex {
        sid: vec![],
        subject: vec![],
        logged_in_at: now,
        ends_at: now + time::Duration::DAY,
        about: Bytes::new(),
        renews: None,
    }
}

#[test]
fn both_clocks_must_say_that_it_was_lately() {
    let moment = Instant::now();
    let asked = Asked {
        at: 1_000,
        moment,
        ends_idle_at: 4_600,
    };
    let seconds = Duration::from_secs;
    for (name, clock, passed, is_enough) in [
        ("at once", 0, 0, true),
        ("just before", 59, 59, true),
        ("after", 60, 60, false),
        ("the clock was set back", 1, 60, false),
        ("before it was asked", -1, 1, false),
        ("the clock jumped ahead", 60, 1, false),
    ] {
        let found = asked.is_enough(MINUTE, 1_000 + clock, moment + seconds(passed));
        assert_eq!(found, is_enough, "{name}");
    }
    assert!(
        !asked.is_enough(MINUTE * 120, 4_600, moment),
        "idle for too long"
    );
}

#[tokio::test]
async fn what_changed_elsewhere_is_seen_after_the_time_and_by_who_asks() {
    let (store, now) = (MemoryStore::new(), OffsetDateTime::now_utc());
    let (id, end) = (SessionId::fresh(&SystemRandom), now + time::Duration::HOUR);
    let records = LoginRecords::new(seal_of("app", &[1]), StoreEntries::Plain);
    let key = id.key();
    let new = Expected::New(&index(now));
    let record = login("{}", now).to_bytes();
    let Put::Stored(version) = store.put_if(&key, record, end, new).await.unwrap() else {
        panic!("a new login");
    };
    let decoded = DecodedLogins::new(MINUTE, 1 << 20);
    let claims = async |now| {
        let loaded = decoded.load(&store, &records, &id, now).await.unwrap();
        loaded.map(|loaded| loaded.login.claims_json().to_owned())
    };
    assert_eq!(claims(now).await.as_deref(), Some("{}"));
    let record = login(r#"{"a":1}"#, now).to_bytes();
    let expected = Expected::At(version);
    store.put_if(&key, record, end, expected).await.unwrap();
    assert_eq!(claims(now).await.as_deref(), Some("{}"));
    let later = now + MINUTE;
    assert_eq!(claims(later).await.as_deref(), Some(r#"{"a":1}"#));
    store.end(&key).await.unwrap();
    assert!(claims(later).await.is_some());
    assert!(
        decoded
            .ask(&store, &records, &id, later)
            .await
            .unwrap()
            .is_none()
    );
    assert!(claims(later).await.is_none(), "who asked told the others");
}

#[tokio::test]
async fn a_store_that_is_watched_is_not_asked_again_and_what_it_says_counts_at_once() {
    let (store, now) = (MemoryStore::new(), OffsetDateTime::now_utc());
    let (id, end) = (SessionId::fresh(&SystemRandom), now + time::Duration::HOUR);
    let records = LoginRecords::new(seal_of("app", &[1]), StoreEntries::Plain);
    let key = id.key();
    let new = Expected::New(&index(now));
    let saved = Arc::new(login("{}", now));
    let put = store.put_if(&key, saved.to_bytes(), end, new).await;
    let Put::Stored(version) = put.unwrap() else {
        panic!("a new login");
    };
    let decoded = DecodedLogins::new(Duration::ZERO, 1 << 20);
    let known = |now: OffsetDateTime| decoded.load_now(key, now.unix_timestamp());
    let load = async || decoded.load(&store, &records, &id, now).await.unwrap();

    decoded.put(key, version, saved, now);
    assert!(known(now).is_none(), "its logout may be here first");
    assert!(load().await.is_some());
    assert_eq!(known(now).unwrap().ends_idle_at, end.unix_timestamp());
    assert!(known(end).is_none(), "past its deadline");

    let later = end + time::Duration::MINUTE;
    store.touch(&key, later).await.unwrap();
    assert_eq!(known(end).unwrap().ends_idle_at, later.unix_timestamp());

    let changed = login(r#"{"a":1}"#, now).to_bytes();
    let changed = store.put_if(&key, changed, end, Expected::At(version));
    changed.await.unwrap();
    assert!(known(now).is_none(), "an old version");
    let claims = load().await.unwrap().login.claims_json().to_owned();
    assert_eq!(claims, r#"{"a":1}"#);
    assert!(known(now).is_some());

    store.end(&key).await.unwrap();
    assert!(known(now).is_none(), "ended");
    assert!(load().await.is_none());
}

#[test]
fn what_is_decoded_is_bounded_in_bytes() {
    let (decoded, now) = (
        DecodedLogins::new(MINUTE, 1 << 20),
        OffsetDateTime::now_utc(),
    );
    let claims = format!(r#"{{"a":"{}"}}"#, "x".repeat(10_000));
    for number in 0..=255 {
        let login = Arc::new(login(&claims, now));
        assert!(login.heap_bytes() > 50_000);
        decoded.put(SessionKey::from_bytes([number; 32]), Version(1), login, now);
        assert!(decoded.entries.bytes() <= 1 << 20);
    }
    assert!(decoded.entries.len() >= 15);
}
