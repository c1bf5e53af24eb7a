//! What is kept of a user between two requests, and how.

pub(crate) mod cookies;
mod decoded;
mod ended;
mod expiring_map;
mod id;
mod login;
mod login_store;
mod memory;
mod pending_cookies;
mod presented;
pub(crate) mod seal;
mod secret;

pub use id::SessionKey;
pub use login::{ClaimsMismatch, Login};
pub use login_store::{Claim, Loaded, LoginStore, Put, StoreError, Version};
pub use memory::MemoryStore;
pub use secret::SessionSecrets;

pub(crate) use decoded::{DecodedLogins, LoadedLogin};
pub(crate) use ended::{EndedSessions, Moment};
pub(crate) use expiring_map::ExpiringMap;
pub(crate) use id::SessionId;
pub(crate) use login::LoginRecord;
pub(crate) use pending_cookies::{Found, PendingCookies};
pub(crate) use presented::PresentedKeys;
