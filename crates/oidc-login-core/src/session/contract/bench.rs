//! A store on the bench, with what the cases need to drive it.

use std::{
    future::Future,
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
};

use bytes::Bytes;
use time::{Duration, OffsetDateTime};
use tokio::{sync::Barrier, task::JoinSet};
use tower_sessions_core::SessionStore;

use crate::{
    protocol::StateHash,
    seams::{Clock, SystemRandom, fresh_bytes},
    session::{
        Expected, Loaded, LoginIndex, LoginStore, Put, SessionKey, SessionSecrets, SidKey,
        StoreError, SubjectKey, Version, seal::Keys,
    },
};

/// How long the logins of the cases live when nobody touches them.
pub(super) const IDLE: Duration = Duration::HOUR;

/// A clock that stands still until it is moved.
#[derive(Clone)]
pub(super) struct HandClock(Arc<AtomicI64>);

impl HandClock {
    /// The present, in whole seconds: a server drops at once what ends in its past.
    pub(super) fn new() -> Self {
        Self(Arc::new(AtomicI64::new(
            OffsetDateTime::now_utc().unix_timestamp(),
        )))
    }

    pub(super) fn advance(&self, by: Duration) {
        self.0.fetch_add(by.whole_seconds(), Ordering::SeqCst);
    }
}

impl Clock for HandClock {
    fn now(&self) -> OffsetDateTime {
        OffsetDateTime::from_unix_timestamp(self.0.load(Ordering::SeqCst))
            .expect("within a day of the present")
    }
}

#[derive(Clone)]
pub(super) struct Bench {
    pub(super) store: Arc<dyn LoginStore>,
    pub(super) clock: HandClock,
}

#[derive(Clone)]
pub(super) struct ValuesBench {
    pub(super) store: Arc<dyn SessionStore>,
    pub(super) clock: HandClock,
}

/// A user nobody else has, with keys under two secrets.
pub(super) struct User {
    pub(super) subject: Vec<SubjectKey>,
    pub(super) sid: Vec<SidKey>,
}

pub(super) fn session_key() -> SessionKey {
    SessionKey::from_bytes(fresh_bytes(&SystemRandom))
}

impl User {
    pub(super) fn new() -> Self {
        let secrets = [vec![1; 32], vec![2; 32]];
        let keys = Keys::new(&SessionSecrets::from_bytes(secrets).expect("long enough"));
        let name = crate::seams::fresh_token(&SystemRandom);
        Self {
            subject: keys.subject_keys("https://provider.test", "app", &name),
            sid: keys.sid_keys("https://provider.test", "app", &name),
        }
    }

    /// The same user, at another of the provider's sessions.
    pub(super) fn elsewhere(&self) -> Self {
        Self {
            subject: self.subject.clone(),
            sid: Self::new().sid,
        }
    }

    pub(super) fn index(&self, logged_in_at: OffsetDateTime) -> LoginIndex {
        LoginIndex {
            sid: self.sid.clone(),
            subject: self.subject.clone(),
            logged_in_at,
            ends_at: logged_in_at + Duration::hours(8),
            about: Bytes::from_static(b"a browser\0\xff"),
            renews: None,
        }
    }
}

impl Bench {
    pub(super) fn now(&self) -> OffsetDateTime {
        self.clock.now()
    }

    pub(super) async fn put_new(&self, key: &SessionKey, user: &User, record: &[u8]) -> Put {
        let index = user.index(self.now());
        let record = Bytes::copy_from_slice(record);
        let deadline = self.now() + IDLE;
        self.store
            .put_if(key, record, deadline, Expected::New(&index))
            .await
            .expect("the store answers")
    }

    /// A login of this user, saved now.
    pub(super) async fn sign_in(&self, user: &User) -> SessionKey {
        let key = session_key();
        stored(self.put_new(&key, user, b"record").await);
        key
    }

    pub(super) async fn load(&self, key: &SessionKey) -> Loaded {
        self.store.load(key, None).await.expect("the store answers")
    }

    pub(super) async fn is_alive(&self, key: &SessionKey) -> bool {
        self.load(key).await != Loaded::Gone
    }

    /// Ends a login; whether there was one.
    pub(super) async fn end(&self, key: &SessionKey) -> bool {
        self.ended(key).await.is_some()
    }

    /// Ends a login; its record, if there was one.
    pub(super) async fn ended(&self, key: &SessionKey) -> Option<Bytes> {
        self.store.end(key).await.unwrap_or_else(fail)
    }

    pub(super) async fn version(&self, key: &SessionKey) -> Version {
        match self.load(key).await {
            Loaded::Changed { version, .. } => version,
            other => panic!("alive, with its record: {other:?}"),
        }
    }

    pub(super) async fn put(&self, key: &SessionKey, record: &[u8], expected: Expected<'_>) -> Put {
        let record = Bytes::copy_from_slice(record);
        self.store
            .put_if(key, record, self.now() + IDLE, expected)
            .await
            .expect("the store answers")
    }
}

/// Fails unless it was saved.
pub(super) fn stored(put: Put) {
    assert!(matches!(put, Put::Stored(_)), "{put:?}");
}

/// Starts all calls at one moment and collects what became of them.
pub(super) async fn at_once<T, F>(calls: usize, call: impl Fn(usize) -> F) -> Vec<T>
where
    T: Send + 'static,
    F: Future<Output = T> + Send + 'static,
{
    let barrier = Arc::new(Barrier::new(calls));
    let mut tasks = JoinSet::new();
    for number in 0..calls {
        let (barrier, call) = (barrier.clone(), call(number));
        tasks.spawn(async move {
            barrier.wait().await;
            call.await
        });
    }
    tasks.join_all().await
}

/// A state nobody else has.
pub(super) fn state_hash() -> StateHash {
    StateHash::from_bytes(fresh_bytes(&SystemRandom))
}

#[allow(clippy::needless_pass_by_value)] // what `unwrap_or_else` hands over
pub(super) fn fail<T>(error: StoreError) -> T {
    panic!("the store answers: {error:?}")
}
