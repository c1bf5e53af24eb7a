//! Sessions in the memory store, filled as logins fill it.

use std::collections::HashMap;

use benches::time_of_ours;
use oidc_login::{
    LoginStore, MemoryStore,
    seams::{Clock as _, Random as _, SystemClock, SystemRandom},
    session::{Expected, LoginIndex, Put, SessionKey, SidKey, SubjectKey, Version},
};
use serde_json::Value;
use time::{Duration, OffsetDateTime};
use tower_sessions::{
    SessionStore,
    session::{Id, Record},
};

use crate::{Failure, heap::Heap};

/// Claims and tokens of one login, in bytes: 2.8 KB of claims, so an ID token of 4.2 KB, an access
/// token of 1.5 KB and a refresh token of 0.7 KB.
pub(crate) const TEXTS: usize = 9_200;
/// What else stands in a record: who, which client, times, lengths.
const REST_OF_RECORD: usize = 160;
const LOOK_UPS: u32 = 200_000;

/// What so many sessions take.
pub(crate) struct Figures {
    /// Bytes of one session beyond claims and tokens.
    pub(crate) overhead: i64,
    /// The same without the app's values.
    pub(crate) overhead_of_login: i64,
    /// The first of these, by the store's own reckoning.
    pub(crate) counted: usize,
    /// Nanoseconds of one look-up that finds the version it knows.
    pub(crate) look_up: f64,
}

/// Fills a store and looks around in it.
pub(crate) async fn measure(sessions: usize) -> Result<Figures, Failure> {
    let mut keys: Vec<(SessionKey, Version)> = Vec::with_capacity(sessions);
    // A part of the map may get more than its share of the sessions.
    let store = MemoryStore::builder()
        .max_sessions(2 * sessions)
        .max_bytes(usize::MAX)
        .build();
    let empty = Heap::now();
    for _ in 0..sessions {
        keys.push(sign_in(&store).await?);
    }
    let logins = empty.since();
    for (key, _) in &keys {
        keep_values(&store, key).await?;
    }
    let all = empty.since();
    let per_session = |heap: Heap| {
        let texts = i64::try_from(TEXTS).unwrap_or(i64::MAX);
        heap.total() / i64::try_from(sessions).unwrap_or(i64::MAX) - texts
    };
    Ok(Figures {
        counted: store.bytes() / sessions - TEXTS,
        overhead: per_session(all),
        overhead_of_login: per_session(logins),
        look_up: look_up(&store, &keys)?,
    })
}

/// As the relying party saves a login: a record that grew while it was written.
async fn sign_in(store: &MemoryStore) -> Result<(SessionKey, Version), Failure> {
    let now = SystemClock.now();
    let key = SessionKey::from_bytes(fresh());
    let mut record = Vec::with_capacity((TEXTS + REST_OF_RECORD).next_power_of_two());
    record.resize(TEXTS + REST_OF_RECORD, b'x');
    let index = LoginIndex::new(
        vec![SidKey::from_bytes(fresh())],
        vec![SubjectKey::from_bytes(fresh())],
        now,
        now + Duration::hours(8),
    );
    let deadline = now + Duration::HOUR;
    let put = store.put_if(&key, record.into(), deadline, Expected::New(&index));
    match put.await? {
        Put::Stored(version) => Ok((key, version)),
        other => Err(format!("a new login is {other:?}").into()),
    }
}

/// As the relying party does with every login: whose values they are, and none of the app's yet.
async fn keep_values(store: &MemoryStore, key: &SessionKey) -> Result<(), Failure> {
    let mut half = [0; 16];
    half.copy_from_slice(&key.as_bytes()[16..]);
    let owner = (
        "oidc_login.owner.v1".to_owned(),
        Value::from("o".repeat(43)),
    );
    let mut record = Record {
        id: Id(i128::from_le_bytes(half)),
        data: HashMap::from([owner]),
        expiry_date: OffsetDateTime::now_utc() + Duration::hours(8),
    };
    Ok(SessionStore::create(store, &mut record).await?)
}

/// In an order that is not the one they came in. Callgrind counts it too, by the section's name.
fn look_up(store: &MemoryStore, keys: &[(SessionKey, Version)]) -> Result<f64, Failure> {
    let store: &dyn LoginStore = store;
    let (mut at, mut found) = (0, 0);
    let time = time_of_ours(&mut || {
        for _ in 0..LOOK_UPS {
            // A prime, so that every key has its turn.
            at = (at + 7_368_787) % keys.len();
            let (key, version) = &keys[at];
            found += u32::from(store.watch(key, *version).is_some());
        }
    });
    if found != LOOK_UPS {
        return Err("a session is not there".into());
    }
    Ok(time.as_secs_f64() * 1e9 / f64::from(LOOK_UPS))
}

fn fresh() -> [u8; 32] {
    let mut bytes = [0; 32];
    SystemRandom.fill(&mut bytes);
    bytes
}
