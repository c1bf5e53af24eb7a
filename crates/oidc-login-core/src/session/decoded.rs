//! Logins decoded in this process, so that a request decodes none.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use time::OffsetDateTime;

use super::{
    expiring_map::{Bounds, ExpiringMap},
    id::SessionKey,
    login::Login,
    login_store::{Loaded, LoginStore, StoreError, Version},
    record_seal::Unreadable,
};

const ENTRIES: usize = 50_000;

/// A login as one load found it.
#[derive(Clone)]
pub(crate) struct LoadedLogin {
    pub(crate) key: SessionKey,
    pub(crate) login: Arc<Login>,
    /// When it ends if nothing touches it.
    pub(crate) deadline: OffsetDateTime,
}

impl LoadedLogin {
    /// A login that no store knows.
    pub(crate) fn fixed(login: Arc<Login>) -> Self {
        Self {
            key: SessionKey::of_nobody(),
            deadline: login.ends_at(),
            login,
        }
    }
}

/// Decoded logins by the version they were decoded from.
///
/// A load asks the store whether that is the present one, unless it asked within the cache time. Of a
/// record that cannot be read it is known that it cannot: it is neither sent nor opened again.
pub(crate) struct DecodedLogins {
    entries: ExpiringMap<SessionKey, Decoded>,
    cache_time: Duration,
    /// How often an entry was removed: a load that began before must not bring it back.
    removals: AtomicU64,
}

#[derive(Clone)]
struct Decoded {
    version: Version,
    login: Option<Arc<Login>>,
    asked: Option<Asked>,
}

impl Decoded {
    fn heap_bytes(&self) -> usize {
        self.login.as_ref().map_or(0, |login| login.heap_bytes())
    }
}

/// When the store last said that a login is alive, and until when it is if nothing touches it.
#[derive(Clone, Copy)]
struct Asked {
    /// By the clock, which may be set back.
    at: OffsetDateTime,
    /// By the time that has passed, which cannot.
    moment: Instant,
    deadline: OffsetDateTime,
}

impl Asked {
    /// Whether the store need not be asked again yet, by either clock.
    fn is_enough(&self, cache_time: Duration, now: OffsetDateTime, moment: Instant) -> bool {
        let age = now - self.at;
        !age.is_negative()
            && age < cache_time
            && moment.saturating_duration_since(self.moment) < cache_time
            && now < self.deadline
    }
}

impl DecodedLogins {
    /// Serves a login without asking the store for `cache_time`, and holds about so many bytes.
    pub(crate) fn new(cache_time: Duration, bytes: usize) -> Self {
        let bounds = Bounds {
            entries: ENTRIES,
            bytes,
        };
        Self {
            entries: ExpiringMap::bounded(bounds, Decoded::heap_bytes),
            cache_time,
            removals: AtomicU64::new(0),
        }
    }

    /// The login under a key, if it is alive, or was within the cache time; `open` reads its record.
    ///
    /// A record that cannot be read counts as no login: nobody is locked out by an upgrade.
    pub(crate) async fn load(
        &self,
        store: &dyn LoginStore,
        key: SessionKey,
        now: OffsetDateTime,
        open: impl FnOnce(&[u8]) -> Result<Login, Unreadable>,
    ) -> Result<Option<LoadedLogin>, StoreError> {
        let known = self.known(key, now);
        match known {
            Some(Decoded {
                login,
                asked: Some(asked),
                ..
            }) if asked.is_enough(self.cache_time, now, Instant::now()) => {
                Ok(alive(key, login, asked.deadline, now))
            }
            known => self.ask_about(store, key, known, now, open).await,
        }
    }

    /// The login under a key, if the store says now that it is alive.
    pub(crate) async fn ask(
        &self,
        store: &dyn LoginStore,
        key: SessionKey,
        now: OffsetDateTime,
        open: impl FnOnce(&[u8]) -> Result<Login, Unreadable>,
    ) -> Result<Option<LoadedLogin>, StoreError> {
        let known = self.known(key, now);
        self.ask_about(store, key, known, now, open).await
    }

    fn known(&self, key: SessionKey, now: OffsetDateTime) -> Option<Decoded> {
        let now = now.unix_timestamp();
        self.entries.read(&key, now, |decoded, _| decoded.clone())
    }

    async fn ask_about(
        &self,
        store: &dyn LoginStore,
        key: SessionKey,
        known: Option<Decoded>,
        now: OffsetDateTime,
        open: impl FnOnce(&[u8]) -> Result<Login, Unreadable>,
    ) -> Result<Option<LoadedLogin>, StoreError> {
        let moment = (!self.cache_time.is_zero()).then(Instant::now);
        let removals = self.removals.load(Ordering::SeqCst);
        let version = known.as_ref().map(|known| known.version);
        let mut is_news = moment.is_some();
        let (version, login, deadline) = match (store.load(&key, version).await?, known) {
            (Loaded::Unchanged { deadline }, Some(known)) => (known.version, known.login, deadline),
            (
                Loaded::Changed {
                    record,
                    version,
                    deadline,
                },
                _,
            ) => {
                let login = open(&record).map(Arc::new).inspect_err(|reason| {
                    tracing::warn!(
                        %reason,
                        "a login in the store cannot be read, its user has to sign in again"
                    );
                });
                is_news = true;
                (version, login.ok(), deadline)
            }
            (Loaded::Gone | Loaded::Unchanged { .. }, _) => {
                self.remove(&key);
                return Ok(None);
            }
        };
        if is_news {
            let ends_at = login.as_ref().map_or(deadline, |login| login.ends_at());
            let ends_at = ends_at.unix_timestamp();
            let at = now;
            let asked = moment.map(|moment| Asked {
                at,
                moment,
                deadline,
            });
            let login = login.clone();
            let decoded = Decoded {
                version,
                login,
                asked,
            };
            let is_wanted = || self.removals.load(Ordering::SeqCst) == removals;
            (self.entries).insert_if(key, decoded, ends_at, now.unix_timestamp(), is_wanted);
        }
        Ok(alive(key, login, deadline, now))
    }

    /// A login that was just saved. Its logout may be here first, so the next request asks.
    pub(crate) fn put(
        &self,
        key: SessionKey,
        version: Version,
        login: Arc<Login>,
        now: OffsetDateTime,
    ) {
        let ends_at = login.record().ends_at;
        let (login, asked) = (Some(login), None);
        let decoded = Decoded {
            version,
            login,
            asked,
        };
        (self.entries).insert_if(key, decoded, ends_at, now.unix_timestamp(), || true);
    }

    /// The end of an idle login was moved.
    pub(crate) fn touched(&self, key: &SessionKey, deadline: OffsetDateTime) {
        // Whether it has expired is asked when it is read.
        self.entries.update(key, i64::MIN, |decoded, _| {
            if let Some(asked) = &mut decoded.asked {
                asked.deadline = deadline;
            }
        });
    }

    /// Every request asks the store next, also when a load is under way.
    pub(crate) fn clear(&self) {
        self.removals.fetch_add(1, Ordering::SeqCst);
        self.entries.clear();
    }

    /// The next request asks the store, also when a load is under way.
    pub(crate) fn remove(&self, key: &SessionKey) {
        self.removals.fetch_add(1, Ordering::SeqCst);
        self.entries.remove(key, i64::MIN);
    }
}

/// What was loaded, if there is a login and it is alive.
fn alive(
    key: SessionKey,
    login: Option<Arc<Login>>,
    deadline: OffsetDateTime,
    now: OffsetDateTime,
) -> Option<LoadedLogin> {
    let login = login.filter(|login| login.is_alive(now.unix_timestamp()))?;
    Some(LoadedLogin {
        key,
        login,
        deadline,
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use bytes::Bytes;

    use super::*;
    use crate::{
        protocol::{AccessTokenText, RawIdToken},
        session::{Expected, LoginIndex, LoginRecord, MemoryStore, Put},
    };

    const MINUTE: Duration = Duration::from_secs(60);

    fn login(claims: &str, now: OffsetDateTime) -> Login {
        Login::new(LoginRecord {
            issuer: "issuer".into(),
            client_id: "client".into(),
            subject: "subject".into(),
            sid: None,
            claims: claims.into(),
            roles: None,
            id_token: RawIdToken::new("id"),
            issued_at: 0,
            id_token_expires_at: 0,
            access_token: AccessTokenText::new("access"),
            access_token_expires_at: None,
            refresh_token: None,
            logged_in_at: now.unix_timestamp(),
            ends_at: now.unix_timestamp() + 28_800,
        })
    }

    fn index(now: OffsetDateTime) -> LoginIndex {
        LoginIndex {
            sid: vec![],
            subject: vec![],
            logged_in_at: now,
            ends_at: now + time::Duration::DAY,
            about: Bytes::new(),
        }
    }

    #[test]
    fn both_clocks_must_say_that_it_was_lately() {
        let (now, moment) = (OffsetDateTime::UNIX_EPOCH, Instant::now());
        let asked = Asked {
            at: now,
            moment,
            deadline: now + time::Duration::HOUR,
        };
        let seconds = Duration::from_secs;
        for (name, clock, passed, is_enough) in [
            ("at once", 0, 0, true),
            ("just before", 59, 59, true),
            ("after", 60, 60, false),
            ("the clock was set back", 1, 60, false),
            ("before it was asked", -1, 1, false),
            ("the clock jumped ahead", 60, 1, false),
            ("it has ended", 3600, 0, false),
        ] {
            let now = now + time::Duration::seconds(clock);
            let found = asked.is_enough(MINUTE, now, moment + seconds(passed));
            assert_eq!(found, is_enough, "{name}");
        }
        let an_hour_later = now + time::Duration::HOUR;
        assert!(!asked.is_enough(MINUTE * 120, an_hour_later, moment));
    }

    #[tokio::test]
    async fn what_changed_elsewhere_is_seen_after_the_time_and_by_who_asks() {
        let (store, now) = (MemoryStore::new(), OffsetDateTime::now_utc());
        let (key, end) = (SessionKey::of_nobody(), now + time::Duration::HOUR);
        let new = Expected::New(&index(now));
        let record = login("{}", now).to_bytes();
        let Put::Stored(version) = store.put_if(&key, record, end, new).await.unwrap() else {
            panic!("a new login");
        };
        let decoded = DecodedLogins::new(MINUTE, 1 << 20);
        let open = |record: &[u8]| Login::from_bytes(record).ok_or(Unreadable::Format);
        let claims = async |now| {
            let loaded = decoded.load(&store, key, now, open).await.unwrap();
            loaded.map(|loaded| loaded.login.claims_json().to_owned())
        };
        assert_eq!(claims(now).await.as_deref(), Some("{}"));
        let record = login(r#"{"a":1}"#, now).to_bytes();
        let expected = Expected::At(version);
        store.put_if(&key, record, end, expected).await.unwrap();
        assert_eq!(claims(now).await.as_deref(), Some("{}"));
        let later = now + MINUTE;
        assert_eq!(claims(later).await.as_deref(), Some(r#"{"a":1}"#));
        store.end(&key).await.unwrap();
        assert!(claims(later).await.is_some());
        assert!(
            decoded
                .ask(&store, key, later, open)
                .await
                .unwrap()
                .is_none()
        );
        assert!(claims(later).await.is_none(), "who asked told the others");
    }

    #[test]
    fn what_is_decoded_is_bounded_in_bytes() {
        let (decoded, now) = (
            DecodedLogins::new(MINUTE, 1 << 20),
            OffsetDateTime::now_utc(),
        );
        let claims = format!(r#"{{"a":"{}"}}"#, "x".repeat(10_000));
        for number in 0..=255 {
            let login = Arc::new(login(&claims, now));
            assert!(login.heap_bytes() > 50_000);
            decoded.put(SessionKey::from_bytes([number; 32]), Version(1), login, now);
            assert!(decoded.entries.bytes() <= 1 << 20);
        }
        assert!(decoded.entries.len() >= 15);
    }
}
