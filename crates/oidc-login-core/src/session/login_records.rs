//! Logins as their store keeps them.

use std::sync::Arc;

use bytes::Bytes;

use super::{
    id::SessionId,
    login::Login,
    record_seal::{RecordSeal, Unreadable},
    seal::Purpose,
};
use crate::config::StoreEntries;

/// Writes and reads the records of one client's logins.
pub(crate) struct LoginRecords {
    seal: Arc<RecordSeal>,
    entries: StoreEntries,
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
    pub(crate) fn read(&self, id: &SessionId, record: &[u8]) -> Result<Login, Unreadable> {
        let login = if self.entries == StoreEntries::Plain && !RecordSeal::is_sealed(record) {
            Login::from_bytes(record)
        } else {
            Login::from_bytes(&self.seal.open(Purpose::LoginRecord, id, record)?)
        };
        login.ok_or(Unreadable::Format)
    }
}

#[cfg(test)]
mod tests;
