//! `/`.

use askama::Template;

use super::Person;

/// Open to everybody.
#[derive(Template)]
#[template(path = "home.html")]
pub(crate) struct HomePage {
    pub(crate) person: Option<Person>,
    pub(crate) sign_in: String,
    pub(crate) sign_out: String,
    /// The embedded provider's users and passwords are no secret.
    pub(crate) users_are_known: bool,
}
