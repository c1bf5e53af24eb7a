//! One process at its store: the whole contract, over stores of every kind.

#![allow(clippy::unwrap_used)]

use std::collections::HashSet;

use bytes::Bytes;
use time::{Duration, OffsetDateTime};
use tower_sessions_core::session::Record;

use super::{
    records::Kind,
    shelf::{Absent, Shelf, Taken},
    *,
};
use crate::{
    protocol::{LoginStart, State, StateHash},
    seams::{SystemClock, SystemRandom, TokioSpawn, fresh_bytes},
    session::{
        Claim, EndBy, Expected, Loaded, LoginIndex, LoginStore, Put, SessionKey, SidKey,
        SubjectKey, Version,
    },
};

pub(super) const RECORD: &[u8] = b"what nobody else may read";

/// One that has room for two index keys, as with one session secret.
#[derive(Clone)]
pub(super) struct User {
    pub(super) sid: SidKey,
    pub(super) subject: SubjectKey,
}

impl User {
    pub(super) fn new() -> Self {
        Self {
            sid: SidKey::from_bytes(fresh_bytes(&SystemRandom)),
            subject: SubjectKey::from_bytes(fresh_bytes(&SystemRandom)),
        }
    }

    pub(super) fn index(&self) -> LoginIndex {
        let logged_in_at = SystemClock.now();
        LoginIndex {
            sid: vec![self.sid],
            subject: vec![self.subject],
            logged_in_at,
            ends_at: logged_in_at + Duration::hours(8),
            about: Bytes::new(),
            renews: None,
        }
    }
}

pub(super) fn adapter(store: impl SessionStore) -> SessionStoreAdapter {
    SessionStoreAdapter::new(store)
}

pub(super) fn session_key() -> SessionKey {
    SessionKey::from_bytes(fresh_bytes(&SystemRandom))
}

pub(super) fn state_hash() -> StateHash {
    let (random, start) = (fresh_bytes(&SystemRandom), OffsetDateTime::UNIX_EPOCH);
    State::new(random, LoginStart::at(start), |_| [0; 16]).hash()
}

pub(super) fn deadline() -> OffsetDateTime {
    SystemClock.now() + Duration::HOUR
}

pub(super) async fn sign_in(store: &SessionStoreAdapter, key: &SessionKey, user: &User) -> Put {
    let record = Bytes::from_static(RECORD);
    let index = user.index();
    let put = store.put_if(key, record, deadline(), Expected::New(&index));
    put.await.unwrap()
}

pub(super) async fn version(store: &SessionStoreAdapter, key: &SessionKey) -> Option<Version> {
    match store.load(key, None).await.unwrap() {
        Loaded::Changed { version, .. } => Some(version),
        Loaded::Unchanged { .. } => panic!("no version was named"),
        Loaded::Gone => None,
    }
}

pub(super) async fn end_sid(store: &SessionStoreAdapter, user: &User) -> Vec<SessionKey> {
    store.end_by(EndBy::Sid(&[user.sid])).await.unwrap()
}

#[cfg(feature = "test")]
mod contract {
    use super::*;
    use crate::session::contract::check_login_store;

    fn by(clock: Arc<dyn Clock>, store: impl SessionStore) -> SessionStoreAdapter {
        SessionStoreAdapter::with_seams(store, clock, Arc::new(TokioSpawn))
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
    async fn over_the_memory_store_of_tower_sessions() {
        let make = async |clock| by(clock, tower_sessions::MemoryStore::default());
        check_login_store(make).await;
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
    async fn over_a_store_that_never_forgets_and_overwrites() {
        let make = async |clock| by(clock, Shelf::new(Taken::Overwrites, Absent::Makes));
        check_login_store(make).await;
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
    async fn over_a_store_that_never_forgets_and_refuses() {
        let make = async |clock| by(clock, Shelf::new(Taken::Fails, Absent::Drops));
        check_login_store(make).await;
    }
}

#[tokio::test]
async fn what_ended_leaves_no_token_behind() {
    let shelf = Shelf::new(Taken::GivesAnother, Absent::Makes);
    let (store, key) = (adapter(shelf.clone()), session_key());
    sign_in(&store, &key, &User::new()).await;
    let of_login = Kind::Login.id(key.as_bytes());
    assert!(shelf.records().iter().any(|record| record.id == of_login));
    assert!(store.end(&key).await.unwrap().is_some());
    let left: Vec<_> = shelf.records().iter().map(|record| record.id).collect();
    assert_eq!(left, [Kind::Ended.id(key.as_bytes())]);
}

/// Also after `ENDED_FOR`, and until no record of it could be loaded any more.
#[tokio::test]
async fn an_end_is_remembered_as_long_as_its_login_could_last() {
    let shelf = Shelf::new(Taken::GivesAnother, Absent::Makes);
    let (store, key, user) = (adapter(shelf.clone()), session_key(), User::new());
    sign_in(&store, &key, &user).await;
    store.end(&key).await.unwrap();
    let ends: Vec<_> = shelf
        .records()
        .iter()
        .map(|record| record.expiry_date)
        .collect();
    let [remembered_until] = ends[..] else {
        panic!("one record: {ends:?}");
    };
    assert!(remembered_until >= SystemClock.now() + Duration::hours(8) - Duration::MINUTE);
}

#[tokio::test]
async fn ids_meet_neither_each_other_nor_the_apps_values() {
    let shelf = Shelf::new(Taken::GivesAnother, Absent::Makes);
    let (store, key, user) = (adapter(shelf.clone()), session_key(), User::new());
    sign_in(&store, &key, &user).await;
    end_sid(&store, &user).await;
    sign_in(&store, &session_key(), &User::new()).await;
    store.claim(&state_hash(), deadline()).await.unwrap();
    let ids: HashSet<_> = shelf.records().iter().map(|record| record.id).collect();
    assert_eq!(ids.len(), shelf.records().len());
    assert!(!ids.contains(&key.app_session_id()));
    let bytes = *key.as_bytes();
    let kinds = [
        Kind::Login,
        Kind::Ended,
        Kind::Index,
        Kind::Mark,
        Kind::Claim,
    ];
    let of_one_key: HashSet<_> = kinds.map(|kind| kind.id(&bytes)).into();
    assert_eq!(of_one_key.len(), kinds.len());
}

/// What somebody else wrote there, or what a fault left.
#[tokio::test]
async fn a_record_that_cannot_be_read_is_no_login() {
    type Damage = fn(&mut Record);
    let damages: [(&str, Damage); 5] = [
        ("emptied", |record| record.data.clear()),
        ("another type", |record| {
            record.data.values_mut().for_each(|value| *value = 1.into());
        }),
        ("no base64", |record| {
            record
                .data
                .values_mut()
                .for_each(|value| *value = "%%".into());
        }),
        ("cut off", |record| {
            record
                .data
                .values_mut()
                .for_each(|value| *value = value.as_str().unwrap()[..10].into());
        }),
        ("a newer format", |record| {
            let value = record.data.drain().next().unwrap().1;
            record.data.insert("oidc_login.store.v2".to_owned(), value);
        }),
    ];
    for (name, damage) in damages {
        let shelf = Shelf::new(Taken::GivesAnother, Absent::Makes);
        let (store, key, user) = (adapter(shelf.clone()), session_key(), User::new());
        sign_in(&store, &key, &user).await;
        let present = version(&store, &key).await.unwrap();
        shelf.change(Kind::Login.id(key.as_bytes()), damage);
        assert_eq!(version(&store, &key).await, None, "{name}");
        let put = store.put_if(&key, Bytes::new(), deadline(), Expected::At(present));
        assert_eq!(put.await.unwrap(), Put::Gone, "{name}");
        assert_eq!(store.of(&[user.subject]).await.unwrap(), [], "{name}");
        assert_eq!(sign_in(&store, &key, &user).await, Put::Gone, "{name}");

        let (other, user) = (session_key(), User::new());
        sign_in(&store, &other, &user).await;
        shelf.change(Kind::Index.id(user.sid.as_bytes()), damage);
        end_sid(&store, &user).await;
        let put = sign_in(&store, &session_key(), &user).await;
        assert_eq!(put, Put::Gone, "its mark is seen: {name}");
        store.end(&other).await.unwrap();
        shelf.change(Kind::Ended.id(other.as_bytes()), damage);
        assert_eq!(version(&store, &other).await, None, "{name}");

        let state = state_hash();
        store.claim(&state, deadline()).await.unwrap();
        shelf.change(Kind::Claim.id(state.as_bytes()), damage);
        let claim = store.claim(&state, deadline()).await.unwrap();
        assert_eq!(claim, Claim::Again, "{name}");
    }
}

/// A store that fails at any step of a logout: the same again ends what is left.
#[tokio::test]
async fn a_logout_that_failed_half_way_is_finished_by_the_same_again() {
    for after in 0.. {
        let shelf = Shelf::new(Taken::GivesAnother, Absent::Makes);
        let (store, user) = (adapter(shelf.clone()), User::new());
        let keys = [session_key(), session_key()];
        for key in &keys {
            sign_in(&store, key, &user).await;
        }
        shelf.break_down(after);
        let failed = store.end_by(EndBy::Sid(&[user.sid])).await;
        if !shelf.recover() {
            failed.unwrap();
            assert!(after > 10, "{after}");
            break;
        }
        end_sid(&store, &user).await;
        for key in &keys {
            assert_eq!(version(&store, key).await, None, "after {after} steps");
        }
    }
}

/// A login that failed half-way may be there or not; its logout ends it in either case.
#[tokio::test]
async fn a_login_that_failed_half_way_is_found_by_its_logout() {
    for after in 0.. {
        let shelf = Shelf::new(Taken::GivesAnother, Absent::Makes);
        let (store, user, key) = (adapter(shelf.clone()), User::new(), session_key());
        shelf.break_down(after);
        let index = user.index();
        let put = store.put_if(&key, Bytes::new(), deadline(), Expected::New(&index));
        let put = put.await;
        if !shelf.recover() {
            assert!(matches!(put, Ok(Put::Stored(_))), "{put:?}");
            assert!(after > 5, "{after}");
            break;
        }
        assert!(put.is_err(), "after {after} steps: {put:?}");
        end_sid(&store, &user).await;
        assert_eq!(version(&store, &key).await, None, "after {after} steps");
    }
}

/// The store goes on with a write whose caller went away: nothing may come in between.
#[tokio::test]
async fn a_caller_that_goes_away_leaves_nothing_half_done() {
    let shelf = Shelf::new(Taken::GivesAnother, Absent::Makes);
    let (store, key) = (adapter(shelf.clone()), session_key());
    sign_in(&store, &key, &User::new()).await;
    let (arrived, has_arrived) = oneshot::channel();
    let (go_on, goes_on) = oneshot::channel::<()>();
    shelf.interrupt(1, async move {
        arrived.send(()).unwrap();
        goes_on.await.unwrap();
    });
    let caller = tokio::spawn({
        let store = store.clone();
        async move { store.touch(&key, deadline()).await }
    });
    has_arrived.await.unwrap();
    caller.abort();
    assert!(caller.await.unwrap_err().is_cancelled());
    let mut end = Box::pin(store.end(&key));
    let is_done = std::future::poll_fn(|context| {
        std::task::Poll::Ready(end.as_mut().poll(context).is_ready())
    });
    assert!(!is_done.await, "it waits for the write");
    go_on.send(()).unwrap();
    assert!(end.await.unwrap().is_some());
    assert_eq!(version(&store, &key).await, None);
}

#[tokio::test]
async fn a_store_that_is_down_is_an_error_without_what_it_holds() {
    let shelf = Shelf::new(Taken::GivesAnother, Absent::Makes);
    let (store, key) = (adapter(shelf.clone()), session_key());
    sign_in(&store, &key, &User::new()).await;
    shelf.break_down(0);
    let error = store.load(&key, None).await.unwrap_err();
    assert_eq!(error.to_string(), "the session store failed");
    assert!(store.end(&key).await.is_err());
    assert!(store.claim(&state_hash(), deadline()).await.is_err());
    shelf.recover();
    assert!(version(&store, &key).await.is_some());
    assert!(!format!("{store:?}").contains("Shelf"));
}
