//! Logins: index first, then the record, so that a logout in between finds one or the other.

use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use time::OffsetDateTime;

use super::{MemoryStore, at, index::Indexed};
use crate::{
    protocol::StateHash,
    session::{
        id::SessionKey,
        index::{EndBy, LoginIndex, SubjectKey, UserSession},
        login_store::{
            Claim, ENDED_FOR, Expected, Lease, Leased, Loaded, LoginStore, Put, StoreError, Version,
        },
    },
};

/// What stands under a session's key.
#[derive(Default)]
pub(super) enum Slot {
    /// Nothing may ever be put here again.
    #[default]
    Ended,
    Live(Live),
}

pub(super) struct Live {
    record: Bytes,
    version: Version,
    lease: Option<HeldLease>,
    index_keys: Box<[[u8; 32]]>,
}

struct HeldLease {
    lease: Lease,
    /// In milliseconds since 1970.
    until: i128,
}

impl Slot {
    fn live(&self) -> Option<&Live> {
        match self {
            Self::Live(live) => Some(live),
            Self::Ended => None,
        }
    }

    fn live_mut(&mut self) -> Option<&mut Live> {
        match self {
            Self::Live(live) => Some(live),
            Self::Ended => None,
        }
    }
}

impl MemoryStore {
    /// Changes a living login.
    fn change<R>(
        &self,
        key: &SessionKey,
        change: impl FnOnce(&mut Live, &mut i64) -> R,
    ) -> Option<R> {
        self.0
            .logins
            .update(key, self.now(), |slot, end| {
                slot.live_mut().map(|live| change(live, end))
            })
            .flatten()
    }

    fn put_new(
        &self,
        key: &SessionKey,
        record: Bytes,
        deadline: OffsetDateTime,
        index: &LoginIndex,
    ) -> Put {
        let now = self.now();
        let index_keys: Box<[_]> = index.keys().collect();
        for index_key in &index_keys {
            loop {
                match self.add_to_index(*index_key, *key, index, now) {
                    Indexed::Added => break,
                    Indexed::Ended => {
                        self.forget(&index_keys, key, now);
                        return Put::Gone;
                    }
                    Indexed::Full(oldest) => {
                        self.end_indexed(&oldest, index_key, now);
                        self.remove_from_index(*index_key, &oldest, now);
                    }
                }
            }
        }
        let version = Version(self.next_number());
        let (put, _) = self.0.logins.upsert(*key, now, |slot, before| {
            let put = match slot {
                _ if before <= now => Put::Stored(version),
                Slot::Live(_) => Put::Stale,
                Slot::Ended => Put::Gone,
            };
            if put != Put::Stored(version) {
                return (put, Some(before));
            }
            *slot = Slot::Live(Live {
                record,
                version,
                lease: None,
                index_keys: index_keys.clone(),
            });
            (put, Some(deadline.unix_timestamp()))
        });
        if put == Put::Gone {
            self.forget(&index_keys, key, now);
        }
        put
    }

    fn forget(&self, index_keys: &[[u8; 32]], key: &SessionKey, now: i64) {
        for index_key in index_keys {
            self.remove_from_index(*index_key, key, now);
        }
    }

    /// Ends a login that there is; says whether there was one.
    fn end_now(&self, key: &SessionKey, now: i64) -> bool {
        let ended = self.0.logins.update(key, now, |slot, end| {
            let Slot::Live(live) = std::mem::take(slot) else {
                return None;
            };
            *end = ended_until(now);
            Some(live.index_keys)
        });
        let index_keys = ended.flatten();
        if let Some(index_keys) = &index_keys {
            self.forget(index_keys, key, now);
        }
        index_keys.is_some()
    }

    /// Ends a login that the index knows, also one whose record is not here yet. A key that was
    /// taken by somebody else's login is left alone.
    pub(super) fn end_indexed(&self, key: &SessionKey, index_key: &[u8; 32], now: i64) {
        let (index_keys, _) = self.0.logins.upsert(*key, now, |slot, before| match slot {
            Slot::Live(live) if !live.index_keys.contains(index_key) => (None, Some(before)),
            Slot::Live(live) => {
                let index_keys = std::mem::take(&mut live.index_keys);
                *slot = Slot::Ended;
                (Some(index_keys), Some(ended_until(now)))
            }
            Slot::Ended => (None, Some(ended_until(now))),
        });
        if let Some(index_keys) = index_keys {
            self.forget(&index_keys, key, now);
        }
    }
}

fn ended_until(now: i64) -> i64 {
    now.saturating_add(ENDED_FOR.as_secs().cast_signed())
}

#[async_trait]
impl LoginStore for MemoryStore {
    fn unchanged_now(&self, key: &SessionKey, known: Version) -> Option<OffsetDateTime> {
        let deadline = self.0.logins.read(key, self.now(), |slot, end| {
            (slot.live()?.version == known).then_some(end)
        });
        deadline.flatten().map(at)
    }

    async fn load(&self, key: &SessionKey, known: Option<Version>) -> Result<Loaded, StoreError> {
        let loaded = self.0.logins.read(key, self.now(), |slot, end| {
            let (live, deadline) = (slot.live()?, at(end));
            Some(if known == Some(live.version) {
                Loaded::Unchanged { deadline }
            } else {
                Loaded::Changed {
                    record: live.record.clone(),
                    version: live.version,
                    deadline,
                }
            })
        });
        Ok(loaded.flatten().unwrap_or(Loaded::Gone))
    }

    async fn put_if(
        &self,
        key: &SessionKey,
        record: Bytes,
        deadline: OffsetDateTime,
        expected: Expected<'_>,
    ) -> Result<Put, StoreError> {
        let (expected, held) = match expected {
            Expected::New(index) => return Ok(self.put_new(key, record, deadline, index)),
            Expected::At(version) => (version, None),
            Expected::Held(version, lease) => (version, Some(lease)),
        };
        let version = Version(self.next_number());
        let put = self.change(key, |live, end| {
            let is_held = held.is_none_or(|held| live.is_last_lease(held));
            if live.version != expected || !is_held {
                return Put::Stale;
            }
            (live.record, live.version, *end) = (record, version, deadline.unix_timestamp());
            Put::Stored(version)
        });
        Ok(put.unwrap_or(Put::Gone))
    }

    async fn touch(&self, key: &SessionKey, deadline: OffsetDateTime) -> Result<(), StoreError> {
        self.change(key, |_, end| *end = deadline.unix_timestamp());
        Ok(())
    }

    async fn end(&self, key: &SessionKey) -> Result<bool, StoreError> {
        Ok(self.end_now(key, self.now()))
    }

    async fn end_by(&self, logout: EndBy<'_>) -> Result<Vec<SessionKey>, StoreError> {
        let (now, mut ended) = (self.now(), Vec::new());
        for index_key in logout.keys() {
            for key in self.mark_in_index(index_key, logout.logged_in_until(), now) {
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
            live.lease = Some(HeldLease { lease, until });
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
                let end = self.0.logins.read(&member.key, now, |slot, end| {
                    let is_theirs = slot.live()?.index_keys.contains(subject.as_bytes());
                    is_theirs.then_some(end)
                });
                let is_new = sessions.iter().all(|known| known.key != member.key);
                if let Some(end) = end.flatten().filter(|_| is_new) {
                    sessions.push(UserSession {
                        key: member.key,
                        logged_in_at: at(member.logged_in_at),
                        deadline: at(end),
                        about: member.about,
                    });
                }
            }
        }
        sessions.sort_by_key(|session| std::cmp::Reverse(session.logged_in_at));
        Ok(sessions)
    }

    async fn claim(&self, state: &StateHash, until: OffsetDateTime) -> Result<Claim, StoreError> {
        let until = until.unix_timestamp();
        let is_first = self.0.claims.insert_new(*state, (), until, self.now());
        Ok(if is_first { Claim::First } else { Claim::Again })
    }
}

impl Live {
    fn is_last_lease(&self, lease: Lease) -> bool {
        matches!(&self.lease, Some(held) if held.lease == lease)
    }
}

fn milliseconds(time: OffsetDateTime) -> i128 {
    time.unix_timestamp_nanos() / 1_000_000
}
