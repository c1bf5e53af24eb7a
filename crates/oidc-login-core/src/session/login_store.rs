//! Where logins are kept.

use async_trait::async_trait;
use bytes::Bytes;
use time::OffsetDateTime;

use super::id::SessionKey;
use crate::protocol::StateHash;

/// Keeps logins, each under the hash of its session's id.
///
/// Kept apart from the app's own values, so that no late write of those can bring a login back.
/// Records are opaque bytes with a version; a change names the version it was made from.
#[async_trait]
pub trait LoginStore: Send + Sync + 'static {
    /// Loads a login, or says that the version already known is the present one.
    ///
    /// # Errors
    /// When the store does not answer.
    async fn load(&self, key: &SessionKey, known: Option<Version>) -> Result<Loaded, StoreError>;

    /// Saves a login: a new one with `expected` absent, a changed one with the version it was
    /// made from. An ended login is never brought back.
    ///
    /// # Errors
    /// When the store does not answer.
    async fn put_if(
        &self,
        key: &SessionKey,
        record: Bytes,
        deadline: OffsetDateTime,
        expected: Option<Version>,
    ) -> Result<Put, StoreError>;

    /// Moves the time at which an idle login ends; an ended one stays ended.
    ///
    /// # Errors
    /// When the store does not answer.
    async fn touch(&self, key: &SessionKey, deadline: OffsetDateTime) -> Result<(), StoreError>;

    /// Ends a login; says whether there was one.
    ///
    /// # Errors
    /// When the store does not answer.
    async fn end(&self, key: &SessionKey) -> Result<bool, StoreError>;

    /// Claims the answer to one authorization request, atomically: the first caller gets
    /// [`Claim::First`], every later one [`Claim::Again`] until the time given.
    ///
    /// # Errors
    /// When the store does not answer.
    async fn claim(&self, state: &StateHash, until: OffsetDateTime) -> Result<Claim, StoreError>;
}

/// Which state of a record was loaded; the store gives every change another one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Version(pub u64);

/// What the store has under a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Loaded {
    /// The version already known is the present one.
    Unchanged {
        /// When it ends if nothing touches it.
        deadline: OffsetDateTime,
    },
    /// Another version than the one known.
    Changed {
        /// The record.
        record: Bytes,
        /// Its version.
        version: Version,
        /// When it ends if nothing touches it.
        deadline: OffsetDateTime,
    },
    /// No such login, or it has ended.
    Gone,
}

/// What became of a save.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Put {
    /// Saved, with this version.
    Stored(Version),
    /// Somebody else saved first, or the key is taken.
    Stale,
    /// The login has ended.
    Gone,
}

/// Who was first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Claim {
    /// The caller.
    First,
    /// Somebody before.
    Again,
}

/// The store does not answer.
#[derive(Debug, thiserror::Error)]
#[error("the session store failed")]
pub struct StoreError(#[source] Box<dyn std::error::Error + Send + Sync>);

impl StoreError {
    /// Wraps the cause.
    pub fn new(cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self(cause.into())
    }
}
