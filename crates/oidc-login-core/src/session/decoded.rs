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
    id::{SessionId, SessionKey},
    login::Login,
    login_records::{LoginRecords, ReadLogin},
    login_store::{Loaded, LoginStore, StoreError, Version},
    login_watch::LoginWatch,
};

const ENTRIES: usize = 50_000;

/// A login as one load found it.
#[derive(Clone)]
pub(crate) struct LoadedLogin {
    pub(crate) key: SessionKey,
    pub(crate) login: Arc<Login>,
    pub(crate) version: Version,
    /// When it ends if nothing touches it, in seconds since 1970.
    pub(crate) ends_idle_at: i64,
}

impl LoadedLogin {
    /// A login that no store knows.
    pub(crate) fn fixed(login: Arc<Login>) -> Self {
        Self {
            key: SessionKey::of_nobody(),
            ends_idle_at: login.record().ends_at,
            version: Version(0),
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
    /// Where the store says by itself what becomes of the login.
    watch: Option<Arc<LoginWatch>>,
}

impl Decoded {
    fn heap_bytes(&self) -> usize {
        self.login.as_ref().map_or(0, |login| login.heap_bytes())
    }

    /// What it is, if there is a login and it is alive.
    fn alive(&self, key: SessionKey, ends_idle_at: i64, now: i64) -> Option<LoadedLogin> {
        let login = self.login.as_ref().filter(|login| login.is_alive(now))?;
        Some(LoadedLogin {
            key,
            login: login.clone(),
            version: self.version,
            ends_idle_at,
        })
    }

    /// The same, if that is known without asking the store.
    fn alive_now(&self, key: SessionKey, cache_time: Duration, now: i64) -> Option<LoadedLogin> {
        let is_enough = |asked: &&Asked| asked.is_enough(cache_time, now, Instant::now());
        let ends_idle_at = match self.asked.as_ref().filter(is_enough) {
            Some(asked) => asked.ends_idle_at,
            None => self.watch.as_ref()?.ends_at(self.version)?,
        };
        if now >= ends_idle_at {
            return None;
        }
        self.alive(key, ends_idle_at, now)
    }
}

/// When the store last said that a login is alive, and until when it is if nothing touches it.
#[derive(Clone, Copy)]
struct Asked {
    /// By the clock, which may be set back; in seconds since 1970.
    at: i64,
    /// By the time that has passed, which cannot.
    moment: Instant,
    ends_idle_at: i64,
}

impl Asked {
    /// Whether the store need not be asked again yet, by either clock.
    fn is_enough(&self, cache_time: Duration, now: i64, moment: Instant) -> bool {
        let age = u64::try_from(now.saturating_sub(self.at)).map(Duration::from_secs);
        age.is_ok_and(|age| age < cache_time)
            && moment.saturating_duration_since(self.moment) < cache_time
            && now < self.ends_idle_at
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
        records: &LoginRecords,
        id: &SessionId,
        now: OffsetDateTime,
    ) -> Result<Option<LoadedLogin>, StoreError> {
        match self.load_now(id.key(), now.unix_timestamp()) {
            None => self.ask(store, records, id, now).await,
            seen => Ok(seen),
        }
    }

    /// The same where it takes no waiting and no decoding: the store was asked lately, or says by itself
    /// that the login has not changed. `None` means that [`load`](Self::load) has to look.
    pub(crate) fn load_now(&self, key: SessionKey, now: i64) -> Option<LoadedLogin> {
        let alive_now = |decoded: &Decoded, _| decoded.alive_now(key, self.cache_time, now);
        self.entries.read(&key, now, alive_now).flatten()
    }

    /// The login of a session, if the store says now that it is alive.
    pub(crate) async fn ask(
        &self,
        store: &dyn LoginStore,
        records: &LoginRecords,
        id: &SessionId,
        now: OffsetDateTime,
    ) -> Result<Option<LoadedLogin>, StoreError> {
        let key = id.key();
        let moment = (!self.cache_time.is_zero()).then(Instant::now);
        let removals = self.removals.load(Ordering::SeqCst);
        let seconds = now.unix_timestamp();
        let known = self.entries.read(&key, seconds, |known, _| known.clone());
        let version = known.as_ref().map(|known| known.version);
        let (version, login, deadline, is_news) = match (store.load(&key, version).await?, known) {
            (Loaded::Unchanged { deadline }, Some(known)) => {
                (known.version, known.login, deadline, false)
            }
            (
                Loaded::Changed {
                    record,
                    version,
                    deadline,
                },
                _,
            ) => {
                let read = records.read(id, &record).inspect_err(|reason| {
                    tracing::warn!(
                        %reason,
                        "a login in the store cannot be read, its user has to sign in again"
                    );
                });
                let mut version = version;
                if let Ok(ReadLogin {
                    login,
                    is_current: false,
                }) = &read
                {
                    let written = records.rewrite(store, id, login, (version, deadline)).await;
                    version = written.unwrap_or(version);
                }
                let login = read.ok().map(|read| Arc::new(read.login));
                (version, login, deadline, true)
            }
            (Loaded::Gone | Loaded::Unchanged { .. }, _) => {
                self.remove(&key);
                return Ok(None);
            }
        };
        let ends_idle_at = deadline.unix_timestamp();
        let found = Decoded {
            version,
            login,
            asked: moment.map(|moment| Asked {
                at: seconds,
                moment,
                ends_idle_at,
            }),
            watch: store.watch(&key, version),
        };
        if is_news || found.asked.is_some() || found.watch.is_some() {
            let is_wanted = || self.removals.load(Ordering::SeqCst) == removals;
            self.keep(key, found.clone(), deadline, seconds, is_wanted);
        }
        Ok(found.alive(key, ends_idle_at, seconds))
    }

    /// A login that was just saved. Its logout may be here first, so the next request asks.
    pub(crate) fn put(
        &self,
        key: SessionKey,
        version: Version,
        login: Arc<Login>,
        now: OffsetDateTime,
    ) {
        let ends_at = login.ends_at();
        let saved = Decoded {
            version,
            login: Some(login),
            asked: None,
            watch: None,
        };
        self.keep(key, saved, ends_at, now.unix_timestamp(), || true);
    }

    /// The end of an idle login was moved.
    pub(crate) fn touched(&self, key: &SessionKey, deadline: OffsetDateTime) {
        // Whether it has expired is asked when it is read.
        self.entries.update(key, i64::MIN, |decoded, _| {
            if let Some(asked) = &mut decoded.asked {
                asked.ends_idle_at = deadline.unix_timestamp();
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

    /// Keeps an entry until its login ends, or until `deadline` where there is none.
    fn keep(
        &self,
        key: SessionKey,
        decoded: Decoded,
        deadline: OffsetDateTime,
        now: i64,
        is_wanted: impl FnOnce() -> bool,
    ) {
        let login = decoded.login.as_ref();
        let ends_at = login.map_or(deadline, |login| login.ends_at());
        let ends_at = ends_at.unix_timestamp();
        self.entries
            .insert_if(key, decoded, ends_at, now, is_wanted);
    }
}

#[cfg(test)]
mod tests;
