//! Logins that go: ended, with a mark that keeps them from coming back, or for want of room.

use super::{MemoryStore, live::Live};
use crate::session::{expiring_map::Gone, id::SessionKey, login_store::ENDED_FOR};

impl MemoryStore {
    pub(super) fn forget(&self, index_keys: &[[u8; 32]], key: &SessionKey, now: i64) {
        for index_key in index_keys {
            self.remove_from_index(*index_key, key, now);
        }
    }

    /// Forgets what is not the present login's.
    pub(super) fn forget_others(&self, index_keys: &[[u8; 32]], key: &SessionKey, now: i64) {
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
    pub(super) fn forget_all(&self, gone: Gone<SessionKey, Live>, now: i64) {
        self.0.evicted_logins.add(gone.evicted.len(), now);
        for (key, live) in gone.expired.into_iter().chain(gone.evicted) {
            self.forget(live.index_keys(), &key, now);
        }
    }

    pub(super) fn remove(&self, key: &SessionKey, now: i64) -> Option<Live> {
        let removed = self.0.logins.remove(key, now);
        if let Some(live) = &removed {
            self.forget(live.index_keys(), key, now);
        }
        removed
    }

    pub(super) fn has_ended(&self, key: &SessionKey, now: i64) -> bool {
        self.0.ended.read(key, now, |(), _| ()).is_some()
    }

    fn mark_ended(&self, key: &SessionKey, now: i64) {
        let until = now.saturating_add(ENDED_FOR.as_secs().cast_signed());
        let gone = self.0.ended.insert_if(*key, (), until, now, || true);
        self.0.evicted_marks.add(gone.evicted.len(), now);
    }

    /// Ends a login that there is; gives back what was there. Others leave no mark: anybody can send
    /// made-up keys.
    pub(super) fn end_now(&self, key: &SessionKey, now: i64) -> Option<Live> {
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
