//! Sessions that got a new id a moment ago.

use time::OffsetDateTime;

use super::{expiring_map::ExpiringMap, id::SessionKey};

/// How long the answer with the new id may be on its way to the browser, in seconds.
const ON_ITS_WAY: i64 = 10;
const CAPACITY: usize = 100_000;

/// Which keys follow another, while the browser may still send the old one: a sign-out that comes
/// with it means the session, whatever its id is by now. Of several at once one comes to live.
pub(crate) struct Renewals(ExpiringMap<SessionKey, Vec<SessionKey>>);

impl Renewals {
    pub(crate) fn new() -> Self {
        Self(ExpiringMap::new(CAPACITY))
    }

    pub(crate) fn add(&self, old: SessionKey, new: SessionKey, now: OffsetDateTime) {
        let now = now.unix_timestamp();
        self.0.upsert(old, now, |followers| {
            followers.push(new);
            ((), Some(now + ON_ITS_WAY))
        });
    }

    /// This one did not come to live.
    pub(crate) fn remove(&self, old: &SessionKey, new: SessionKey, now: OffsetDateTime) {
        self.0.update(old, now.unix_timestamp(), |followers, _| {
            followers.retain(|follower| *follower != new);
        });
    }

    /// The keys that may have followed.
    pub(crate) fn of(&self, old: &SessionKey, now: OffsetDateTime) -> Vec<SessionKey> {
        let followers = self
            .0
            .read(old, now.unix_timestamp(), |followers, _| followers.clone());
        followers.unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_followed_for_a_moment() {
        let (renewals, now) = (Renewals::new(), OffsetDateTime::UNIX_EPOCH);
        let [old, new, late] = [1, 2, 3].map(|byte| SessionKey::from_bytes([byte; 32]));
        renewals.add(old, new, now);
        renewals.add(old, late, now);
        assert_eq!(renewals.of(&old, now), [new, late]);
        renewals.remove(&old, late, now);
        assert_eq!(renewals.of(&old, now), [new]);
        assert_eq!(renewals.of(&new, now), []);
        let later = now + time::Duration::seconds(ON_ITS_WAY);
        assert_eq!(renewals.of(&old, later), []);
    }
}
