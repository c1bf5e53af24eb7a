//! `/sessions`.

use askama::Template;
use oidc_login::session::ListedSession;
use time::OffsetDateTime;

use super::{Person, when};

/// Where the user is signed in.
#[derive(Template)]
#[template(path = "sessions.html")]
pub(crate) struct SessionsPage {
    pub(crate) person: Person,
    pub(crate) sessions: Vec<SessionRow>,
}

/// A session as an entry of a list.
pub(crate) struct SessionRow {
    pub(super) id: String,
    pub(super) is_this_one: bool,
    /// The browser's name, or else its own words.
    pub(super) browser: String,
    pub(super) has_name: bool,
    pub(super) address: Option<String>,
    pub(super) since: String,
    pub(super) since_utc: Option<String>,
    pub(super) left: String,
}

impl SessionRow {
    /// All sessions of a list.
    pub(crate) fn all(sessions: &[ListedSession]) -> Vec<Self> {
        let now = OffsetDateTime::now_utc();
        sessions
            .iter()
            .map(|session| Self::new(session, now))
            .collect()
    }

    fn new(session: &ListedSession, now: OffsetDateTime) -> Self {
        let name = session.browser();
        let has_name = name.is_some();
        let browser = name.or_else(|| session.user_agent.clone());
        Self {
            id: session.id.to_string(),
            is_this_one: session.is_this_one,
            browser: browser.unwrap_or_else(|| "A browser that did not say its name".to_owned()),
            has_name,
            address: session.address.map(|address| address.to_string()),
            since: when::ago(session.logged_in_at, now),
            since_utc: when::utc(session.logged_in_at),
            left: when::left(session.idle_until, now),
        }
    }
}
