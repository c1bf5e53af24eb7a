//! A store of logins with a tap on its calls.

use std::{fmt, sync::Arc, time::Duration};

use async_trait::async_trait;
use bytes::Bytes;
use oidc_login::{
    LoginStore,
    protocol::StateHash,
    session::{
        Claim, EndBy, Expected, Lease, Leased, Loaded, Put, SessionKey, StoreError, SubjectKey,
        UserSession, Version,
    },
};
use time::OffsetDateTime;

/// A call of a store of logins, with what a tap may want to see of it.
#[derive(Clone, Copy)]
#[allow(missing_docs, reason = "these are the methods of the trait")]
pub enum Call<'a> {
    Load,
    PutIf(&'a SessionKey, Expected<'a>),
    Touch,
    End,
    Followers,
    EndBy(EndBy<'a>),
    Lease,
    Release,
    Of,
    Claim(&'a StateHash),
}

impl Call<'_> {
    /// The name of the method.
    pub fn name(self) -> &'static str {
        match self {
            Self::Load => "load",
            Self::PutIf(..) => "put_if",
            Self::Touch => "touch",
            Self::End => "end",
            Self::Followers => "followers",
            Self::EndBy(_) => "end_by",
            Self::Lease => "lease",
            Self::Release => "release",
            Self::Of => "of",
            Self::Claim(_) => "claim",
        }
    }
}

/// What a test does before and after the calls of a store.
#[async_trait]
pub trait Tap: Clone + Send + Sync + 'static {
    /// Sees a call, holds it, or fails it.
    ///
    /// # Errors
    /// The error is the answer to the call, and the store is not asked.
    async fn before(&self, call: Call<'_>) -> Result<(), StoreError>;

    /// Sees or holds the answer to a call.
    async fn after(&self, _call: Call<'_>) {}
}

/// A store whose calls go through a tap.
#[derive(Clone)]
pub struct Tapped<T> {
    /// The store itself.
    pub store: Arc<dyn LoginStore>,
    /// What its calls go through.
    pub tap: T,
}

impl<T: Tap> Tapped<T> {
    /// This store with this tap.
    pub fn over(store: impl LoginStore, tap: T) -> Self {
        let store = Arc::new(store);
        Self { store, tap }
    }

    async fn pass<'s, R, F: Future<Output = Result<R, StoreError>>>(
        &'s self,
        call: Call<'_>,
        ask: impl FnOnce(&'s dyn LoginStore) -> F + Send,
    ) -> Result<R, StoreError> {
        self.tap.before(call).await?;
        let answer = ask(&*self.store).await;
        self.tap.after(call).await;
        answer
    }
}

#[async_trait]
impl<T: Tap> LoginStore for Tapped<T> {
    async fn load(&self, key: &SessionKey, known: Option<Version>) -> Result<Loaded, StoreError> {
        self.pass(Call::Load, |store| store.load(key, known)).await
    }

    async fn put_if(
        &self,
        key: &SessionKey,
        record: Bytes,
        deadline: OffsetDateTime,
        expected: Expected<'_>,
    ) -> Result<Put, StoreError> {
        self.pass(Call::PutIf(key, expected), |store| {
            store.put_if(key, record, deadline, expected)
        })
        .await
    }

    async fn touch(&self, key: &SessionKey, deadline: OffsetDateTime) -> Result<(), StoreError> {
        self.pass(Call::Touch, |store| store.touch(key, deadline))
            .await
    }

    async fn end(&self, key: &SessionKey) -> Result<Option<Bytes>, StoreError> {
        self.pass(Call::End, |store| store.end(key)).await
    }

    async fn followers(&self, key: &SessionKey) -> Result<Vec<SessionKey>, StoreError> {
        self.pass(Call::Followers, |store| store.followers(key))
            .await
    }

    async fn end_by(&self, logout: EndBy<'_>) -> Result<Vec<SessionKey>, StoreError> {
        self.pass(Call::EndBy(logout), |store| store.end_by(logout))
            .await
    }

    async fn lease(&self, key: &SessionKey, ttl: Duration) -> Result<Leased, StoreError> {
        self.pass(Call::Lease, |store| store.lease(key, ttl)).await
    }

    async fn release(&self, key: &SessionKey, lease: Lease) -> Result<(), StoreError> {
        self.pass(Call::Release, |store| store.release(key, lease))
            .await
    }

    async fn of(&self, user: &[SubjectKey]) -> Result<Vec<UserSession>, StoreError> {
        self.pass(Call::Of, |store| store.of(user)).await
    }

    async fn claim(&self, state: &StateHash, until: OffsetDateTime) -> Result<Claim, StoreError> {
        self.pass(Call::Claim(state), |store| store.claim(state, until))
            .await
    }
}

impl<T> fmt::Debug for Tapped<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tapped").finish_non_exhaustive()
    }
}
