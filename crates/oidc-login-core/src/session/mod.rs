//! What is kept of a user between two requests, and how.

mod expiring_map;
mod id;
mod login;
mod login_store;
mod memory;
pub(crate) mod seal;
mod secret;

pub use id::SessionKey;
pub use login::{ClaimsMismatch, Login};
pub use login_store::{Claim, Loaded, LoginStore, Put, StoreError, Version};
pub use memory::MemoryStore;
pub use secret::SessionSecrets;

pub(crate) use expiring_map::ExpiringMap;
pub(crate) use id::SessionId;
pub(crate) use login::LoginRecord;
