//! Which sessions ended or got a new id here lately.

use std::sync::atomic::{AtomicU64, Ordering};

use time::OffsetDateTime;

use super::{expiring_map::ExpiringMap, id::SessionKey};

/// How long a request may be under way and still be told that its session ended, in seconds.
const KEPT_FOR: i64 = 3600;
/// How long the answer that ended a session may be on its way to the browser, in seconds.
const ON_ITS_WAY: i64 = 10;
const CAPACITY: usize = 1_000_000;

/// Sessions that ended in this process, each with its moment: what a request wrote that began
/// before is dropped, and a browser that only kept the cookie may begin anew.
///
/// Anybody can begin and end sessions of visitors, if the app keeps values for those, so their marks
/// have a map of their own: no such traffic pushes out the mark of a login.
pub(crate) struct EndedSessions {
    logins: ExpiringMap<SessionKey, (Moment, i64)>,
    visitors: ExpiringMap<SessionKey, (Moment, i64)>,
    last: AtomicU64,
}

/// Whose session ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum EndedOf {
    /// Somebody was signed in.
    Login,
    /// Nobody was.
    Visitor,
}

/// A point in the order of what happened in this process.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Moment(u64);

impl EndedSessions {
    pub(crate) fn new() -> Self {
        Self::with_capacity(CAPACITY)
    }

    fn with_capacity(marks: usize) -> Self {
        Self {
            logins: ExpiringMap::new(marks),
            visitors: ExpiringMap::new(marks),
            last: AtomicU64::new(0),
        }
    }

    /// The present moment.
    pub(crate) fn now(&self) -> Moment {
        Moment(self.last.load(Ordering::SeqCst))
    }

    pub(crate) fn mark(&self, key: SessionKey, of: EndedOf, now: OffsetDateTime) -> Moment {
        let moment = Moment(self.last.fetch_add(1, Ordering::SeqCst) + 1);
        let now = now.unix_timestamp();
        let marks = match of {
            EndedOf::Login => &self.logins,
            EndedOf::Visitor => &self.visitors,
        };
        marks.insert_if(key, (moment, now), now + KEPT_FOR, now, || true);
        moment
    }

    /// When the session ended, if it did lately.
    pub(crate) fn moment(&self, key: &SessionKey, now: OffsetDateTime) -> Option<Moment> {
        let now = now.unix_timestamp();
        let marks = [&self.logins, &self.visitors].into_iter();
        marks
            .filter_map(|marks| marks.read(key, now, |(moment, _), _| *moment))
            .max()
    }

    /// Whether the session ended after that moment, or so shortly before that the browser cannot
    /// know it yet.
    pub(crate) fn is_after(&self, key: &SessionKey, begun: Moment, now: OffsetDateTime) -> bool {
        let now = now.unix_timestamp();
        let is_late = |marks: &ExpiringMap<SessionKey, (Moment, i64)>| {
            let ended = marks.read(key, now, |ended, _| *ended);
            ended.is_some_and(|(moment, at)| moment > begun || (now - at).abs() < ON_ITS_WAY)
        };
        is_late(&self.logins) || is_late(&self.visitors)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_began_before_the_end_is_late() {
        for of in [EndedOf::Login, EndedOf::Visitor] {
            let (ended, key) = (EndedSessions::new(), SessionKey::of_nobody());
            let now = OffsetDateTime::UNIX_EPOCH;
            let before = ended.now();
            assert!(!ended.is_after(&key, before, now));
            ended.mark(key, of, now);
            assert!(ended.is_after(&key, before, now));
            assert!(ended.is_after(&key, ended.now(), now));
            let later = now + time::Duration::seconds(ON_ITS_WAY);
            assert!(!ended.is_after(&key, ended.now(), later));
            assert!(ended.is_after(&key, before, later));
            let earlier = now - time::Duration::days(365);
            assert!(!ended.is_after(&key, ended.now(), earlier), "a wrong clock");
            let later = now + time::Duration::seconds(KEPT_FOR);
            assert!(!ended.is_after(&key, before, later));
        }
    }

    #[test]
    fn a_flood_of_visitors_pushes_out_no_mark_of_a_login() {
        let (ended, now) = (EndedSessions::with_capacity(8), OffsetDateTime::UNIX_EPOCH);
        let (before, alice) = (ended.now(), SessionKey::of_nobody());
        ended.mark(alice, EndedOf::Login, now);
        for visitor in 1..=255 {
            let visitor = SessionKey::from_bytes([visitor; 32]);
            ended.mark(visitor, EndedOf::Visitor, now + time::Duration::MINUTE);
        }
        assert!(ended.is_after(&alice, before, now));
        assert!(ended.visitors.len() <= 8);
    }
}
