//! Which logins a user, or one of the provider's sessions, has.
//!
//! Each entry goes with its logins, so the bounds of those bound it too. The marks that logouts
//! leave have room of their own: logins, which who has an account can begin as often as they like,
//! push none of them out.

use std::mem::take;

use super::{BLOCK, MemoryStore};
use crate::session::{
    id::SessionKey,
    index::LoginIndex,
    login_store::{ENDED_FOR, MAX_SESSIONS_OF_USER},
};

/// The logins under one key. Most users have one session, and there are many users: no room is kept.
pub(super) type Members = Box<[Member]>;

#[derive(Clone)]
pub(super) struct Member {
    pub(super) key: SessionKey,
    pub(super) logged_in_at: i64,
}

/// An entry ends with its last login.
const NEVER: i64 = i64::MAX;

/// What one login takes under one key, about.
pub(super) const MEMBER: usize = 64 + 2 * BLOCK + 16 + size_of::<Member>();

/// What became of a login on its way into the index.
pub(super) enum Indexed {
    Added,
    /// Its logout was here first.
    Ended,
    /// No room, before this one goes.
    Full(SessionKey),
}

fn add(members: &mut Members, member: Member) -> Indexed {
    if members.iter().any(|known| known.key == member.key) {
        return Indexed::Added;
    }
    if members.len() >= MAX_SESSIONS_OF_USER
        && let Some(oldest) = members.iter().min_by_key(|known| known.logged_in_at)
    {
        return Indexed::Full(oldest.key);
    }
    let mut more = take(members).into_vec();
    more.reserve_exact(1);
    more.push(member);
    *members = more.into();
    Indexed::Added
}

fn deadline(members: &Members) -> Option<i64> {
    (!members.is_empty()).then_some(NEVER)
}

impl MemoryStore {
    /// Puts a login under one of its keys, then looks for a mark: a logout leaves its mark first
    /// and takes out the logins then, so one of the two sees the other.
    pub(super) fn add_to_index(
        &self,
        index_key: [u8; 32],
        key: SessionKey,
        index: &LoginIndex,
        now: i64,
    ) -> Indexed {
        let logged_in_at = index.logged_in_at.unix_timestamp();
        let member = Member { key, logged_in_at };
        let (indexed, _) = self.0.index.upsert(index_key, now, |members| {
            let indexed = add(members, member);
            (indexed, deadline(members))
        });
        let is_marked = self
            .0
            .marks
            .read(&index_key, now, |until, _| logged_in_at <= *until);
        if is_marked == Some(true) {
            return Indexed::Ended;
        }
        indexed
    }

    pub(super) fn remove_from_index(&self, index_key: [u8; 32], key: &SessionKey, now: i64) {
        self.0.index.upsert(index_key, now, |members| {
            let mut others = take(members).into_vec();
            others.retain(|member| member.key != *key);
            *members = others.into();
            ((), deadline(members))
        });
    }

    /// Until when logins under this key have ended.
    pub(super) fn leave_mark(&self, index_key: [u8; 32], logged_in_until: i64, now: i64) {
        let kept_until = now.saturating_add(ENDED_FOR.as_secs().cast_signed());
        let ((), gone) = self.0.marks.upsert(index_key, now, |until: &mut i64| {
            *until = logged_in_until.max(*until);
            ((), Some(kept_until))
        });
        self.0.evicted_marks.add(gone.evicted.len(), now);
    }

    /// Takes out the logins that are meant.
    pub(super) fn take_from_index(
        &self,
        index_key: [u8; 32],
        logged_in_until: i64,
        now: i64,
    ) -> Vec<SessionKey> {
        let (ended, _) = self.0.index.upsert(index_key, now, |members| {
            let is_meant = |member: &mut Member| member.logged_in_at <= logged_in_until;
            let mut all = take(members).into_vec();
            let ended = all.extract_if(.., is_meant);
            let ended = ended.map(|member| member.key).collect();
            *members = all.into();
            (ended, deadline(members))
        });
        ended
    }

    pub(super) fn members(&self, index_key: &[u8; 32], now: i64) -> Members {
        let members = self
            .0
            .index
            .read(index_key, now, |members, _| members.clone());
        members.unwrap_or_default()
    }
}
