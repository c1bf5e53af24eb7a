//! Finding logins by the provider's session and by user, and the marks that logouts leave.

use std::collections::{BTreeMap, BTreeSet};

use bytes::Bytes;
use serde::{Deserialize, Serialize};

use super::{
    Inner, StoreError, at,
    raw::Raw,
    records::{Found, Kind},
};
use crate::session::{
    id::SessionKey,
    index::{EndBy, LoginIndex, SubjectKey, UserSession},
    login_store::{ENDED_FOR, MAX_SESSIONS_OF_USER},
};

/// A login, as its index knows it.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct Member {
    key: Raw<[u8; 32]>,
    logged_in_at: i64,
    pub(super) ends_at: i64,
    about: Raw<Vec<u8>>,
}

/// Logins up to this time have ended.
#[derive(Serialize, Deserialize)]
struct Mark {
    logged_in_until: i64,
}

/// Which logins to end; what [`EndBy`] only borrows.
pub(super) struct Logout {
    index_keys: Vec<[u8; 32]>,
    logged_in_until: i64,
    leaves_mark: bool,
}

/// Logins to take out of the index, by its key.
#[derive(Default)]
pub(super) struct Leaving(BTreeMap<[u8; 32], Vec<[u8; 32]>>);

impl Member {
    pub(super) fn new(key: &SessionKey, index: &LoginIndex) -> Self {
        Self {
            key: Raw(*key.as_bytes()),
            logged_in_at: index.logged_in_at.unix_timestamp(),
            ends_at: index.ends_at.unix_timestamp(),
            about: Raw(index.about.to_vec()),
        }
    }

    pub(super) fn key(&self) -> SessionKey {
        SessionKey::from_bytes(self.key.0)
    }
}

impl From<EndBy<'_>> for Logout {
    fn from(logout: EndBy<'_>) -> Self {
        Self {
            index_keys: logout.keys(),
            logged_in_until: logout.logged_in_until(),
            leaves_mark: logout.leaves_mark(),
        }
    }
}

impl Leaving {
    pub(super) fn add(&mut self, key: &SessionKey, index_keys: &[[u8; 32]]) {
        for index_key in index_keys {
            self.0.entry(*index_key).or_default().push(*key.as_bytes());
        }
    }
}

impl Inner {
    /// Puts a login under one of its keys; the oldest one goes when there is no room.
    pub(super) async fn add_to_index(
        &self,
        index_key: &[u8; 32],
        member: &Member,
    ) -> Result<(), StoreError> {
        loop {
            let added = self.change_index(index_key, |members| {
                if members.iter().any(|known| known.key == member.key) {
                    return Err(None);
                }
                if members.len() >= MAX_SESSIONS_OF_USER {
                    let oldest = members.iter().min_by_key(|known| known.logged_in_at);
                    return Err(oldest.cloned());
                }
                members.push(member.clone());
                Ok(None)
            });
            let Some(oldest) = added.await? else {
                return Ok(());
            };
            self.end_members(&[oldest], index_key).await?;
        }
    }

    pub(super) async fn remove_from_index(&self, leaving: &Leaving) -> Result<(), StoreError> {
        for (index_key, keys) in &leaving.0 {
            let keys: BTreeSet<_> = keys.iter().collect();
            let removed = self.change_index(index_key, |members| {
                let before = members.len();
                members.retain(|member| !keys.contains(&member.key.0));
                if members.len() == before {
                    Err(())
                } else {
                    Ok(())
                }
            });
            removed.await?;
        }
        Ok(())
    }

    /// First the mark, then each login, and only then the index: the same call again finishes what
    /// this one could not.
    pub(super) async fn end_by(&self, logout: Logout) -> Result<Vec<SessionKey>, StoreError> {
        let logged_in_until = logout.logged_in_until;
        let mut ended = BTreeSet::new();
        for index_key in &logout.index_keys {
            if logout.leaves_mark {
                self.leave_mark(index_key, logged_in_until).await?;
            }
            let mut meant = self.members(index_key).await?;
            meant.retain(|member| member.logged_in_at <= logged_in_until);
            self.end_members(&meant, index_key).await?;
            ended.extend(meant.iter().map(Member::key));
        }
        Ok(ended.into_iter().collect())
    }

    async fn end_members(
        &self,
        members: &[Member],
        index_key: &[u8; 32],
    ) -> Result<(), StoreError> {
        let mut leaving = Leaving::default();
        for member in members {
            let index_keys = self.end_indexed(member, index_key).await?;
            leaving.add(&member.key(), &index_keys);
            leaving.add(&member.key(), &[*index_key]);
        }
        self.remove_from_index(&leaving).await
    }

    async fn leave_mark(
        &self,
        index_key: &[u8; 32],
        logged_in_until: i64,
    ) -> Result<(), StoreError> {
        let id = Kind::Mark.id(index_key);
        let _guard = self.locks.lock(id).await;
        let found = self.records.read::<Mark>(id).await?;
        let is_there = found.is_there();
        let before = match found {
            Found::Kept { value, .. } => value.logged_in_until,
            Found::Nothing | Found::Unreadable => i64::MIN,
        };
        let mark = Mark {
            logged_in_until: before.max(logged_in_until),
        };
        let until = self.now().saturating_add(ENDED_FOR.as_secs().cast_signed());
        if is_there || !self.records.insert(id, &mark, until).await? {
            self.records.save(id, &mark, until).await?;
        }
        Ok(())
    }

    /// Whether a logout of this login was here.
    pub(super) async fn is_marked(
        &self,
        index_keys: &[[u8; 32]],
        logged_in_at: i64,
    ) -> Result<bool, StoreError> {
        for index_key in index_keys {
            let id = Kind::Mark.id(index_key);
            if let Found::Kept { value, .. } = self.records.read::<Mark>(id).await?
                && logged_in_at <= value.logged_in_until
            {
                return Ok(true);
            }
        }
        Ok(false)
    }

    pub(super) async fn sessions_of(
        &self,
        user: &[SubjectKey],
    ) -> Result<Vec<UserSession>, StoreError> {
        let mut sessions: Vec<UserSession> = Vec::new();
        let mut known = BTreeSet::new();
        for subject in user {
            for member in self.members(subject.as_bytes()).await? {
                let key = member.key();
                if !known.insert(key) {
                    continue;
                }
                if let Some((login, until)) = self.living(&key).await?
                    && login.is_under(subject.as_bytes())
                {
                    sessions.push(UserSession {
                        key,
                        logged_in_at: at(member.logged_in_at),
                        deadline: at(until),
                        about: Bytes::from(member.about.0),
                    });
                }
            }
        }
        sessions.sort_by_key(|session| std::cmp::Reverse(session.logged_in_at));
        Ok(sessions)
    }

    async fn members(&self, index_key: &[u8; 32]) -> Result<Vec<Member>, StoreError> {
        let found = self.records.read(Kind::Index.id(index_key)).await?;
        Ok(self.whose_time_is_not_over(found))
    }

    fn whose_time_is_not_over(&self, found: Found<Vec<Member>>) -> Vec<Member> {
        let (now, mut members) = match found {
            Found::Kept { value, .. } => (self.now(), value),
            Found::Nothing | Found::Unreadable => return Vec::new(),
        };
        members.retain(|member| member.ends_at > now);
        members
    }

    /// `Err` leaves the index as it is.
    async fn change_index<R>(
        &self,
        index_key: &[u8; 32],
        change: impl FnOnce(&mut Vec<Member>) -> Result<R, R> + Send,
    ) -> Result<R, StoreError> {
        let id = Kind::Index.id(index_key);
        let _guard = self.locks.lock(id).await;
        let found = self.records.read(id).await?;
        let is_there = found.is_there();
        let mut members = self.whose_time_is_not_over(found);
        let result = match change(&mut members) {
            Ok(result) => result,
            Err(result) => return Ok(result),
        };
        match members.iter().map(|member| member.ends_at).max() {
            None => self.records.delete(id).await?,
            Some(until) if is_there => self.records.save(id, &members, until).await?,
            Some(until) => {
                if !self.records.insert(id, &members, until).await? {
                    self.records.save(id, &members, until).await?;
                }
            }
        }
        Ok(result)
    }
}
