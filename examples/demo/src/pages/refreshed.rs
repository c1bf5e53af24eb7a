//! What `/api/refresh` shows to people.

use askama::Template;
use time::OffsetDateTime;

use super::{Claim, Lifetime};

/// The new token's end, and what userinfo says with it.
#[derive(Template)]
#[template(path = "refreshed.html")]
pub(crate) struct RefreshedPage {
    pub(crate) lifetime: Lifetime,
    pub(crate) userinfo: Vec<Claim>,
    pub(crate) now: OffsetDateTime,
}

/// Why nothing was refreshed.
#[derive(Template)]
#[template(path = "not_refreshed.html")]
pub(crate) struct NotRefreshedPage {
    pub(crate) code: String,
    pub(crate) text: String,
}
