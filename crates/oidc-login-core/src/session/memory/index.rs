//! Which logins a user, or one of the provider's sessions, has.

use bytes::Bytes;

use super::MemoryStore;
use crate::session::{
    id::SessionKey,
    index::LoginIndex,
    login_store::{ENDED_FOR, MAX_SESSIONS_OF_USER},
};

/// The logins under one key, and the mark that a logout left there.
#[derive(Default)]
pub(super) struct IndexEntry {
    pub(super) members: Vec<Member>,
    mark: Option<Mark>,
}

#[derive(Clone)]
pub(super) struct Member {
    pub(super) key: SessionKey,
    pub(super) logged_in_at: i64,
    pub(super) about: Bytes,
    ends_at: i64,
}

/// Logins up to a time have ended; remembered for a while.
struct Mark {
    logged_in_until: i64,
    kept_until: i64,
}

/// What became of a login on its way into the index.
pub(super) enum Indexed {
    Added,
    /// Its logout was here first.
    Ended,
    /// No room, before this one goes.
    Full(SessionKey),
}

impl IndexEntry {
    fn sweep(&mut self, now: i64) {
        self.members.retain(|member| member.ends_at > now);
        self.mark.take_if(|mark| mark.kept_until <= now);
    }

    fn deadline(&self) -> Option<i64> {
        let members = self.members.iter().map(|member| member.ends_at);
        members
            .chain(self.mark.iter().map(|mark| mark.kept_until))
            .max()
    }

    fn add(&mut self, member: Member) -> Indexed {
        let logged_in_at = member.logged_in_at;
        if matches!(&self.mark, Some(mark) if logged_in_at <= mark.logged_in_until) {
            return Indexed::Ended;
        }
        if self.members.iter().any(|known| known.key == member.key) {
            return Indexed::Added;
        }
        if self.members.len() >= MAX_SESSIONS_OF_USER
            && let Some(oldest) = self.members.iter().min_by_key(|known| known.logged_in_at)
        {
            return Indexed::Full(oldest.key);
        }
        // Most users have one session, and there are many users.
        self.members.reserve_exact(1);
        self.members.push(member);
        Indexed::Added
    }

    fn end(&mut self, logged_in_until: i64, now: i64) -> Vec<SessionKey> {
        let before = self.mark.as_ref().map_or(i64::MIN, |m| m.logged_in_until);
        self.mark = Some(Mark {
            logged_in_until: before.max(logged_in_until),
            kept_until: now.saturating_add(ENDED_FOR.as_secs().cast_signed()),
        });
        let ended = self
            .members
            .extract_if(.., |member| member.logged_in_at <= logged_in_until);
        ended.map(|member| member.key).collect()
    }
}

impl MemoryStore {
    /// Puts a login under one of its keys; what no longer has room in the index is ended.
    pub(super) fn add_to_index(
        &self,
        index_key: [u8; 32],
        key: SessionKey,
        index: &LoginIndex,
        now: i64,
    ) -> Indexed {
        let member = Member {
            key,
            logged_in_at: index.logged_in_at.unix_timestamp(),
            ends_at: index.ends_at.unix_timestamp(),
            about: index.about.clone(),
        };
        let (indexed, pushed_out) = self.0.index.upsert(index_key, now, |entry, _| {
            entry.sweep(now);
            let indexed = entry.add(member);
            (indexed, entry.deadline())
        });
        self.end_pushed_out(&pushed_out, now);
        indexed
    }

    pub(super) fn remove_from_index(&self, index_key: [u8; 32], key: &SessionKey, now: i64) {
        self.0.index.update(&index_key, now, |entry, deadline| {
            entry.members.retain(|member| member.key != *key);
            *deadline = entry.deadline().unwrap_or(now);
        });
    }

    /// Leaves the mark, and takes out the logins that are meant.
    pub(super) fn mark_in_index(
        &self,
        index_key: [u8; 32],
        logged_in_until: i64,
        now: i64,
    ) -> Vec<SessionKey> {
        let (ended, pushed_out) = self.0.index.upsert(index_key, now, |entry, _| {
            entry.sweep(now);
            let ended = entry.end(logged_in_until, now);
            (ended, entry.deadline())
        });
        self.end_pushed_out(&pushed_out, now);
        ended
    }

    /// A login that no logout could find any more is better ended.
    fn end_pushed_out(&self, pushed_out: &[([u8; 32], IndexEntry)], now: i64) {
        for (index_key, entry) in pushed_out {
            for member in &entry.members {
                self.end_indexed(&member.key, index_key, now);
            }
        }
    }

    pub(super) fn members(&self, index_key: &[u8; 32], now: i64) -> Vec<Member> {
        let members = self
            .0
            .index
            .read(index_key, now, |entry, _| entry.members.clone());
        members.unwrap_or_default()
    }
}
