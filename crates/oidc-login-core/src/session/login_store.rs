//! Where logins are kept.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use bytes::Bytes;
use time::OffsetDateTime;

use super::{
    id::SessionKey,
    index::{EndBy, LoginIndex, SubjectKey, UserSession},
    login_watch::LoginWatch,
};
use crate::protocol::StateHash;

/// How long a store remembers that something has ended: longer than any request or login that can
/// still be under way.
pub const ENDED_FOR: Duration = Duration::from_secs(3600);

/// How long a store remembers which key followed another one: as long as the answer with the new id
/// may be on its way to the browser.
pub const RENEWED_FOR: Duration = Duration::from_secs(10);

/// Most logins of one user, and of one of the provider's sessions. One more ends the oldest.
pub const MAX_SESSIONS_OF_USER: usize = 1_000;

/// Keeps logins, each under the hash of its session's id.
///
/// Kept apart from the app's own values, so that no late write of those can bring a login back.
/// Records are opaque bytes with a version; a change names the version it was made from. What an
/// implementation has to hold is tested by `session::contract`, feature `test`: run it against a store of
/// your own.
///
/// An [`Arc`] of a store is a store. The methods are `async` by way of the crate `async_trait`, which
/// is exported: put `#[oidc_login::async_trait]` above the `impl`.
///
/// [`Expected`], [`EndBy`], [`Loaded`], [`Put`], [`Leased`] and [`Claim`] are exhaustive on purpose: a
/// store that does not know a kind of logout must not compile, or it would leave a session alive.
#[async_trait]
pub trait LoginStore: Send + Sync + 'static {
    /// Loads a login, or says that the version already known is the present one.
    ///
    /// Every request of a signed-in user calls it: one round trip, and no record where the known
    /// version is the present one.
    ///
    /// # Errors
    /// When the store does not answer.
    async fn load(&self, key: &SessionKey, known: Option<Version>) -> Result<Loaded, StoreError>;

    /// What tells from now on whether `known` is the present version of a login and when it ends,
    /// without a call; `None` where it is not, and then [`load`](Self::load) is asked.
    ///
    /// Default: `None`. For stores in the memory of the process, which see every change.
    fn watch(&self, key: &SessionKey, known: Version) -> Option<Arc<LoginWatch>> {
        let _ = (key, known);
        None
    }

    /// Saves a login, if things are as expected. An ended login is never brought back, and a new
    /// one is refused when its logout was here first. Once it is stored, a logout finds it.
    ///
    /// # Errors
    /// When the store does not answer. The login may have been saved all the same.
    async fn put_if(
        &self,
        key: &SessionKey,
        record: Bytes,
        deadline: OffsetDateTime,
        expected: Expected<'_>,
    ) -> Result<Put, StoreError>;

    /// Moves the time at which an idle login ends; an ended one stays ended.
    ///
    /// # Errors
    /// When the store does not answer.
    async fn touch(&self, key: &SessionKey, deadline: OffsetDateTime) -> Result<(), StoreError>;

    /// Ends a login for good; gives back its record, if there was one.
    ///
    /// It is the last one that was [stored](Put::Stored): whoever saves later finds the login
    /// [gone](Put::Gone). So the tokens of a login are known to whoever ended it or to whoever came too
    /// late, and one of them revokes them.
    ///
    /// # Errors
    /// When the store does not answer.
    async fn end(&self, key: &SessionKey) -> Result<Option<Bytes>, StoreError>;

    /// The keys that a session got in place of this one within the last [`RENEWED_FOR`], whether
    /// they ever came to live or have ended since; asked on every node, whichever renewed it.
    ///
    /// A key follows another from the moment at which somebody begins to save it with
    /// [`renews`](LoginIndex::renews). Who ends a session looks only after the end for what followed,
    /// so that a renewal under way is found here, or finds that its session has ended.
    ///
    /// # Errors
    /// When the store does not answer.
    async fn followers(&self, key: &SessionKey) -> Result<Vec<SessionKey>, StoreError>;

    /// Ends the logins that a logout means, and leaves a mark for [`ENDED_FOR`], which refuses those
    /// that are still on their way, unless it is one that [leaves none](EndBy::leaves_mark). Returns
    /// the sessions it found, for the caller to clean up after; some may have been over before.
    ///
    /// # Errors
    /// When the store does not answer: then some may be ended and others not, and the same call
    /// again ends the rest.
    async fn end_by(&self, logout: EndBy<'_>) -> Result<Vec<SessionKey>, StoreError>;

    /// Takes the right to change a login, for as long as `ttl`: who refreshes tokens holds it, so
    /// that a refresh token is used once.
    ///
    /// # Errors
    /// When the store does not answer.
    async fn lease(&self, key: &SessionKey, ttl: Duration) -> Result<Leased, StoreError>;

    /// Gives a lease back. One that ran out, or that somebody else holds by now, is left alone.
    ///
    /// # Errors
    /// When the store does not answer.
    async fn release(&self, key: &SessionKey, lease: Lease) -> Result<(), StoreError>;

    /// The living sessions of a user, newest first, for a list that shows them. The keys are those
    /// of one user, one for each session secret.
    ///
    /// # Errors
    /// When the store does not answer.
    async fn of(&self, user: &[SubjectKey]) -> Result<Vec<UserSession>, StoreError>;

    /// Claims the answer to one authorization request, atomically: the first caller gets
    /// [`Claim::First`], every later one [`Claim::Again`] until the time given.
    ///
    /// # Errors
    /// When the store does not answer.
    async fn claim(&self, state: &StateHash, until: OffsetDateTime) -> Result<Claim, StoreError>;
}

/// Which state of a record was loaded. Every change gets one that the record never had before,
/// also where the store lost what came last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Version(pub u64);

/// What must be so for a save to take place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expected<'a> {
    /// There is no such login yet. This is what finds it again.
    New(&'a LoginIndex),
    /// The login is at this version.
    At(Version),
    /// The login is at this version, and nobody took a lease after this one.
    Held(Version, Lease),
}

/// The right to change a login, by the number that tells its holder from a later one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lease(pub u64);

/// What became of asking for a lease.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub enum Leased {
    /// It is the caller's.
    Held(Lease),
    /// Somebody else's, for now.
    Busy,
    /// The login has ended.
    Gone,
}

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
    /// Somebody else saved first, took the lease, or the key is taken.
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
    ///
    /// # Security
    /// The cause is logged: it must not hold an address with a password in it, a key or a record.
    pub fn new(cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self(cause.into())
    }
}
