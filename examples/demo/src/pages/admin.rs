//! `/admin`.

use askama::Template;

use super::Person;

/// For people with the role `admin`.
#[derive(Template)]
#[template(path = "admin.html")]
pub(crate) struct AdminPage {
    pub(crate) person: Person,
    pub(crate) sign_out: String,
}
