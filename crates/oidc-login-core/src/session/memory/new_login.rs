//! A new login: index first, then the record, so that a logout in between finds one or the other.

use std::sync::Arc;

use bytes::Bytes;
use time::OffsetDateTime;

use super::{
    MemoryStore,
    index::Indexed,
    live::{Live, Watched, boxed},
};
use crate::session::{
    expiring_map::Refused,
    id::SessionKey,
    index::LoginIndex,
    login_store::{Put, RENEWED_FOR, StoreError, Version},
    login_watch::LoginWatch,
};

impl MemoryStore {
    pub(super) fn put_new(
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
}

pub(super) fn too_large() -> StoreError {
    StoreError::new("the login is larger than the memory store takes")
}
