//! A store of logins as somebody else would write one: maps under one lock, and nothing of ours but the trait.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use oidc_login::{
    async_trait,
    bytes::Bytes,
    protocol::StateHash,
    seams::Clock,
    session::{
        Claim, ENDED_FOR, EndBy, Expected, Lease, Leased, Loaded, LoginIndex, LoginStore,
        MAX_SESSIONS_OF_USER, Put, RENEWED_FOR, SessionKey, StoreError, SubjectKey, UserSession,
        Version,
    },
    time::OffsetDateTime,
};

/// A store of one process, without bounds.
pub(super) struct OwnStore<C> {
    clock: C,
    kept: Mutex<Kept>,
}

#[derive(Default)]
struct Kept {
    last_number: u64,
    logins: HashMap<SessionKey, Live>,
    /// What has ended, until when that is remembered.
    ended: HashMap<SessionKey, OffsetDateTime>,
    /// Up to which second logins under a key have ended, until when that is remembered.
    marks: HashMap<[u8; 32], (i64, OffsetDateTime)>,
    followers: HashMap<SessionKey, Vec<(SessionKey, OffsetDateTime)>>,
    claims: HashMap<StateHash, OffsetDateTime>,
}

struct Live {
    record: Bytes,
    version: Version,
    deadline: OffsetDateTime,
    index: LoginIndex,
    lease: Option<(Lease, OffsetDateTime)>,
}

impl<C: Clock> OwnStore<C> {
    pub(super) fn new(clock: C) -> Self {
        let kept = Mutex::default();
        Self { clock, kept }
    }

    /// What is kept, without the logins whose time is over.
    fn kept(&self) -> (MutexGuard<'_, Kept>, OffsetDateTime) {
        let now = self.clock.now();
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.logins.retain(|_, login| login.deadline > now);
        (kept, now)
    }
}

impl Kept {
    fn next_number(&mut self) -> u64 {
        self.last_number += 1;
        self.last_number
    }

    fn has_ended(&self, key: &SessionKey, now: OffsetDateTime) -> bool {
        self.ended.get(key).is_some_and(|until| *until > now)
    }

    fn end(&mut self, key: &SessionKey, now: OffsetDateTime) -> Option<Live> {
        let login = self.logins.remove(key)?;
        self.ended.insert(*key, now + ENDED_FOR);
        Some(login)
    }

    /// Who has the same user, or the same session of the provider; the oldest first.
    fn found_by(&self, key: [u8; 32]) -> Vec<SessionKey> {
        let theirs = |(_, login): &(&SessionKey, &Live)| login.index.keys().any(|own| own == key);
        let mut found: Vec<_> = self.logins.iter().filter(theirs).collect();
        found.sort_by_key(|(_, login)| login.index.logged_in_at);
        found.into_iter().map(|(key, _)| *key).collect()
    }

    fn put_new(
        &mut self,
        key: &SessionKey,
        record: Bytes,
        deadline: OffsetDateTime,
        index: &LoginIndex,
        now: OffsetDateTime,
    ) -> Put {
        if self.has_ended(key, now) {
            return Put::Gone;
        }
        if let Some(old) = index.renews {
            let followers = self.followers.entry(old).or_default();
            followers.push((*key, now + RENEWED_FOR));
        }
        let logged_in_at = index.logged_in_at.unix_timestamp();
        let is_marked = index.keys().any(|key| {
            let mark = self.marks.get(&key);
            mark.is_some_and(|(up_to, until)| logged_in_at <= *up_to && *until > now)
        });
        if is_marked {
            return Put::Gone;
        }
        if self.logins.contains_key(key) {
            return Put::Stale;
        }
        for index_key in index.keys() {
            let found = self.found_by(index_key);
            if found.len() >= MAX_SESSIONS_OF_USER {
                self.end(&found[0], now);
            }
        }
        let version = Version(self.next_number());
        let login = Live {
            record,
            version,
            deadline,
            index: index.clone(),
            lease: None,
        };
        self.logins.insert(*key, login);
        Put::Stored(version)
    }
}

#[async_trait]
impl<C: Clock> LoginStore for OwnStore<C> {
    async fn load(&self, key: &SessionKey, known: Option<Version>) -> Result<Loaded, StoreError> {
        let (kept, _) = self.kept();
        Ok(match kept.logins.get(key) {
            None => Loaded::Gone,
            Some(login) if known == Some(login.version) => Loaded::Unchanged {
                deadline: login.deadline,
            },
            Some(login) => Loaded::Changed {
                record: login.record.clone(),
                version: login.version,
                deadline: login.deadline,
            },
        })
    }

    async fn put_if(
        &self,
        key: &SessionKey,
        record: Bytes,
        deadline: OffsetDateTime,
        expected: Expected<'_>,
    ) -> Result<Put, StoreError> {
        let (mut kept, now) = self.kept();
        let (at, held) = match expected {
            Expected::New(index) => return Ok(kept.put_new(key, record, deadline, index, now)),
            Expected::At(version) => (version, None),
            Expected::Held(version, lease) => (version, Some(lease)),
        };
        let version = Version(kept.next_number());
        let Some(login) = kept.logins.get_mut(key) else {
            return Ok(Put::Gone);
        };
        let is_held = held.is_none_or(|held| login.lease.is_some_and(|(last, _)| last == held));
        if login.version != at || !is_held {
            return Ok(Put::Stale);
        }
        (login.record, login.version, login.deadline) = (record, version, deadline);
        Ok(Put::Stored(version))
    }

    async fn touch(&self, key: &SessionKey, deadline: OffsetDateTime) -> Result<(), StoreError> {
        if let Some(login) = self.kept().0.logins.get_mut(key) {
            login.deadline = deadline;
        }
        Ok(())
    }

    async fn end(&self, key: &SessionKey) -> Result<Option<Bytes>, StoreError> {
        let (mut kept, now) = self.kept();
        Ok(kept.end(key, now).map(|login| login.record))
    }

    async fn followers(&self, key: &SessionKey) -> Result<Vec<SessionKey>, StoreError> {
        let (kept, now) = self.kept();
        let followers = kept.followers.get(key).into_iter().flatten();
        let known = followers.filter(|(_, until)| *until > now);
        Ok(known.map(|(key, _)| *key).collect())
    }

    async fn end_by(&self, logout: EndBy<'_>) -> Result<Vec<SessionKey>, StoreError> {
        let (mut kept, now) = self.kept();
        let up_to = logout.logged_in_until();
        let mut ended = Vec::new();
        for key in logout.keys() {
            if logout.leaves_mark() {
                let mark = kept.marks.entry(key).or_insert((i64::MIN, now));
                *mark = (mark.0.max(up_to), now + ENDED_FOR);
            }
            for found in kept.found_by(key) {
                if kept.logins[&found].index.logged_in_at.unix_timestamp() <= up_to {
                    kept.end(&found, now);
                    ended.push(found);
                }
            }
        }
        Ok(ended)
    }

    async fn lease(&self, key: &SessionKey, ttl: Duration) -> Result<Leased, StoreError> {
        let (mut kept, now) = self.kept();
        let lease = Lease(kept.next_number());
        Ok(match kept.logins.get_mut(key) {
            None => Leased::Gone,
            Some(login) if login.lease.is_some_and(|(_, until)| until > now) => Leased::Busy,
            Some(login) => {
                login.lease = Some((lease, now + ttl));
                Leased::Held(lease)
            }
        })
    }

    async fn release(&self, key: &SessionKey, lease: Lease) -> Result<(), StoreError> {
        let (mut kept, now) = self.kept();
        let held = kept
            .logins
            .get_mut(key)
            .and_then(|login| login.lease.as_mut());
        if let Some((_, until)) = held.filter(|(held, _)| *held == lease) {
            *until = now;
        }
        Ok(())
    }

    async fn of(&self, user: &[SubjectKey]) -> Result<Vec<UserSession>, StoreError> {
        let (kept, _) = self.kept();
        let is_theirs = |login: &Live| user.iter().any(|key| login.index.subject.contains(key));
        let theirs = kept.logins.iter().filter(|(_, login)| is_theirs(login));
        let mut sessions: Vec<_> = theirs
            .map(|(key, login)| {
                let about = login.index.about.clone();
                UserSession::new(*key, login.index.logged_in_at, login.deadline, about)
            })
            .collect();
        sessions.sort_by_key(|session| std::cmp::Reverse(session.logged_in_at));
        Ok(sessions)
    }

    async fn claim(&self, state: &StateHash, until: OffsetDateTime) -> Result<Claim, StoreError> {
        let (mut kept, now) = self.kept();
        if kept.claims.get(state).is_some_and(|until| *until > now) {
            return Ok(Claim::Again);
        }
        kept.claims.insert(*state, until);
        Ok(Claim::First)
    }
}

/// What shares its store with others hands out an `Arc` of it.
pub(super) type Shared<C> = Arc<OwnStore<C>>;
