//! Logins in this process, as a `LoginStore`.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use bytes::Bytes;
use time::OffsetDateTime;

use super::{
    MemoryStore, at,
    live::{HeldLease, Live, boxed},
    new_login::too_large,
};
use crate::{
    protocol::StateHash,
    session::{
        id::SessionKey,
        index::{EndBy, SubjectKey, UserSession},
        login_store::{
            Claim, Expected, Lease, Leased, Loaded, LoginStore, Put, StoreError, Version,
        },
        login_watch::LoginWatch,
    },
};

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
