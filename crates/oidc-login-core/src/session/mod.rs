//! What is kept of a user between two requests, and how.

mod about;
mod adapter;
mod bounded;
mod browser_name;
#[cfg(feature = "test")]
pub mod contract;
mod cookie_seal;
pub(crate) mod cookies;
mod decoded;
mod decoded_claims;
mod ended;
mod expiring_map;
mod handle;
mod id;
mod index;
mod listed;
mod login;
mod login_links;
mod login_record;
mod login_records;
mod login_store;
mod login_trail;
mod login_watch;
mod mark_budget;
mod memory;
mod pending_cookies;
mod posted_answers;
mod presented;
mod record_seal;
pub(crate) mod seal;
mod seal_key;
mod secret;
mod shared_store;
mod silent_mark;
mod values;

pub use adapter::SessionStoreAdapter;
pub use handle::{NoSessionHandle, SessionHandle};
pub use id::SessionKey;
pub use index::{EndBy, LoginIndex, SidKey, SubjectKey, UserSession};
pub use listed::ListedSession;
pub use login::{ClaimsMismatch, Login};
pub use login_store::{
    Claim, ENDED_FOR, Expected, Lease, Leased, Loaded, LoginStore, MAX_SESSIONS_OF_USER, Put,
    RENEWED_FOR, StoreError, Version,
};
pub use login_watch::LoginWatch;
pub use memory::{MemoryStore, MemoryStoreBuilder};
pub use secret::SessionSecrets;

pub(crate) use about::AboutSession;
pub(crate) use bounded::{BoundedLogins, BoundedValues, Patience};
pub(crate) use cookie_seal::CookieSeal;
pub(crate) use decoded::{DecodedLogins, LoadedLogin};
pub(crate) use ended::{EndedOf, EndedSessions, Moment};
pub(crate) use expiring_map::ExpiringMap;
pub(crate) use id::SessionId;
pub(crate) use login_links::LoginLinks;
pub(crate) use login_record::LoginRecord;
pub(crate) use login_records::LoginRecords;
pub(crate) use login_trail::{LoginTrail, LoginTrails};
pub(crate) use mark_budget::MarkBudget;
pub(crate) use pending_cookies::{Found, PendingCookies};
pub(crate) use posted_answers::{PostedAnswers, Slot};
pub(crate) use presented::Presented;
pub(crate) use record_seal::RecordSeal;
pub(crate) use silent_mark::SilentMark;
pub(crate) use values::Values;

/// A moment in seconds since 1970, as it is kept.
pub(crate) fn at(seconds: i64) -> time::OffsetDateTime {
    time::OffsetDateTime::from_unix_timestamp(seconds).unwrap_or(time::OffsetDateTime::UNIX_EPOCH)
}
