//! Logins as their store keeps them.

use std::{sync::Arc, time::Duration};

use bytes::Bytes;
use time::OffsetDateTime;

use super::{
    id::SessionId,
    login::Login,
    login_store::{Expected, Leased, LoginStore, Put, Version},
    record_seal::{RecordSeal, Unreadable},
    seal::Purpose,
};
use crate::config::StoreEntries;

/// How long a record may take to be written anew.
const LEASE: Duration = Duration::from_secs(5);

/// Writes and reads the records of one client's logins.
pub(crate) struct LoginRecords {
    seal: Arc<RecordSeal>,
    entries: StoreEntries,
}

/// A login out of its record.
pub(crate) struct ReadLogin {
    pub(crate) login: Login,
    /// Whether the record will be read when only the newest secret is left.
    pub(crate) is_current: bool,
}

impl LoginRecords {
    pub(crate) fn new(seal: Arc<RecordSeal>, entries: StoreEntries) -> Self {
        Self { seal, entries }
    }

    /// How entries are written.
    #[cfg(test)]
    pub(crate) fn entries(&self) -> StoreEntries {
        self.entries
    }

    /// The record of a login, for the session with this id and no other.
    pub(crate) fn write(&self, id: &SessionId, login: &Login) -> Bytes {
        let plain = login.to_bytes();
        match self.entries {
            StoreEntries::Plain => plain,
            StoreEntries::Encrypted => self.seal.seal(Purpose::LoginRecord, id, &plain).into(),
        }
    }

    /// Reads what [`write`](Self::write) wrote for this session.
    pub(crate) fn read(&self, id: &SessionId, record: &[u8]) -> Result<ReadLogin, Unreadable> {
        if self.entries == StoreEntries::Plain && !RecordSeal::is_sealed(record) {
            return ReadLogin::of(record, true);
        }
        let opened = self.seal.open(Purpose::LoginRecord, id, record)?;
        ReadLogin::of(&opened.plain, opened.by_newest)
    }

    /// Puts a record in the place of one that needs an older secret, so that it outlives that; the
    /// version is that of the record read, and the new one comes back.
    ///
    /// Whoever changes a login holds its lease, and a refresh under way writes the record anew
    /// itself. What cannot be done now is tried again by the next process that reads the record.
    pub(crate) async fn rewrite(
        &self,
        store: &dyn LoginStore,
        id: &SessionId,
        login: &Login,
        (version, deadline): (Version, OffsetDateTime),
    ) -> Option<Version> {
        let key = id.key();
        let Ok(Leased::Held(lease)) = store.lease(&key, LEASE).await else {
            return None;
        };
        let (record, expected) = (self.write(id, login), Expected::Held(version, lease));
        let put = store.put_if(&key, record, deadline, expected).await;
        if let Err(error) = store.release(&key, lease).await {
            tracing::warn!(%error, "the lease of a login stays until it runs out");
        }
        match put {
            Ok(Put::Stored(version)) => Some(version),
            Ok(Put::Stale | Put::Gone) | Err(_) => None,
        }
    }
}

impl ReadLogin {
    fn of(plain: &[u8], is_current: bool) -> Result<Self, Unreadable> {
        let login = Login::from_bytes(plain).ok_or(Unreadable::Format)?;
        Ok(Self { login, is_current })
    }
}

#[cfg(test)]
mod tests;
