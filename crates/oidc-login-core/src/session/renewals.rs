//! Sessions that got a new id a moment ago.

use time::OffsetDateTime;

use super::{expiring_map::ExpiringMap, id::SessionKey};

/// How long the answer with the new id may be on its way to the browser, in seconds.
const ON_ITS_WAY: i64 = 10;
const CAPACITY: usize = 100_000;

/// Which key follows another, while the browser may still send the old one: a sign-out that comes
/// with it means the session, whatever its id is by now.
pub(crate) struct Renewals(ExpiringMap<SessionKey, SessionKey>);

impl Renewals {
    pub(crate) fn new() -> Self {
        Self(ExpiringMap::new(CAPACITY))
    }

    pub(crate) fn add(&self, old: SessionKey, new: SessionKey, now: OffsetDateTime) {
        let now = now.unix_timestamp();
        self.0.insert(old, new, now + ON_ITS_WAY, now);
    }

    /// The key that followed, if any.
    pub(crate) fn of(&self, old: &SessionKey, now: OffsetDateTime) -> Option<SessionKey> {
        self.0.read(old, now.unix_timestamp(), |new, _| *new)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_followed_for_a_moment() {
        let (renewals, now) = (Renewals::new(), OffsetDateTime::UNIX_EPOCH);
        let [old, new] = [1, 2].map(|byte| SessionKey::from_bytes([byte; 32]));
        renewals.add(old, new, now);
        assert_eq!(renewals.of(&old, now), Some(new));
        assert_eq!(renewals.of(&new, now), None);
        let later = now + time::Duration::seconds(ON_ITS_WAY);
        assert_eq!(renewals.of(&old, later), None);
    }
}
