//! `/secure`.

use askama::Template;
use time::OffsetDateTime;

use super::{Claim, Lifetime, Person};

/// Who is signed in, their claims, and what expires when.
#[derive(Template)]
#[template(path = "secure.html")]
pub(crate) struct SecurePage {
    pub(crate) person: Person,
    pub(crate) claims: Vec<Claim>,
    pub(crate) lifetimes: Vec<Lifetime>,
    pub(crate) now: OffsetDateTime,
    pub(crate) sign_out: String,
}
