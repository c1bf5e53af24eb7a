//! What is kept, as records of a `tower_sessions::SessionStore`.

use std::{collections::HashMap, sync::Arc};

use aws_lc_rs::digest;
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;
use tower_sessions_core::{
    SessionStore,
    session::{Id, Record},
    session_store::Error,
};

use super::{StoreError, at};
use crate::seams::Clock;

/// Under this key of a record stands what is kept. Another format gets another key.
const DATA_KEY: &str = "oidc_login.store.v1";

/// What a record is for.
#[derive(Clone, Copy)]
pub(super) enum Kind {
    /// A login that lives.
    Login,
    /// That a login has ended.
    Ended,
    /// The logins of a user, or of one of the provider's sessions.
    Index,
    /// A logout by user or by the provider's session.
    Mark,
    /// That an answer of the provider was used.
    Claim,
    /// What followed a session's key.
    Followers,
}

/// What was found under an id.
pub(super) enum Found<T> {
    Nothing,
    /// Damaged, or not ours.
    Unreadable,
    Kept {
        value: T,
        until: i64,
    },
}

pub(super) struct Records {
    store: Arc<dyn SessionStore>,
    clock: Arc<dyn Clock>,
}

impl Kind {
    const fn label(self) -> &'static [u8] {
        match self {
            Self::Login => b"oidc-login store: login\0",
            Self::Ended => b"oidc-login store: ended\0",
            Self::Index => b"oidc-login store: index\0",
            Self::Mark => b"oidc-login store: mark\0",
            Self::Claim => b"oidc-login store: claim\0",
            Self::Followers => b"oidc-login store: followers\0",
        }
    }

    /// The id of a record: half a hash, so no kind meets another, nor an id of the app's values.
    pub(super) fn id(self, key: &[u8; 32]) -> Id {
        let mut context = digest::Context::new(&digest::SHA256);
        context.update(self.label());
        context.update(key);
        let mut half = [0; 16];
        half.copy_from_slice(&context.finish().as_ref()[..16]);
        Id(i128::from_le_bytes(half))
    }
}

impl<T> Found<T> {
    pub(super) fn is_there(&self) -> bool {
        !matches!(self, Self::Nothing)
    }
}

impl Records {
    pub(super) fn new(store: Arc<dyn SessionStore>, clock: Arc<dyn Clock>) -> Self {
        Self { store, clock }
    }

    pub(super) async fn read<T: DeserializeOwned>(&self, id: Id) -> Result<Found<T>, StoreError> {
        let record = match self.store.load(&id).await {
            Ok(None) => return Ok(Found::Nothing),
            Ok(Some(record)) => Some(record),
            Err(Error::Decode(_)) => None,
            Err(error) => return Err(failed(error)),
        };
        let Some((until, value)) = record.as_ref().and_then(decode) else {
            tracing::warn!("a record in the session store cannot be read");
            return Ok(Found::Unreadable);
        };
        if until <= self.clock.now().unix_timestamp() {
            return Ok(Found::Nothing);
        }
        Ok(Found::Kept { value, until })
    }

    /// Changes a record that is there.
    pub(super) async fn save(
        &self,
        id: Id,
        value: &(impl Serialize + Sync),
        until: i64,
    ) -> Result<(), StoreError> {
        let saved = self.store.save(&encode(id, value, until)).await;
        saved.map_err(failed)
    }

    /// Makes a new record; says whether it did, or the id is taken.
    ///
    /// It is as safe against other nodes as the store's `create` is: those that refuse a taken id
    /// give the record another one.
    pub(super) async fn insert<T>(&self, id: Id, value: &T, until: i64) -> Result<bool, StoreError>
    where
        T: Serialize + DeserializeOwned + Sync,
    {
        let mut is_swept = false;
        loop {
            let mut record = encode(id, value, until);
            let created = self.store.create(&mut record).await;
            if created.is_ok() && record.id == id {
                return Ok(true);
            }
            if created.is_ok() {
                self.delete(record.id).await?;
            }
            if self.read::<T>(id).await?.is_there() {
                return Ok(false);
            }
            if is_swept {
                return created.map(|()| false).map_err(failed);
            }
            // It may be taken by a record that expired and that the store has not swept yet.
            self.delete(id).await?;
            is_swept = true;
        }
    }

    pub(super) async fn delete(&self, id: Id) -> Result<(), StoreError> {
        self.store.delete(&id).await.map_err(failed)
    }
}

fn encode(id: Id, value: &impl Serialize, until: i64) -> Record {
    let bytes = postcard::to_extend(value, until.to_le_bytes().to_vec())
        .expect("bytes and numbers always serialize");
    let text = Value::String(URL_SAFE_NO_PAD.encode(bytes));
    Record {
        id,
        data: HashMap::from([(DATA_KEY.to_owned(), text)]),
        expiry_date: at(until),
    }
}

fn decode<T: DeserializeOwned>(record: &Record) -> Option<(i64, T)> {
    let text = record.data.get(DATA_KEY)?.as_str()?;
    let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
    let (until, value) = bytes.split_first_chunk()?;
    let value = postcard::from_bytes(value).ok()?;
    Some((i64::from_le_bytes(*until), value))
}

/// What cannot be encoded or decoded may stand in the store's own words.
fn failed(error: Error) -> StoreError {
    match error {
        Error::Backend(_) => StoreError::new(error),
        Error::Encode(_) | Error::Decode(_) => {
            StoreError::new("a record cannot be encoded or decoded")
        }
    }
}
