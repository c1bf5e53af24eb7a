//! A store of logins that is shared: an [`Arc`] of one is one.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use bytes::Bytes;
use time::OffsetDateTime;

use super::{
    Claim, EndBy, Expected, Lease, Leased, Loaded, LoginStore, LoginWatch, Put, SessionKey,
    StoreError, SubjectKey, UserSession, Version,
};
use crate::protocol::StateHash;

#[async_trait]
impl<T: LoginStore + ?Sized> LoginStore for Arc<T> {
    async fn load(&self, key: &SessionKey, known: Option<Version>) -> Result<Loaded, StoreError> {
        (**self).load(key, known).await
    }

    fn watch(&self, key: &SessionKey, known: Version) -> Option<Arc<LoginWatch>> {
        (**self).watch(key, known)
    }

    async fn put_if(
        &self,
        key: &SessionKey,
        record: Bytes,
        deadline: OffsetDateTime,
        expected: Expected<'_>,
    ) -> Result<Put, StoreError> {
        (**self).put_if(key, record, deadline, expected).await
    }

    async fn touch(&self, key: &SessionKey, deadline: OffsetDateTime) -> Result<(), StoreError> {
        (**self).touch(key, deadline).await
    }

    async fn end(&self, key: &SessionKey) -> Result<Option<Bytes>, StoreError> {
        (**self).end(key).await
    }

    async fn followers(&self, key: &SessionKey) -> Result<Vec<SessionKey>, StoreError> {
        (**self).followers(key).await
    }

    async fn end_by(&self, logout: EndBy<'_>) -> Result<Vec<SessionKey>, StoreError> {
        (**self).end_by(logout).await
    }

    async fn lease(&self, key: &SessionKey, ttl: Duration) -> Result<Leased, StoreError> {
        (**self).lease(key, ttl).await
    }

    async fn release(&self, key: &SessionKey, lease: Lease) -> Result<(), StoreError> {
        (**self).release(key, lease).await
    }

    async fn of(&self, user: &[SubjectKey]) -> Result<Vec<UserSession>, StoreError> {
        (**self).of(user).await
    }

    async fn claim(&self, state: &StateHash, until: OffsetDateTime) -> Result<Claim, StoreError> {
        (**self).claim(state, until).await
    }
}
