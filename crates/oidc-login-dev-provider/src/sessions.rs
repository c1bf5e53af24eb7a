//! Who is signed in at the provider, in which browser.

use std::sync::Arc;

use time::OffsetDateTime;

use crate::{User, acr::Acr};

/// A person signed in at the provider, in one browser.
#[derive(Clone)]
pub(crate) struct Session {
    pub(crate) user: Arc<User>,
    /// What relying parties know this session by; not the value of the cookie.
    pub(crate) sid: String,
    pub(crate) auth_time: OffsetDateTime,
    pub(crate) acr: Acr,
}
