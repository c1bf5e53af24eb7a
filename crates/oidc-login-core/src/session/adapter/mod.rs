//! Logins in any `tower_sessions::SessionStore`.

mod followers;
mod index;
mod locks;
mod logins;
mod raw;
mod records;
#[cfg(all(test, feature = "tokio"))]
mod shelf;
mod store;
#[cfg(all(test, feature = "tokio"))]
mod tests;
#[cfg(all(test, feature = "tokio"))]
mod two_nodes;

use std::{future::Future, sync::Arc};

use tokio::sync::oneshot;
use tower_sessions_core::SessionStore;

use self::{locks::Locks, records::Records};
use super::{at, login_store::StoreError};
use crate::seams::{Clock, Spawn};

/// Keeps logins in a [`SessionStore`] that you have already.
///
/// ```
/// use oidc_login_core::session::SessionStoreAdapter;
/// use tower_sessions::MemoryStore;
/// # use oidc_login_core::{ConfigError, RelyingParty, config::ClientConfig, session::SessionSecrets};
///
/// # fn relying_party(client: ClientConfig, secrets: SessionSecrets) -> Result<RelyingParty, ConfigError> {
/// let store = MemoryStore::default(); // or one on a database, made for tower-sessions 0.15
/// let relying_party = RelyingParty::builder(client)
///     .session_secrets(secrets)
///     .login_store(SessionStoreAdapter::new(store.clone()))
///     .session_store(store)
///     .build()?;
/// # Ok(relying_party)
/// # }
/// ```
///
/// One process that is the only one at its store has everything that [`LoginStore`] promises: the
/// adapter passes the whole `session::contract`. All adapters of a process that share a
/// store have to be clones of one.
///
/// A [`SessionStore`] can only read and overwrite whole records, so two processes at one store can
/// each overwrite what the other has just written. What is left of the promises then:
///
/// | | one process | several |
/// |---|---|---|
/// | an ended login stays ended | yes | yes: its end is a record of its own, that nothing overwrites |
/// | a logout that comes before its login is saved still wins | yes | yes, for the same reason |
/// | a sign-out with an id that was just renewed ends the session | yes | yes; of several renewals in the same moment one may be missed |
/// | an answer of the provider is used once | yes | if the store's `create` refuses a taken id; most do |
/// | a logout by `sid` or `sub` ends all that it means | yes | not a login whose index entry got lost: the same user signed in or out on another node in the same moment |
/// | of two logouts by `sub` the later time counts | yes | either, in the same moment |
/// | a user's list of sessions is whole, and has at most [so many](super::MAX_SESSIONS_OF_USER) | yes | not after two sign-ins in the same moment |
/// | of two changes from one version, one is refused | yes | both may be stored, and the first is lost |
/// | moving a deadline or taking a lease changes nothing else | yes | may undo a change of the same moment, and with it a rotated refresh token |
/// | a lease has one holder | yes | may have two; one of them cannot write |
///
/// "In the same moment" is between a read and the write that follows it: a few round trips. For
/// several nodes take a store that implements [`LoginStore`] itself.
///
/// # What it costs
///
/// A request of a signed-in user is two loads, one after the other, and always sends the record.
/// Moving a deadline sends it both ways. A login costs two loads and two saves for each index key
/// besides its own, and signing out about as much.
///
/// # What it asks of the store
///
/// That `load` sees what `save`, `create` and `delete` did before, from any node: no
/// `CachingSessionStore`, and no replica that lags. That it keeps a record until its expiry date,
/// and removes it some time after.
///
/// Writes run to their end in a task of their own when the caller goes away, so that no late one
/// overwrites what came after it.
///
/// # Security
///
/// The ids of its records are hashes, and nothing of ours is found under an id of the app's values.
/// But who holds a session's cookie can work out the id of its login's record. So where the app's
/// own `SessionManagerLayer` serves a store, give the adapter another one, another table or
/// another prefix: through that layer the holder could write an old record back.
///
/// Records hold tokens, in base64 and not encrypted.
///
/// [`LoginStore`]: super::LoginStore
#[derive(Clone)]
pub struct SessionStoreAdapter {
    inner: Arc<Inner>,
    spawn: Arc<dyn Spawn>,
}

struct Inner {
    records: Records,
    locks: Locks,
    clock: Arc<dyn Clock>,
}

impl SessionStoreAdapter {
    /// Keeps logins in this store, on the tokio runtime and by the machine's clock.
    #[cfg(feature = "tokio")]
    pub fn new(store: impl SessionStore) -> Self {
        let (clock, spawn) = (crate::seams::SystemClock, crate::seams::TokioSpawn);
        Self::with_seams(store, clock, spawn)
    }

    /// Keeps logins in this store, with a clock and a runtime of its own.
    pub fn with_seams(store: impl SessionStore, clock: impl Clock, spawn: impl Spawn) -> Self {
        let clock: Arc<dyn Clock> = Arc::new(clock);
        let inner = Inner {
            records: Records::new(Arc::new(store), clock.clone()),
            locks: Locks::new(),
            clock,
        };
        Self {
            inner: Arc::new(inner),
            spawn: Arc::new(spawn),
        }
    }

    /// Runs to its end, whether or not the caller waits for it.
    async fn detached<T, F>(&self, work: impl FnOnce(Arc<Inner>) -> F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: Future<Output = Result<T, StoreError>> + Send + 'static,
    {
        let (done, outcome) = oneshot::channel();
        let work = work(self.inner.clone());
        self.spawn.spawn(Box::pin(async move {
            // Nobody may be waiting any more.
            let _received = done.send(work.await);
        }));
        let dropped = |_| Err(StoreError::new("the task of a write was dropped"));
        outcome.await.unwrap_or_else(dropped)
    }
}

impl Inner {
    fn now(&self) -> i64 {
        self.clock.now().unix_timestamp()
    }
}

impl std::fmt::Debug for SessionStoreAdapter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SessionStoreAdapter")
            .finish_non_exhaustive()
    }
}
