//! Sessions of oidc-login in Redis: logins, and the app's own values.
//!
//! ```
//! # use oidc_login_core::{RelyingParty, config::ClientConfig, session::SessionSecrets};
//! use oidc_login_redis_store::RedisStore;
//!
//! # fn relying_party(client: ClientConfig, secrets: SessionSecrets) -> Result<RelyingParty, Box<dyn std::error::Error>> {
//! let store = RedisStore::new("redis://:password@localhost:6379")?;
//! let relying_party = RelyingParty::builder(client)
//!     .session_secrets(secrets) // the same on all nodes
//!     .login_store(store.clone())
//!     .session_store(store)
//!     .build()?;
//! # Ok(relying_party)
//! # }
//! ```
//!
//! Any number of nodes may share one Redis: a login begun on one is finished on another, and a
//! logout on one counts on all with their next request.
//!
//! # What it guarantees
//!
//! It keeps the contract of
//! [`LoginStore`](oidc_login_core::session::LoginStore), tested against a real server, and:
//!
//! - a request of a signed-in user costs one round trip, and a record is sent only when it changed
//!   since this process last saw it;
//! - Redis gone or slow is an error within the [timeout](RedisStoreBuilder::timeout), for at most
//!   [so many](RedisStoreBuilder::max_waiting) requests at a time, and the store works again once
//!   the server is back;
//! - every key has an end, so nothing grows for ever;
//! - no error and no log line holds the address's password, an id, or a record.
//!
//! # What the server has to hold
//!
//! What Redis forgets is signed out, or, where it forgets the end of a session and not the session,
//! signed in again. For a login that must survive the server's crash, and a logout that must too:
//! `appendonly yes` with `appendfsync always`. `maxmemory-policy noeviction`, so that no index entry
//! is lost that a logout needs. A replica that takes over may lack the last writes.
//!
//! # Keys
//!
//! All begin with the [prefix](RedisStoreBuilder::key_prefix), and each script touches one key:
//!
//! | Key | Holds |
//! |---|---|
//! | `login:` + hash of the session's id | the login, its version and lease; after its end, for an hour, that it ended |
//! | `of:` + keyed hash of a user or a provider's session | the sessions' keys, and for an hour the mark of a logout |
//! | `next:` + hash of the session's id | for ten seconds the keys that the session got in place of this one |
//! | `claim:` + hash of a `state` | that its answer was used |
//! | `values:` + half of the hash of the session's id | the app's values as JSON |

#![cfg_attr(docsrs, feature(doc_cfg))]
#![warn(missing_debug_implementations)]

mod connection;
mod error;
mod index;
mod logins;
mod scripts;
mod store;
mod values;

pub use error::RedisConfigError;
pub use store::{RedisStore, RedisStoreBuilder};
