//! A store of logins that is shared: an [`Arc`] of one is one.

use std::{future::Future, pin::Pin, sync::Arc, time::Duration};

use bytes::Bytes;
use time::OffsetDateTime;

use super::{
    Claim, EndBy, Expected, Lease, Leased, Loaded, LoginStore, LoginWatch, Put, SessionKey,
    StoreError, SubjectKey, UserSession, Version,
};
use crate::protocol::StateHash;

type Answer<'t, T> = Pin<Box<dyn Future<Output = Result<T, StoreError>> + Send + 't>>;

/// The store's own futures: `async` would put each into another box.
impl<S: LoginStore + ?Sized> LoginStore for Arc<S> {
    fn watch(&self, key: &SessionKey, known: Version) -> Option<Arc<LoginWatch>> {
        (**self).watch(key, known)
    }

    fn load<'a, 'b, 't>(&'a self, key: &'b SessionKey, known: Option<Version>) -> Answer<'t, Loaded>
    where
        'a: 't,
        'b: 't,
        Self: 't,
    {
        (**self).load(key, known)
    }

    fn put_if<'a, 'b, 'c, 't>(
        &'a self,
        key: &'b SessionKey,
        record: Bytes,
        deadline: OffsetDateTime,
        expected: Expected<'c>,
    ) -> Answer<'t, Put>
    where
        'a: 't,
        'b: 't,
        'c: 't,
        Self: 't,
    {
        (**self).put_if(key, record, deadline, expected)
    }

    fn touch<'a, 'b, 't>(&'a self, key: &'b SessionKey, deadline: OffsetDateTime) -> Answer<'t, ()>
    where
        'a: 't,
        'b: 't,
        Self: 't,
    {
        (**self).touch(key, deadline)
    }

    fn end<'a, 'b, 't>(&'a self, key: &'b SessionKey) -> Answer<'t, Option<Bytes>>
    where
        'a: 't,
        'b: 't,
        Self: 't,
    {
        (**self).end(key)
    }

    fn followers<'a, 'b, 't>(&'a self, key: &'b SessionKey) -> Answer<'t, Vec<SessionKey>>
    where
        'a: 't,
        'b: 't,
        Self: 't,
    {
        (**self).followers(key)
    }

    fn end_by<'a, 'b, 't>(&'a self, logout: EndBy<'b>) -> Answer<'t, Vec<SessionKey>>
    where
        'a: 't,
        'b: 't,
        Self: 't,
    {
        (**self).end_by(logout)
    }

    fn lease<'a, 'b, 't>(&'a self, key: &'b SessionKey, ttl: Duration) -> Answer<'t, Leased>
    where
        'a: 't,
        'b: 't,
        Self: 't,
    {
        (**self).lease(key, ttl)
    }

    fn release<'a, 'b, 't>(&'a self, key: &'b SessionKey, lease: Lease) -> Answer<'t, ()>
    where
        'a: 't,
        'b: 't,
        Self: 't,
    {
        (**self).release(key, lease)
    }

    fn of<'a, 'b, 't>(&'a self, user: &'b [SubjectKey]) -> Answer<'t, Vec<UserSession>>
    where
        'a: 't,
        'b: 't,
        Self: 't,
    {
        (**self).of(user)
    }

    fn claim<'a, 'b, 't>(&'a self, state: &'b StateHash, until: OffsetDateTime) -> Answer<'t, Claim>
    where
        'a: 't,
        'b: 't,
        Self: 't,
    {
        (**self).claim(state, until)
    }
}
