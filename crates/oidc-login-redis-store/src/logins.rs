//! Logins: index first, then the record, so that a logout in between finds one or the other.

use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use oidc_login_core::{
    protocol::StateHash,
    session::{
        Claim, EndBy, Expected, Lease, Leased, Loaded, LoginIndex, LoginStore, Put, RENEWED_FOR,
        SessionKey, StoreError, SubjectKey, UserSession, Version,
    },
};
use redis::{RedisError, aio::MultiplexedConnection};
use time::OffsetDateTime;

use crate::{
    error::Failure,
    index::{Indexed, milliseconds_of_mark, session_key},
    scripts::{CLAIM, END, FOLLOW, FOLLOWERS, LEASE, LOAD, PUT_AT, PUT_NEW, RELEASE, TOUCH},
    store::{Inner, RedisStore, at, fresh_number, milliseconds},
};

#[async_trait]
impl LoginStore for RedisStore {
    async fn load(&self, key: &SessionKey, known: Option<Version>) -> Result<Loaded, StoreError> {
        let mut script = self.0.on(&LOAD, self.0.login_key(key));
        script.arg(known.map(text).unwrap_or_default());
        let answer: Vec<Bytes> = self.0.run(&script).await?;
        Ok(loaded(&answer).unwrap_or(Loaded::Gone))
    }

    async fn put_if(
        &self,
        key: &SessionKey,
        record: Bytes,
        deadline: OffsetDateTime,
        expected: Expected<'_>,
    ) -> Result<Put, StoreError> {
        let new = Version(fresh_number());
        let (version, lease) = match expected {
            Expected::New(index) => {
                let put = async |connection| {
                    self.0
                        .put_new(&connection, key, &record, deadline, new, index)
                        .await
                };
                return Ok(self.0.connection.call(put).await?);
            }
            Expected::At(version) => (version, None),
            Expected::Held(version, lease) => (version, Some(lease)),
        };
        let mut script = self.0.on(&PUT_AT, self.0.login_key(key));
        script
            .arg(milliseconds(deadline).to_string())
            .arg(text(new))
            .arg(text(version))
            .arg(lease.map(lease_text).unwrap_or_default())
            .arg(&record[..]);
        let answer: String = self.0.run(&script).await?;
        Ok(put(&answer, new))
    }

    async fn touch(&self, key: &SessionKey, deadline: OffsetDateTime) -> Result<(), StoreError> {
        let mut script = self.0.on(&TOUCH, self.0.login_key(key));
        script.arg(milliseconds(deadline).to_string());
        Ok(self.0.run(&script).await?)
    }

    async fn end(&self, key: &SessionKey) -> Result<Option<Bytes>, StoreError> {
        let mut script = self.0.on(&END, self.0.login_key(key));
        script.arg(milliseconds_of_mark().to_string());
        let end = async |connection: MultiplexedConnection| {
            let ended: Option<(Bytes, Bytes)> =
                script.invoke_async(&mut connection.clone()).await?;
            let Some((index_keys, record)) = ended else {
                return Ok(None);
            };
            let index_keys = index_keys.chunks_exact(32);
            let removed = self
                .0
                .remove_from_index(&connection, key.as_bytes(), index_keys)
                .await;
            if let Err(error) = removed {
                let failure = Failure::from(error);
                tracing::warn!(%failure, "a login has ended, and is still in redis' index");
            }
            Ok(Some(record))
        };
        Ok(self.0.connection.call(end).await?)
    }

    async fn followers(&self, key: &SessionKey) -> Result<Vec<SessionKey>, StoreError> {
        let script = self.0.on(&FOLLOWERS, self.0.next_key(key));
        let followers: Vec<Vec<u8>> = self.0.run(&script).await?;
        let keys = followers.iter().filter_map(|key| session_key(key));
        Ok(keys.collect())
    }

    async fn end_by(&self, logout: EndBy<'_>) -> Result<Vec<SessionKey>, StoreError> {
        let end = async |connection| self.0.end_by(&connection, logout).await;
        Ok(self.0.connection.call(end).await?)
    }

    async fn lease(&self, key: &SessionKey, ttl: Duration) -> Result<Leased, StoreError> {
        let lease = Lease(fresh_number());
        let mut script = self.0.on(&LEASE, self.0.login_key(key));
        script
            .arg(ttl.as_millis().to_string())
            .arg(lease_text(lease));
        let answer: String = self.0.run(&script).await?;
        Ok(match answer.as_str() {
            "held" => Leased::Held(lease),
            "busy" => Leased::Busy,
            _ => Leased::Gone,
        })
    }

    async fn release(&self, key: &SessionKey, lease: Lease) -> Result<(), StoreError> {
        let mut script = self.0.on(&RELEASE, self.0.login_key(key));
        script.arg(lease_text(lease));
        Ok(self.0.run(&script).await?)
    }

    async fn of(&self, user: &[SubjectKey]) -> Result<Vec<UserSession>, StoreError> {
        let look = async |connection| self.0.sessions_of(&connection, user).await;
        Ok(self.0.connection.call(look).await?)
    }

    async fn claim(&self, state: &StateHash, until: OffsetDateTime) -> Result<Claim, StoreError> {
        let mut script = self.0.on(&CLAIM, self.0.key("claim", state.as_bytes()));
        script.arg(milliseconds(until).to_string());
        let answer: String = self.0.run(&script).await?;
        Ok(if answer == "first" {
            Claim::First
        } else {
            Claim::Again
        })
    }
}

impl Inner {
    fn next_key(&self, key: &SessionKey) -> String {
        self.key("next", key.as_bytes())
    }

    async fn put_new(
        &self,
        connection: &MultiplexedConnection,
        key: &SessionKey,
        record: &[u8],
        deadline: OffsetDateTime,
        new: Version,
        index: &LoginIndex,
    ) -> Result<Put, RedisError> {
        let index_keys: Vec<[u8; 32]> = index.keys().collect();
        if let Some(old) = &index.renews {
            let mut script = self.on(&FOLLOW, self.next_key(old));
            script.arg(key.as_bytes()).arg(RENEWED_FOR.as_millis());
            let () = script.invoke_async(&mut connection.clone()).await?;
        }
        let mut outcome = Put::Gone;
        if self.add_to_index(connection, key, index).await? == Indexed::Added {
            let mut script = self.on(&PUT_NEW, self.login_key(key));
            script
                .arg(milliseconds(deadline).to_string())
                .arg(text(new))
                .arg(index_keys.concat())
                .arg(record);
            let answer: String = script.invoke_async(&mut connection.clone()).await?;
            outcome = put(&answer, new);
        }
        if outcome == Put::Gone {
            self.remove_from_index(connection, key.as_bytes(), &index_keys)
                .await?;
        }
        Ok(outcome)
    }
}

fn loaded(answer: &[Bytes]) -> Option<Loaded> {
    let (deadline, changed) = answer.split_first()?;
    let deadline = at(std::str::from_utf8(deadline).ok()?.parse().ok()?);
    let [version, record] = changed else {
        return Some(Loaded::Unchanged { deadline });
    };
    let version = std::str::from_utf8(version).ok()?;
    Some(Loaded::Changed {
        record: record.clone(),
        version: Version(u64::from_str_radix(version, 16).ok()?),
        deadline,
    })
}

fn put(answer: &str, new: Version) -> Put {
    match answer {
        "stored" => Put::Stored(new),
        "stale" => Put::Stale,
        _ => Put::Gone,
    }
}

/// Scripts compare numbers as text: Lua's own have 53 bits.
fn text(version: Version) -> String {
    format!("{:016x}", version.0)
}

fn lease_text(lease: Lease) -> String {
    format!("{:016x}", lease.0)
}
