//! The app's values.

use std::collections::HashMap;

use async_trait::async_trait;
use tower_sessions_core::{
    SessionStore,
    session::{Id, Record},
    session_store,
};

use crate::{
    error::Failure,
    scripts::{VALUES_CREATE, VALUES_LOAD, VALUES_SAVE},
    store::{RedisStore, at, milliseconds},
};

#[async_trait]
impl SessionStore for RedisStore {
    async fn create(&self, record: &mut Record) -> session_store::Result<()> {
        loop {
            let mut script = self.0.on(&VALUES_CREATE, self.values_key(record.id));
            let is_new: bool = self.0.run(script.arg(encode(record)?)).await?;
            if is_new {
                return Ok(());
            }
            record.id = Id::default();
        }
    }

    /// Saves what is there; a deleted record is not brought back.
    async fn save(&self, record: &Record) -> session_store::Result<()> {
        let mut script = self.0.on(&VALUES_SAVE, self.values_key(record.id));
        Ok(self.0.run(script.arg(encode(record)?)).await?)
    }

    async fn load(&self, id: &Id) -> session_store::Result<Option<Record>> {
        let script = self.0.on(&VALUES_LOAD, self.values_key(*id));
        let value: Option<Vec<u8>> = self.0.run(&script).await?;
        let record = value.and_then(|value| {
            let record = decode(*id, &value);
            if record.is_none() {
                tracing::warn!("the values of a session in redis cannot be read");
            }
            record
        });
        Ok(record)
    }

    async fn delete(&self, id: &Id) -> session_store::Result<()> {
        let key = self.values_key(*id);
        let call = async |mut connection| {
            let mut command = redis::cmd("DEL");
            command.arg(key).query_async::<()>(&mut connection).await
        };
        Ok(self.0.connection.call(call).await?)
    }
}

impl RedisStore {
    fn values_key(&self, id: Id) -> String {
        self.0.key("values", &id.0.to_be_bytes())
    }
}

fn encode(record: &Record) -> Result<Vec<u8>, Failure> {
    let mut value = format!("{} ", milliseconds(record.expiry_date)).into_bytes();
    serde_json::to_writer(&mut value, &record.data).map_err(|_| Failure::Values)?;
    Ok(value)
}

fn decode(id: Id, value: &[u8]) -> Option<Record> {
    let blank = value.iter().position(|byte| *byte == b' ')?;
    let (ends_at, json) = (value.get(..blank)?, value.get(blank + 1..)?);
    let ends_at = std::str::from_utf8(ends_at).ok()?.parse().ok()?;
    let data: HashMap<_, _> = serde_json::from_slice(json).ok()?;
    Some(Record {
        id,
        data,
        expiry_date: at(ends_at),
    })
}
