//! What a node leaves behind that dies between two scripts, made by hand.

#![allow(clippy::unwrap_used, unreachable_pub)]

mod support;

use bytes::Bytes;
use oidc_login_core::session::{EndBy, Expected, Loaded, LoginStore, Put, SubjectKey};
use oidc_login_redis_store::RedisStore;
use support::{Server, name, put_new, record, session_key};
use time::{Duration, OffsetDateTime};
use tower_sessions_core::{SessionStore, session::Record};

const ALICE: [u8; 32] = [1; 32];

fn alice() -> Vec<SubjectKey> {
    vec![SubjectKey::from_bytes(ALICE)]
}

async fn log_alice_out(store: &RedisStore) {
    let (keys, logged_in_until) = (&alice()[..], OffsetDateTime::now_utc());
    let logout = EndBy::Subject {
        keys,
        logged_in_until,
    };
    store.end_by(logout).await.unwrap();
}

#[tokio::test]
#[ignore = "needs redis-server: ./test installs it"]
async fn a_logout_that_only_left_its_mark_is_finished_by_the_same_again() {
    let server = Server::start(&[]).await;
    let store = RedisStore::new(server.url()).unwrap();
    let (one, two) = (session_key(), session_key());
    for key in [&one, &two] {
        let put = put_new(&store, key, alice(), b"record").await.unwrap();
        assert!(matches!(put, Put::Stored(_)), "{put:?}");
    }
    let now = OffsetDateTime::now_utc().unix_timestamp();
    let (until, kept_until) = (now.to_string(), ((now + 3600) * 1000).to_string());
    let index = name("of", &ALICE);
    let () = server
        .ask(&["HSET", &index, "u", &until, "k", &kept_until])
        .await;
    let late = put_new(&store, &session_key(), alice(), b"late").await;
    assert_eq!(late.unwrap(), Put::Gone, "the mark is the store's own");
    assert!(record(&store, &one).await.is_some());
    log_alice_out(&store).await;
    assert_eq!(record(&store, &one).await, None);
    assert_eq!(record(&store, &two).await, None);
}

#[tokio::test]
#[ignore = "needs redis-server: ./test installs it"]
async fn a_login_that_is_only_in_the_index_is_nobodys_and_its_logout_still_wins() {
    let server = Server::start(&[]).await;
    let store = RedisStore::new(server.url()).unwrap();
    let key = session_key();
    put_new(&store, &key, alice(), b"record").await.unwrap();
    let () = server.ask(&["DEL", &name("login", key.as_bytes())]).await;
    assert_eq!(store.of(&alice()).await.unwrap(), []);
    log_alice_out(&store).await;
    let put = put_new(&store, &key, vec![], b"the save that was under way").await;
    assert_eq!(put.unwrap(), Put::Gone);
}

/// An index entry that stayed behind when its login ended does no harm, and goes with the logout.
#[tokio::test]
#[ignore = "needs redis-server: ./test installs it"]
async fn an_ended_login_that_is_still_in_the_index_is_not_listed() {
    let server = Server::start(&[]).await;
    let store = RedisStore::new(server.url()).unwrap();
    let key = session_key();
    put_new(&store, &key, alice(), b"record").await.unwrap();
    let index = name("of", &ALICE);
    let entries: Vec<Bytes> = server.ask(&["HGETALL", &index]).await;
    assert!(store.end(&key).await.unwrap().is_some());
    let left: u64 = server.ask(&["HLEN", &index]).await;
    assert_eq!(left, 0, "the end cleans up after itself");
    let client = redis::Client::open(server.url()).unwrap();
    let mut connection = client.get_multiplexed_async_connection().await.unwrap();
    let mut back = redis::cmd("HSET");
    back.arg(&index).arg(&entries[0][..]).arg(&entries[1][..]);
    let () = back.query_async(&mut connection).await.unwrap();
    assert_eq!(store.of(&alice()).await.unwrap(), []);
    log_alice_out(&store).await;
    let Loaded::Gone = LoginStore::load(&store, &key, None).await.unwrap() else {
        panic!("it stays ended");
    };
}

#[tokio::test]
#[ignore = "needs redis-server: ./test installs it"]
async fn the_servers_expiry_follows_the_deadline() {
    let server = Server::start(&[]).await;
    let store = RedisStore::new(server.url()).unwrap();
    let (key, now) = (session_key(), OffsetDateTime::now_utc());
    let left = async |name: &str| {
        let milliseconds: i64 = server.ask(&["PTTL", name]).await;
        (milliseconds + 59_999) / 60_000
    };
    let Put::Stored(version) = put_new(&store, &key, alice(), b"record").await.unwrap() else {
        panic!("a new login is stored");
    };
    let login = name("login", key.as_bytes());
    assert_eq!(left(&login).await, 60);
    assert_eq!(left(&name("of", &ALICE)).await, 60);
    store.touch(&key, now + Duration::hours(2)).await.unwrap();
    assert_eq!(left(&login).await, 120);
    let deadline = now + Duration::hours(3);
    let put = store
        .put_if(&key, Bytes::new(), deadline, Expected::At(version))
        .await;
    assert!(matches!(put, Ok(Put::Stored(_))), "{put:?}");
    assert_eq!(left(&login).await, 180);
    store.end(&key).await.unwrap();
    assert_eq!(left(&login).await, 60, "its end is remembered");

    let mut values = Record {
        id: tower_sessions_core::session::Id(1),
        data: std::collections::HashMap::new(),
        expiry_date: deadline,
    };
    store.create(&mut values).await.unwrap();
    let name = name("values", &1_i128.to_be_bytes());
    assert_eq!(left(&name).await, 180);
    values.expiry_date = now + Duration::hours(4);
    store.save(&values).await.unwrap();
    assert_eq!(left(&name).await, 240);
}
