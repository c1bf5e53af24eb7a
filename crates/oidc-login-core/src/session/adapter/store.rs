//! The adapter as a [`LoginStore`].

use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use time::OffsetDateTime;

use super::{
    SessionStoreAdapter, StoreError, at,
    index::Logout,
    logins::{KeptLease, KeptLogin, fresh_number},
    raw::Raw,
    records::{Found, Kind},
};
use crate::{
    protocol::StateHash,
    session::{
        id::SessionKey,
        index::{EndBy, SubjectKey, UserSession},
        login_store::{Claim, Expected, Lease, Leased, Loaded, LoginStore, Put, Version},
    },
};

#[async_trait]
impl LoginStore for SessionStoreAdapter {
    async fn load(&self, key: &SessionKey, known: Option<Version>) -> Result<Loaded, StoreError> {
        let Some((login, until)) = self.inner.living(key).await? else {
            return Ok(Loaded::Gone);
        };
        let (version, deadline) = (Version(login.version), at(until));
        Ok(if known == Some(version) {
            Loaded::Unchanged { deadline }
        } else {
            Loaded::Changed {
                record: login.record.0.into(),
                version,
                deadline,
            }
        })
    }

    async fn put_if(
        &self,
        key: &SessionKey,
        record: Bytes,
        deadline: OffsetDateTime,
        expected: Expected<'_>,
    ) -> Result<Put, StoreError> {
        let until = deadline.unix_timestamp();
        let (expected, held) = match expected {
            Expected::New(index) => {
                let (key, index) = (*key, index.clone());
                return self
                    .detached(move |inner| async move {
                        inner.put_new(&key, &record, until, &index).await
                    })
                    .await;
            }
            Expected::At(version) => (version, None),
            Expected::Held(version, lease) => (version, Some(lease)),
        };
        let put = self.change(key, move |login, end| {
            let is_held = held.is_none_or(|held| login.is_last_lease(held.0));
            if login.version != expected.0 || !is_held {
                return Err(Put::Stale);
            }
            (login.record, login.version, *end) = (Raw(record.to_vec()), fresh_number(), until);
            Ok(Put::Stored(Version(login.version)))
        });
        Ok(put.await?.unwrap_or(Put::Gone))
    }

    async fn touch(&self, key: &SessionKey, deadline: OffsetDateTime) -> Result<(), StoreError> {
        let touched = self.change(key, move |_, end| {
            *end = deadline.unix_timestamp();
            Ok(())
        });
        touched.await.map(|_| ())
    }

    async fn end(&self, key: &SessionKey) -> Result<Option<Bytes>, StoreError> {
        let key = *key;
        self.detached(move |inner| async move { inner.end(&key).await })
            .await
    }

    async fn followers(&self, key: &SessionKey) -> Result<Vec<SessionKey>, StoreError> {
        self.inner.followers(key).await
    }

    async fn end_by(&self, logout: EndBy<'_>) -> Result<Vec<SessionKey>, StoreError> {
        let logout = Logout::from(logout);
        self.detached(move |inner| async move { inner.end_by(logout).await })
            .await
    }

    async fn lease(&self, key: &SessionKey, ttl: Duration) -> Result<Leased, StoreError> {
        let now = milliseconds(self.inner.clock.now());
        let until = now.saturating_add_unsigned(u64::try_from(ttl.as_millis()).unwrap_or(u64::MAX));
        let leased = self.change(key, move |login, _| {
            if login.lease.as_ref().is_some_and(|held| held.until > now) {
                return Err(Leased::Busy);
            }
            let number = fresh_number();
            login.lease = Some(KeptLease { number, until });
            Ok(Leased::Held(Lease(number)))
        });
        Ok(leased.await?.unwrap_or(Leased::Gone))
    }

    async fn release(&self, key: &SessionKey, lease: Lease) -> Result<(), StoreError> {
        let released = self.change(key, move |login, _| match &mut login.lease {
            Some(held) if held.number == lease.0 => {
                held.until = i64::MIN;
                Ok(())
            }
            _ => Err(()),
        });
        released.await.map(|_| ())
    }

    async fn of(&self, user: &[SubjectKey]) -> Result<Vec<UserSession>, StoreError> {
        self.inner.sessions_of(user).await
    }

    async fn claim(&self, state: &StateHash, until: OffsetDateTime) -> Result<Claim, StoreError> {
        let (id, until) = (Kind::Claim.id(state.as_bytes()), until.unix_timestamp());
        self.detached(move |inner| async move {
            let _guard = inner.locks.lock(id).await;
            let is_first = match inner.records.read::<()>(id).await? {
                Found::Nothing => inner.records.insert(id, &(), until).await?,
                Found::Unreadable | Found::Kept { .. } => false,
            };
            Ok(if is_first { Claim::First } else { Claim::Again })
        })
        .await
    }
}

impl SessionStoreAdapter {
    async fn change<R: Send + 'static>(
        &self,
        key: &SessionKey,
        change: impl FnOnce(&mut KeptLogin, &mut i64) -> Result<R, R> + Send + 'static,
    ) -> Result<Option<R>, StoreError> {
        let key = *key;
        self.detached(move |inner| async move { inner.change(&key, change).await })
            .await
    }
}

fn milliseconds(time: OffsetDateTime) -> i64 {
    time.unix_timestamp().saturating_mul(1000) + i64::from(time.millisecond())
}
