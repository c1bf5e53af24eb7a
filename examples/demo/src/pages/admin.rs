//! `/admin`.

use askama::Template;

use super::{Person, SessionRow};

/// For people with the role `admin`.
#[derive(Template)]
#[template(path = "admin.html")]
pub(crate) struct AdminPage {
    pub(crate) person: Person,
    pub(crate) sign_out: String,
    /// The user that was looked for.
    pub(crate) found: Option<UsersSessions>,
}

/// The sessions of somebody.
pub(crate) struct UsersSessions {
    pub(crate) sub: String,
    pub(crate) sessions: Vec<SessionRow>,
}

impl AdminPage {
    fn sub(&self) -> &str {
        self.found.as_ref().map_or("", |found| &found.sub)
    }
}
