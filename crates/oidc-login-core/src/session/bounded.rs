//! Stores of the app's own, waited for only so long: a store that hangs must not hold every request.

use std::{future::Future, sync::Arc, time::Duration};

use async_trait::async_trait;
use bytes::Bytes;
use time::OffsetDateTime;
use tower_sessions_core::{
    SessionStore,
    session::{Id, Record},
    session_store,
};

use super::{
    decoded::DecodedLogins,
    id::SessionKey,
    index::{EndBy, SubjectKey, UserSession},
    login_store::{Claim, Expected, Lease, Leased, Loaded, LoginStore, Put, StoreError, Version},
    login_watch::LoginWatch,
};
use crate::{
    protocol::StateHash,
    seams::{Timer, within},
};

/// How long to wait for one call.
#[derive(Clone)]
pub(crate) struct Patience {
    time: Duration,
    timer: Arc<dyn Timer>,
}

/// The call took longer than it may. It may take effect all the same.
#[derive(Debug, thiserror::Error)]
#[error("the store did not answer within {} ms", .0.as_millis())]
pub(crate) struct TooLate(Duration);

impl Patience {
    pub(crate) fn new(time: Duration, timer: Arc<dyn Timer>) -> Self {
        Self { time, timer }
    }

    /// The same timer, and another time.
    pub(crate) fn at_most(&self, time: Duration) -> Self {
        Self::new(time.min(self.time), self.timer.clone())
    }

    /// Waits for a call.
    pub(crate) async fn wait<T>(&self, call: impl Future<Output = T>) -> Result<T, TooLate> {
        let answer = within(&*self.timer, self.time, call).await;
        answer.ok_or(TooLate(self.time))
    }

    async fn login<T>(
        &self,
        call: impl Future<Output = Result<T, StoreError>>,
    ) -> Result<T, StoreError> {
        self.wait(call).await.map_err(StoreError::new)?
    }

    /// Waits for a call to a store of the app's values.
    pub(crate) async fn values<T>(
        &self,
        call: impl Future<Output = session_store::Result<T>>,
    ) -> session_store::Result<T> {
        let late = |late: TooLate| session_store::Error::Backend(late.to_string());
        self.wait(call).await.map_err(late)?
    }
}

/// A store of logins. What is changed through it is asked for anew, however long a login may be
/// served without.
pub(crate) struct BoundedLogins {
    store: Arc<dyn LoginStore>,
    patience: Patience,
    decoded: Arc<DecodedLogins>,
}

impl BoundedLogins {
    pub(crate) fn new(
        store: Arc<dyn LoginStore>,
        patience: Patience,
        decoded: Arc<DecodedLogins>,
    ) -> Self {
        Self {
            store,
            patience,
            decoded,
        }
    }
}

/// Forgets a decoded login, also when the call that changes it fails or nobody waits for it any
/// more.
struct Forget<'a>(&'a DecodedLogins, &'a SessionKey);

impl Drop for Forget<'_> {
    fn drop(&mut self) {
        self.0.remove(self.1);
    }
}

#[async_trait]
impl LoginStore for BoundedLogins {
    fn watch(&self, key: &SessionKey, known: Version) -> Option<Arc<LoginWatch>> {
        self.store.watch(key, known)
    }

    async fn load(&self, key: &SessionKey, known: Option<Version>) -> Result<Loaded, StoreError> {
        self.patience.login(self.store.load(key, known)).await
    }

    async fn put_if(
        &self,
        key: &SessionKey,
        record: Bytes,
        deadline: OffsetDateTime,
        expected: Expected<'_>,
    ) -> Result<Put, StoreError> {
        let _forget = Forget(&self.decoded, key);
        let call = self.store.put_if(key, record, deadline, expected);
        self.patience.login(call).await
    }

    async fn touch(&self, key: &SessionKey, deadline: OffsetDateTime) -> Result<(), StoreError> {
        let call = self.store.touch(key, deadline);
        self.patience.login(call).await?;
        self.decoded.touched(key, deadline);
        Ok(())
    }

    async fn end(&self, key: &SessionKey) -> Result<Option<Bytes>, StoreError> {
        let _forget = Forget(&self.decoded, key);
        self.patience.login(self.store.end(key)).await
    }

    async fn followers(&self, key: &SessionKey) -> Result<Vec<SessionKey>, StoreError> {
        self.patience.login(self.store.followers(key)).await
    }

    async fn end_by(&self, logout: EndBy<'_>) -> Result<Vec<SessionKey>, StoreError> {
        let ended = self.patience.login(self.store.end_by(logout)).await;
        match &ended {
            Ok(ended) => ended.iter().for_each(|key| self.decoded.remove(key)),
            // Nobody knows whose login ended and whose did not.
            Err(_) => self.decoded.clear(),
        }
        ended
    }

    async fn lease(&self, key: &SessionKey, ttl: Duration) -> Result<Leased, StoreError> {
        self.patience.login(self.store.lease(key, ttl)).await
    }

    async fn release(&self, key: &SessionKey, lease: Lease) -> Result<(), StoreError> {
        self.patience.login(self.store.release(key, lease)).await
    }

    async fn of(&self, user: &[SubjectKey]) -> Result<Vec<UserSession>, StoreError> {
        self.patience.login(self.store.of(user)).await
    }

    async fn claim(&self, state: &StateHash, until: OffsetDateTime) -> Result<Claim, StoreError> {
        self.patience.login(self.store.claim(state, until)).await
    }
}

/// A store of the app's values.
pub(crate) struct BoundedValues {
    store: Arc<dyn SessionStore>,
    patience: Patience,
}

impl BoundedValues {
    pub(crate) fn new(store: Arc<dyn SessionStore>, patience: Patience) -> Self {
        Self { store, patience }
    }
}

impl std::fmt::Debug for BoundedValues {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("BoundedValues").finish_non_exhaustive()
    }
}

#[async_trait]
impl SessionStore for BoundedValues {
    async fn create(&self, record: &mut Record) -> session_store::Result<()> {
        self.patience.values(self.store.create(record)).await
    }

    async fn save(&self, record: &Record) -> session_store::Result<()> {
        self.patience.values(self.store.save(record)).await
    }

    async fn load(&self, id: &Id) -> session_store::Result<Option<Record>> {
        self.patience.values(self.store.load(id)).await
    }

    async fn delete(&self, id: &Id) -> session_store::Result<()> {
        self.patience.values(self.store.delete(id)).await
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use std::{
        future::{pending, ready},
        pin::Pin,
        sync::Mutex,
    };

    use super::*;

    /// A timer that rings at once, and tells for how long it was set.
    #[derive(Default)]
    struct Alarm(Mutex<Vec<Duration>>);

    impl Timer for Alarm {
        fn sleep(&self, time: Duration) -> Pin<Box<dyn Future<Output = ()> + Send>> {
            self.0.lock().unwrap().push(time);
            Box::pin(ready(()))
        }
    }

    #[tokio::test]
    async fn a_call_that_hangs_ends_in_time_and_one_that_does_not_needs_no_timer() {
        let alarm = Arc::new(Alarm::default());
        let second = Duration::from_secs(1);
        let patience = Patience::new(second, alarm.clone());
        assert_eq!(patience.wait(ready(7)).await.unwrap(), 7);
        assert!(alarm.0.lock().unwrap().is_empty());
        assert!(patience.wait(pending::<()>()).await.is_err());
        let shorter = patience.at_most(second / 2);
        assert!(shorter.wait(pending::<()>()).await.is_err());
        let longer = patience.at_most(second * 2);
        assert!(longer.wait(pending::<()>()).await.is_err());
        assert_eq!(*alarm.0.lock().unwrap(), [second, second / 2, second]);
    }
}
