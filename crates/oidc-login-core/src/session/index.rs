//! How logins are found without their session's id: by the provider's session, and by the user.

use bytes::Bytes;
use time::OffsetDateTime;

use super::{
    Login, at,
    seal::{Keys, Purpose},
};

/// The key of one of the provider's sessions: a keyed hash over issuer, client id and `sid`.
///
/// Made from verified tokens only, with a key out of the session secrets, so a store's content
/// names nobody. It is no session's key, and nothing can be loaded with it.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SidKey([u8; 32]);

/// The key of one user: a keyed hash over issuer, client id and `sub`. See [`SidKey`].
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SubjectKey([u8; 32]);

/// What finds a new login again. A store keeps it beside the record and never looks into either.
///
/// There is one key for each session secret, so that a logout finds the login after the secrets
/// were rotated, and while nodes still have different lists: one secret in common is enough.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct LoginIndex {
    /// Under the provider's session; empty where the provider names none.
    pub sid: Vec<SidKey>,
    /// Under the user.
    pub subject: Vec<SubjectKey>,
    /// When the user signed in; a logout by user ends only what is not later.
    pub logged_in_at: OffsetDateTime,
    /// When the login ends, however busy it is; the index may be forgotten then.
    pub ends_at: OffsetDateTime,
    /// What a list of the user's sessions shows of this one: browser and address, sealed.
    pub about: Bytes,
    /// The key that the session had until now, where it gets a new id: it leads to the new one for
    /// [`RENEWED_FOR`](super::RENEWED_FOR), from before the login is saved.
    pub renews: Option<super::SessionKey>,
}

/// Which logins a logout ends. All keys are those of one session or user, one for each session
/// secret.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum EndBy<'a> {
    /// The logins of one of the provider's sessions.
    Sid(&'a [SidKey]),
    /// The logins of one of the provider's sessions, up to the time of a logout that nobody signed: who
    /// signs in again is let in, as whoever made the logout up must not keep them out.
    SidUntil {
        /// The session.
        keys: &'a [SidKey],
        /// Logins up to this second are meant.
        logged_in_until: OffsetDateTime,
    },
    /// The logins of one of the provider's sessions that are there by now. It leaves no mark, so what
    /// somebody made up takes no room.
    KnownSid(&'a [SidKey]),
    /// The logins of a user, up to the time of the logout and not the later ones.
    Subject {
        /// The user.
        keys: &'a [SubjectKey],
        /// A login of this very second is ended too.
        logged_in_until: OffsetDateTime,
    },
}

/// One session of a user, as a list of them shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct UserSession {
    /// To end it by.
    pub key: super::SessionKey,
    /// When the user signed in.
    pub logged_in_at: OffsetDateTime,
    /// When it ends if nothing touches it.
    pub deadline: OffsetDateTime,
    /// As it was given with the login.
    pub about: Bytes,
}

impl SidKey {
    /// The key again from what [`as_bytes`](Self::as_bytes) gave, for stores.
    pub const fn from_bytes(key: [u8; 32]) -> Self {
        Self(key)
    }

    /// The key itself. No key of another kind has the same bytes.
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl SubjectKey {
    /// The key again from what [`as_bytes`](Self::as_bytes) gave, for stores.
    pub const fn from_bytes(key: [u8; 32]) -> Self {
        Self(key)
    }

    /// The key itself. No key of another kind has the same bytes.
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl UserSession {
    /// What a store found of one session.
    pub fn new(
        key: super::SessionKey,
        logged_in_at: OffsetDateTime,
        deadline: OffsetDateTime,
        about: impl Into<Bytes>,
    ) -> Self {
        Self {
            key,
            logged_in_at,
            deadline,
            about: about.into(),
        }
    }
}

impl LoginIndex {
    /// What finds a login under these keys, for a store's own tests: it shows nothing in a list, and
    /// renews no session.
    pub fn new(
        sid: Vec<SidKey>,
        subject: Vec<SubjectKey>,
        logged_in_at: OffsetDateTime,
        ends_at: OffsetDateTime,
    ) -> Self {
        Self {
            sid,
            subject,
            logged_in_at,
            ends_at,
            about: Bytes::new(),
            renews: None,
        }
    }

    /// All keys; each kind has bytes of its own, so one map can hold them.
    pub fn keys(&self) -> impl Iterator<Item = [u8; 32]> + '_ {
        let subject = self.subject.iter().map(|key| key.0);
        subject.chain(self.sid.iter().map(|key| key.0))
    }
}

impl EndBy<'_> {
    /// All keys of the logout; each kind has bytes of its own.
    pub fn keys(&self) -> Vec<[u8; 32]> {
        match self {
            Self::Sid(keys) | Self::KnownSid(keys) | Self::SidUntil { keys, .. } => {
                keys.iter().map(|key| key.0).collect()
            }
            Self::Subject { keys, .. } => keys.iter().map(|key| key.0).collect(),
        }
    }

    /// Logins up to this second are meant, in seconds since 1970. A provider's session is over for
    /// good where the provider signed for it.
    pub fn logged_in_until(&self) -> i64 {
        match self {
            Self::Sid(_) | Self::KnownSid(_) => i64::MAX,
            Self::Subject {
                logged_in_until, ..
            }
            | Self::SidUntil {
                logged_in_until, ..
            } => logged_in_until.unix_timestamp(),
        }
    }

    /// Whether it leaves a mark that refuses the logins which are still on their way.
    pub fn leaves_mark(&self) -> bool {
        !matches!(self, Self::KnownSid(_))
    }
}

impl Keys {
    /// What finds this login again.
    ///
    /// The time of the login is the earlier one of our clock and the provider's: a logout token
    /// carries the provider's, and a clock of ours that is ahead must not save a login from it.
    pub(crate) fn index_of(&self, login: &Login) -> LoginIndex {
        let record = login.record();
        let logged_in_at = at(record.issued_at.min(record.logged_in_at));
        let (issuer, client_id) = (login.issuer(), login.client_id());
        let sid = login.sid();
        let sid = sid.map(|sid| self.sid_keys(issuer, client_id, sid));
        let subject = self.subject_keys(issuer, client_id, login.subject());
        LoginIndex::new(
            sid.unwrap_or_default(),
            subject,
            logged_in_at,
            login.ends_at(),
        )
    }

    /// The keys of one of the provider's sessions.
    pub(crate) fn sid_keys(&self, issuer: &str, client_id: &str, sid: &str) -> Vec<SidKey> {
        self.hashes(Purpose::SidIndex, &[issuer, client_id, sid])
            .map(SidKey)
            .collect()
    }

    /// The keys of a user.
    pub(crate) fn subject_keys(&self, issuer: &str, client_id: &str, sub: &str) -> Vec<SubjectKey> {
        self.hashes(Purpose::SubjectIndex, &[issuer, client_id, sub])
            .map(SubjectKey)
            .collect()
    }
}

macro_rules! redacted {
    ($($type:ident),*) => {$(
        impl std::fmt::Debug for $type {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(concat!(stringify!($type), "([redacted])"))
            }
        }
    )*};
}

redacted!(SidKey, SubjectKey);

impl std::fmt::Debug for LoginIndex {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("LoginIndex")
            .field("logged_in_at", &self.logged_in_at)
            .field("ends_at", &self.ends_at)
            .finish_non_exhaustive()
    }
}

impl std::fmt::Debug for EndBy<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Sid(_) => "EndBy::Sid",
            Self::KnownSid(_) => "EndBy::KnownSid",
            Self::SidUntil { .. } => "EndBy::SidUntil",
            Self::Subject { .. } => "EndBy::Subject",
        })
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;
    use crate::session::{LoginRecord, SessionSecrets};

    fn keys(seeds: &[u8]) -> Keys {
        Keys::new(&SessionSecrets::from_bytes(seeds.iter().map(|seed| vec![*seed; 32])).unwrap())
    }

    fn login(issuer: &str, client_id: &str, subject: &str, sid: Option<&str>) -> Login {
        Login::new(LoginRecord {
            issuer: issuer.into(),
            client_id: client_id.into(),
            subject: subject.into(),
            sid: sid.map(Into::into),
            issued_at: 900,
            logged_in_at: 1_000,
            ..LoginRecord::sample()
        })
    }

    #[test]
    fn every_part_of_who_it_is_makes_another_key() {
        let keys = keys(&[1]);
        let of = |issuer, client_id, sub, sid| keys.index_of(&login(issuer, client_id, sub, sid));
        let index = of("issuer", "client", "x", Some("x"));
        for (name, other) in [
            ("issuer", of("issuer2", "client", "x", Some("x"))),
            ("client", of("issuer", "client2", "x", Some("x"))),
            ("user and session", of("issuer", "client", "y", Some("y"))),
            ("moved boundary", of("issuerc", "lient", "x", Some("x"))),
        ] {
            assert!(
                index.keys().all(|key| other.keys().all(|one| one != key)),
                "{name}"
            );
        }
        assert_ne!(index.sid[0].0, index.subject[0].0, "sid is not sub");
        assert_eq!(of("issuer", "client", "x", None).sid, []);
    }

    #[test]
    fn a_rotated_secret_finds_the_login_as_long_as_it_is_in_the_list() {
        let saved = keys(&[1]).sid_keys("issuer", "client", "sid");
        let is_found = |seeds: &[u8]| {
            let asked = keys(seeds).sid_keys("issuer", "client", "sid");
            asked.iter().any(|key| saved.contains(key))
        };
        assert!(is_found(&[2, 1]));
        assert!(!is_found(&[2]));
    }

    #[test]
    fn the_earlier_clock_counts() {
        let index = keys(&[1]).index_of(&login("issuer", "client", "x", None));
        assert_eq!(index.logged_in_at.unix_timestamp(), 900);
    }
}
