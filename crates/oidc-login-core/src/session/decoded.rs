//! Logins decoded in this process, so that a request decodes none.

use std::sync::Arc;

use time::OffsetDateTime;

use super::{
    expiring_map::ExpiringMap,
    id::{SessionId, SessionKey},
    login::Login,
    login_records::{LoginRecords, ReadLogin},
    login_store::{Loaded, LoginStore, StoreError, Version},
};

const CAPACITY: usize = 50_000;

/// A login as one load found it.
#[derive(Clone)]
pub(crate) struct LoadedLogin {
    pub(crate) key: SessionKey,
    pub(crate) login: Arc<Login>,
    /// The version it was decoded from.
    pub(crate) version: Version,
    /// When it ends if nothing touches it.
    pub(crate) deadline: OffsetDateTime,
}

impl LoadedLogin {
    /// A login that no store knows.
    pub(crate) fn fixed(login: Arc<Login>) -> Self {
        Self {
            key: SessionKey::of_nobody(),
            deadline: login.ends_at(),
            version: Version(0),
            login,
        }
    }
}

/// Decoded logins by the version they were decoded from; every load asks the store.
///
/// Of a record that cannot be read it is known that it cannot: it is neither sent nor opened again.
pub(crate) struct DecodedLogins(ExpiringMap<SessionKey, (Version, Option<Arc<Login>>)>);

impl DecodedLogins {
    pub(crate) fn new() -> Self {
        Self(ExpiringMap::new(CAPACITY))
    }

    /// The login of a session, if it is alive.
    ///
    /// A record that cannot be read counts as no login: nobody is locked out by an upgrade.
    pub(crate) async fn load(
        &self,
        store: &dyn LoginStore,
        records: &LoginRecords,
        id: &SessionId,
        now: OffsetDateTime,
    ) -> Result<Option<LoadedLogin>, StoreError> {
        let key = id.key();
        let seconds = now.unix_timestamp();
        let known = self.0.read(&key, seconds, |(version, login), _| {
            (*version, login.clone())
        });
        let loaded = store
            .load(&key, known.as_ref().map(|(version, _)| *version))
            .await?;
        let (login, version, deadline) = match (loaded, known) {
            (Loaded::Unchanged { deadline }, Some((version, login))) => (login, version, deadline),
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
                let ends_at = login.as_ref().map_or(deadline, |login| login.ends_at());
                let decoded = (version, login.clone());
                self.0
                    .insert(key, decoded, ends_at.unix_timestamp(), seconds);
                (login, version, deadline)
            }
            (Loaded::Gone | Loaded::Unchanged { .. }, _) => {
                self.0.remove(&key);
                return Ok(None);
            }
        };
        let login = login.filter(|login| login.is_alive(seconds));
        Ok(login.map(|login| LoadedLogin {
            key,
            login,
            version,
            deadline,
        }))
    }

    /// The same where it takes no waiting and no decoding: the login is known here, and its store
    /// can tell at once that it has not changed. `None` means that [`load`](Self::load) has to look.
    pub(crate) fn load_now(
        &self,
        store: &dyn LoginStore,
        key: SessionKey,
        now: i64,
    ) -> Option<LoadedLogin> {
        let known = self.0.read(&key, now, |(version, login), _| {
            login.clone().map(|login| (*version, login))
        });
        let (version, login) = known.flatten()?;
        let deadline = store.unchanged_now(&key, version)?;
        login.is_alive(now).then_some(LoadedLogin {
            key,
            login,
            version,
            deadline,
        })
    }

    pub(crate) fn put(
        &self,
        key: SessionKey,
        version: Version,
        login: Arc<Login>,
        now: OffsetDateTime,
    ) {
        let ends_at = login.record().ends_at;
        self.0
            .insert(key, (version, Some(login)), ends_at, now.unix_timestamp());
    }

    pub(crate) fn remove(&self, key: &SessionKey) {
        self.0.remove(key);
    }
}
