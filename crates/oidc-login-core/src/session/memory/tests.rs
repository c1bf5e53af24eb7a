#![allow(clippy::unwrap_used)]

mod watches;

use std::collections::HashMap;

use bytes::Bytes;
use serde_json::Value;
use time::OffsetDateTime;
use tower_sessions_core::{
    SessionStore,
    session::{Id, Record},
};

use super::{
    super::{
        EndBy, Expected, Loaded, LoginIndex, LoginStore, Put, SessionSecrets, Version, seal::Keys,
    },
    *,
};
use crate::{
    protocol::{LoginStart, State},
    seams::{SystemRandom, fresh_bytes},
};

#[cfg(feature = "test")]
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn logins_keep_the_contract() {
    super::super::contract::check_login_store(async |clock| MemoryStore::with_clock(clock)).await;
}

#[cfg(feature = "test")]
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn values_keep_the_contract() {
    super::super::contract::check_session_store(async |clock| MemoryStore::with_clock(clock)).await;
}

fn index(sub: &str) -> LoginIndex {
    let secrets = SessionSecrets::from_bytes([[1; 32]]).unwrap();
    let logged_in_at = OffsetDateTime::now_utc();
    LoginIndex {
        sid: vec![],
        subject: Keys::new(&secrets).subject_keys("issuer", "client", sub),
        logged_in_at,
        ends_at: logged_in_at + time::Duration::HOUR,
        about: Bytes::new(),
        renews: None,
    }
}

async fn put(store: &MemoryStore, key: &SessionKey, index: &LoginIndex) -> Put {
    let expected = Expected::New(index);
    let put = store.put_if(key, Bytes::new(), index.ends_at, expected);
    put.await.unwrap()
}

fn key(number: u16) -> SessionKey {
    let mut key = [7; 32];
    key[..2].copy_from_slice(&number.to_be_bytes());
    SessionKey::from_bytes(key)
}

/// A store so small that every map of it has one shard.
fn small() -> MemoryStore {
    MemoryStore::builder().max_sessions(1).build()
}

/// What anybody can fill it with who has an account, or none.
async fn flood(store: &MemoryStore) {
    for number in 1_000..1_200 {
        let mallory = index(&format!("mallory {number}"));
        put(store, &key(number), &mallory).await;
        if number % 2 == 0 {
            LoginStore::end(store, &key(number)).await.unwrap();
        }
        let mut record = Record {
            id: Id(i128::from(number)),
            data: HashMap::new(),
            expiry_date: OffsetDateTime::now_utc() + time::Duration::HOUR,
        };
        SessionStore::create(store, &mut record).await.unwrap();
        let start = LoginStart::at(store.0.clock.now());
        let state = State::new(fresh_bytes(&SystemRandom), start, |_| [0; 16]);
        let until = store.0.clock.now() + time::Duration::HOUR;
        store.claim(&state.hash(), until).await.unwrap();
    }
}

#[tokio::test]
async fn a_login_that_goes_before_its_time_is_ended_and_leaves_the_index() {
    let store = small();
    put(&store, &key(1), &index("alice")).await;
    put(&store, &key(2), &index("bob")).await;
    let load = async |number| LoginStore::load(&store, &key(number), None).await.unwrap();
    assert_eq!(load(1).await, Loaded::Gone);
    assert_ne!(load(2).await, Loaded::Gone);
    assert_eq!((store.logins(), store.0.index.len()), (1, 1));
    LoginStore::end(&store, &key(2)).await.unwrap();
    assert_eq!(
        (store.logins(), store.0.index.len(), store.bytes()),
        (0, 0, 0)
    );
}

#[tokio::test]
async fn a_save_that_came_too_late_leaves_nothing_in_the_index() {
    let store = MemoryStore::new();
    put(&store, &key(1), &index("alice")).await;
    assert_eq!(put(&store, &key(1), &index("alice")).await, Put::Stale);
    assert_eq!(store.0.index.len(), 1, "it is alice's first one's");
    assert_eq!(put(&store, &key(1), &index("bob")).await, Put::Stale);
    assert_eq!(store.0.index.len(), 1, "bob has none");
}

/// A logout that is known must not be forgotten because others sign in: the login it meant could
/// still be saved.
#[tokio::test]
async fn a_flood_of_logins_pushes_out_no_mark_of_a_logout() {
    let store = MemoryStore::builder().max_sessions(150).build();
    let (alice, bob) = (index("alice"), index("bob"));
    let logout = EndBy::Subject {
        keys: &alice.subject,
        logged_in_until: alice.logged_in_at,
    };
    store.end_by(logout).await.unwrap();
    put(&store, &key(2), &bob).await;
    LoginStore::end(&store, &key(2)).await.unwrap();
    for number in 1_000..3_000 {
        put(&store, &key(number), &index(&format!("mallory {number}"))).await;
    }
    assert!(store.logins() <= 192, "{}", store.logins());
    assert_eq!(put(&store, &key(1), &alice).await, Put::Gone);
    assert_eq!(put(&store, &key(2), &bob).await, Put::Gone);
}

#[tokio::test]
async fn nothing_grows_beyond_its_bounds() {
    let store = small();
    flood(&store).await;
    let maps = [
        store.0.logins.len(),
        store.0.ended.len(),
        store.0.index.len(),
        store.0.claims.len(),
        store.0.values.len(),
    ];
    assert!(maps.iter().all(|entries| *entries <= 1), "{maps:?}");
}

#[tokio::test]
async fn what_is_larger_than_its_share_is_refused_and_pushes_out_nothing() {
    let store = MemoryStore::builder().max_bytes(2 << 20).build();
    let (alice, bob) = (index("alice"), index("bob"));
    let Put::Stored(version) = put(&store, &key(1), &alice).await else {
        panic!("there is room");
    };
    let large = Bytes::from(vec![0; 1 << 20]);
    let expected = Expected::New(&bob);
    let (first, second) = (key(1), key(2));
    let refused = store.put_if(&second, large.clone(), bob.ends_at, expected);
    assert!(refused.await.is_err());
    let expected = Expected::At(version);
    let refused = store.put_if(&first, large, alice.ends_at, expected);
    assert!(refused.await.is_err());
    let loaded = LoginStore::load(&store, &key(1), Some(version))
        .await
        .unwrap();
    assert!(matches!(loaded, Loaded::Unchanged { .. }), "{loaded:?}");
    assert_eq!(store.0.index.len(), 1);

    let mut record = Record {
        id: Id(1),
        data: HashMap::new(),
        expiry_date: alice.ends_at,
    };
    SessionStore::create(&store, &mut record).await.unwrap();
    let large = ["x".repeat(600_000), "y".repeat(600_000)].map(Value::from);
    record
        .data
        .insert("large".to_owned(), large.to_vec().into());
    assert!(SessionStore::save(&store, &record).await.is_err());
    let kept = SessionStore::load(&store, &record.id).await.unwrap();
    assert!(kept.unwrap().data.is_empty());
    assert!(SessionStore::create(&store, &mut record).await.is_err());
}

/// The two steps of a save, with its logout in between.
#[tokio::test]
async fn a_logout_between_index_and_record_wins() {
    let (store, alice) = (MemoryStore::new(), index("alice"));
    let (key, now) = (SessionKey::from_bytes([1; 32]), store.now());
    let [index_key] = alice.keys().collect::<Vec<_>>()[..] else {
        panic!("one secret, no sid");
    };
    store.add_to_index(index_key, key, &alice, now);
    let (keys, logged_in_until) = (&alice.subject[..], alice.logged_in_at);
    let logout = EndBy::Subject {
        keys,
        logged_in_until,
    };
    assert_eq!(store.end_by(logout).await.unwrap(), [key]);
    let mut second_step = alice;
    second_step.subject.clear();
    assert_eq!(put(&store, &key, &second_step).await, Put::Gone);
}

#[tokio::test]
async fn a_login_that_expired_leaves_nothing_to_who_comes_under_its_key() {
    let store = MemoryStore::new();
    let (alice, bob, key) = (index("alice"), index("bob"), key(1));
    let put = async |index: &LoginIndex, deadline| {
        let put = store.put_if(&key, Bytes::new(), deadline, Expected::New(index));
        put.await.unwrap()
    };
    let over = OffsetDateTime::now_utc() - time::Duration::MINUTE;
    put(&alice, over).await;
    assert!(matches!(put(&bob, bob.ends_at).await, Put::Stored(_)));
    assert_eq!(store.0.index.len(), 1, "bob's");
    assert_eq!(store.of(&bob.subject).await.unwrap().len(), 1);
}
