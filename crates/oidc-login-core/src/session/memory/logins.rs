//! Logins: index first, then the record, so that a logout in between finds one or the other.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use bytes::Bytes;
use time::OffsetDateTime;

use super::{
    BLOCK, MemoryStore, at,
    index::{Indexed, MEMBER},
};
use crate::{
    protocol::StateHash,
    session::{
        expiring_map::{Gone, Refused},
        id::SessionKey,
        index::{EndBy, LoginIndex, SubjectKey, UserSession},
        login_store::{
            Claim, ENDED_FOR, Expected, Lease, Leased, Loaded, LoginStore, Put, RENEWED_FOR,
            StoreError, Version,
        },
        login_watch::LoginWatch,
    },
};

/// A login. What has ended is not among them; its mark stands apart.
pub(super) struct Live {
    record: Box<[u8]>,
    /// How many keys lead to it, the keys, and what a list of sessions shows of it.
    found_by: Box<[u8]>,
    watch: Watched,
    lease: Option<Box<HeldLease>>,
}

/// Says that the login is over when it leaves the store, however it does.
struct Watched(Arc<LoginWatch>);

impl Drop for Watched {
    fn drop(&mut self) {
        self.0.ended();
    }
}

struct HeldLease {
    lease: Lease,
    /// In milliseconds since 1970.
    until: i128,
}

impl Live {
    /// What it has on the heap, and what it takes in the index.
    pub(super) fn heap_bytes(&self) -> usize {
        let lease = self.lease.as_ref().map_or(0, |lease| size_of_val(&**lease));
        let watch = size_of::<LoginWatch>() + 2 * size_of::<usize>();
        let own = self.record.len() + self.found_by.len() + watch + lease + 4 * BLOCK;
        own + self.index_keys().len() * MEMBER
    }

    fn version(&self) -> Version {
        self.watch.0.version()
    }

    fn index_keys(&self) -> &[[u8; 32]] {
        let (keys, _) = self.found_by[1..].as_chunks();
        &keys[..usize::from(self.found_by[0])]
    }

    fn about(&self) -> &[u8] {
        &self.found_by[1 + self.index_keys().as_flattened().len()..]
    }

    fn is_last_lease(&self, lease: Lease) -> bool {
        matches!(&self.lease, Some(held) if held.lease == lease)
    }
}

impl MemoryStore {
    /// Changes a living login.
    fn change<R>(
        &self,
        key: &SessionKey,
        change: impl FnOnce(&mut Live, &mut i64) -> R,
    ) -> Option<R> {
        let now = self.now();
        let (result, gone) = self.0.logins.update(key, now, change)?;
        self.forget_all(gone, now);
        Some(result)
    }

    fn put_new(
        &self,
        key: &SessionKey,
        record: Bytes,
        deadline: OffsetDateTime,
        index: &LoginIndex,
    ) -> Result<Put, StoreError> {
        let now = self.now();
        if self.has_ended(key, now) {
            return Ok(Put::Gone);
        }
        let has_expired = |_: &Live, end| end <= now;
        if self.0.logins.read(key, i64::MIN, has_expired) == Some(true) {
            self.remove(key, i64::MIN);
        }
        if let Some(old) = index.renews {
            self.follow(old, *key, now);
        }
        let index_keys: Box<[_]> = index.keys().collect();
        let count = u8::try_from(index_keys.len()).map_err(|_| too_large())?;
        for index_key in &index_keys {
            loop {
                match self.add_to_index(*index_key, *key, index, now) {
                    Indexed::Added => break,
                    Indexed::Ended => {
                        self.forget(&index_keys, key, now);
                        return Ok(Put::Gone);
                    }
                    Indexed::Full(oldest) => {
                        self.end_indexed(&oldest, index_key, now);
                        self.remove_from_index(*index_key, &oldest, now);
                    }
                }
            }
        }
        let version = Version(self.next_number());
        let live = Live {
            record: boxed(record),
            found_by: [&[count], index_keys.as_flattened(), &index.about]
                .concat()
                .into(),
            watch: Watched(Arc::new(LoginWatch::new(version, deadline))),
            lease: None,
        };
        let deadline = deadline.unix_timestamp();
        match self.0.logins.insert_new(*key, live, deadline, now) {
            Ok(gone) => self.forget_all(gone, now),
            Err(Refused::Taken) => {
                self.forget_others(&index_keys, key, now);
                return Ok(Put::Stale);
            }
            Err(Refused::TooLarge) => {
                self.forget(&index_keys, key, now);
                return Err(too_large());
            }
        }
        // Who ends it leaves the mark first, and removes what is there then.
        if self.has_ended(key, now) {
            self.remove(key, now);
            self.forget(&index_keys, key, now);
            return Ok(Put::Gone);
        }
        Ok(Put::Stored(version))
    }

    fn follow(&self, old: SessionKey, new: SessionKey, now: i64) {
        let until = now.saturating_add(RENEWED_FOR.as_secs().cast_signed());
        self.0.followers.upsert(old, now, |followers| {
            followers.push(new);
            ((), Some(until))
        });
    }

    fn forget(&self, index_keys: &[[u8; 32]], key: &SessionKey, now: i64) {
        for index_key in index_keys {
            self.remove_from_index(*index_key, key, now);
        }
    }

    /// Forgets what is not the present login's.
    fn forget_others(&self, index_keys: &[[u8; 32]], key: &SessionKey, now: i64) {
        let own = self
            .0
            .logins
            .read(key, now, |live, _| live.index_keys().to_vec());
        let own = own.unwrap_or_default();
        for index_key in index_keys
            .iter()
            .filter(|index_key| !own.contains(index_key))
        {
            self.remove_from_index(*index_key, key, now);
        }
    }

    /// What had to go leaves the index as well.
    fn forget_all(&self, gone: Gone<SessionKey, Live>, now: i64) {
        self.0.evicted_logins.add(gone.evicted.len(), now);
        for (key, live) in gone.expired.into_iter().chain(gone.evicted) {
            self.forget(live.index_keys(), &key, now);
        }
    }

    fn remove(&self, key: &SessionKey, now: i64) -> Option<Live> {
        let removed = self.0.logins.remove(key, now);
        if let Some(live) = &removed {
            self.forget(live.index_keys(), key, now);
        }
        removed
    }

    fn has_ended(&self, key: &SessionKey, now: i64) -> bool {
        self.0.ended.read(key, now, |(), _| ()).is_some()
    }

    fn mark_ended(&self, key: &SessionKey, now: i64) {
        let until = now.saturating_add(ENDED_FOR.as_secs().cast_signed());
        let gone = self.0.ended.insert_if(*key, (), until, now, || true);
        self.0.evicted_marks.add(gone.evicted.len(), now);
    }

    /// Ends a login that there is; gives back what was there. Others leave no mark: anybody can send
    /// made-up keys.
    fn end_now(&self, key: &SessionKey, now: i64) -> Option<Live> {
        self.0.logins.read(key, now, |_, _| ())?;
        self.mark_ended(key, now);
        self.remove(key, now)
    }

    /// Ends a login that the index knows, also one whose record is not here yet. A key that was
    /// taken by somebody else's login is left alone.
    pub(super) fn end_indexed(&self, key: &SessionKey, index_key: &[u8; 32], now: i64) {
        let is_theirs = |live: &Live, _| live.index_keys().contains(index_key);
        if self.0.logins.read(key, now, is_theirs) == Some(false) {
            return;
        }
        self.mark_ended(key, now);
        self.remove(key, now);
    }
}

/// The bytes themselves where nobody else has them, and no more of them than there are.
fn boxed(record: Bytes) -> Box<[u8]> {
    Vec::from(record).into_boxed_slice()
}

fn too_large() -> StoreError {
    StoreError::new("the login is larger than the memory store takes")
}

#[async_trait]
impl LoginStore for MemoryStore {
    fn watch(&self, key: &SessionKey, known: Version) -> Option<Arc<LoginWatch>> {
        let watch = self.0.logins.read(key, self.now(), |live, _| {
            (live.version() == known).then(|| live.watch.0.clone())
        });
        watch.flatten()
    }

    async fn load(&self, key: &SessionKey, known: Option<Version>) -> Result<Loaded, StoreError> {
        let loaded = self.0.logins.read(key, self.now(), |live, end| {
            let deadline = at(end);
            if known == Some(live.version()) {
                return Loaded::Unchanged { deadline };
            }
            Loaded::Changed {
                record: Bytes::copy_from_slice(&live.record),
                version: live.version(),
                deadline,
            }
        });
        Ok(loaded.unwrap_or(Loaded::Gone))
    }

    async fn put_if(
        &self,
        key: &SessionKey,
        record: Bytes,
        deadline: OffsetDateTime,
        expected: Expected<'_>,
    ) -> Result<Put, StoreError> {
        let (expected, held) = match expected {
            Expected::New(index) => return self.put_new(key, record, deadline, index),
            Expected::At(version) => (version, None),
            Expected::Held(version, lease) => (version, Some(lease)),
        };
        let version = Version(self.next_number());
        let put = self.change(key, |live, end| {
            let is_held = held.is_none_or(|held| live.is_last_lease(held));
            if live.version() != expected || !is_held {
                return Ok(Put::Stale);
            }
            let rest = live.heap_bytes() - live.record.len();
            if !self.0.logins.fits(rest + record.len()) {
                return Err(too_large());
            }
            live.record = boxed(record);
            *end = deadline.unix_timestamp();
            live.watch.0.set(version, *end);
            Ok(Put::Stored(version))
        });
        put.unwrap_or(Ok(Put::Gone))
    }

    async fn touch(&self, key: &SessionKey, deadline: OffsetDateTime) -> Result<(), StoreError> {
        self.change(key, |live, end| {
            *end = deadline.unix_timestamp();
            live.watch.0.set(live.version(), *end);
        });
        Ok(())
    }

    async fn end(&self, key: &SessionKey) -> Result<Option<Bytes>, StoreError> {
        let ended = self.end_now(key, self.now());
        Ok(ended.map(|live| live.record.into()))
    }

    async fn followers(&self, key: &SessionKey) -> Result<Vec<SessionKey>, StoreError> {
        let followers = self
            .0
            .followers
            .read(key, self.now(), |keys, _| keys.clone());
        Ok(followers.unwrap_or_default())
    }

    async fn end_by(&self, logout: EndBy<'_>) -> Result<Vec<SessionKey>, StoreError> {
        let (now, mut ended) = (self.now(), Vec::new());
        let until = logout.logged_in_until();
        for index_key in logout.keys() {
            if logout.leaves_mark() {
                self.leave_mark(index_key, until, now);
            }
            for key in self.take_from_index(index_key, until, now) {
                self.end_indexed(&key, &index_key, now);
                if !ended.contains(&key) {
                    ended.push(key);
                }
            }
        }
        Ok(ended)
    }

    async fn lease(&self, key: &SessionKey, ttl: Duration) -> Result<Leased, StoreError> {
        let now = milliseconds(self.0.clock.now());
        let lease = Lease(self.next_number());
        let leased = self.change(key, |live, _| {
            if live.lease.as_ref().is_some_and(|held| held.until > now) {
                return Leased::Busy;
            }
            let until = now.saturating_add_unsigned(ttl.as_millis());
            live.lease = Some(Box::new(HeldLease { lease, until }));
            Leased::Held(lease)
        });
        Ok(leased.unwrap_or(Leased::Gone))
    }

    async fn release(&self, key: &SessionKey, lease: Lease) -> Result<(), StoreError> {
        self.change(key, |live, _| {
            if let Some(held) = live.lease.as_mut().filter(|held| held.lease == lease) {
                held.until = i128::MIN;
            }
        });
        Ok(())
    }

    async fn of(&self, user: &[SubjectKey]) -> Result<Vec<UserSession>, StoreError> {
        let now = self.now();
        let mut sessions: Vec<UserSession> = Vec::new();
        for subject in user {
            for member in self.members(subject.as_bytes(), now) {
                let found = self.0.logins.read(&member.key, now, |live, end| {
                    let is_theirs = live.index_keys().contains(subject.as_bytes());
                    is_theirs.then(|| UserSession {
                        key: member.key,
                        logged_in_at: at(member.logged_in_at),
                        deadline: at(end),
                        about: Bytes::copy_from_slice(live.about()),
                    })
                });
                let is_new = sessions.iter().all(|known| known.key != member.key);
                sessions.extend(found.flatten().filter(|_| is_new));
            }
        }
        sessions.sort_by_key(|session| std::cmp::Reverse(session.logged_in_at));
        Ok(sessions)
    }

    async fn claim(&self, state: &StateHash, until: OffsetDateTime) -> Result<Claim, StoreError> {
        let until = until.unix_timestamp();
        let now = self.now();
        let Ok(gone) = self.0.claims.insert_new(*state, (), until, now) else {
            return Ok(Claim::Again);
        };
        self.0.evicted_claims.add(gone.evicted.len(), now);
        Ok(Claim::First)
    }
}

fn milliseconds(time: OffsetDateTime) -> i128 {
    time.unix_timestamp_nanos() / 1_000_000
}
