//! A session as its user sees it in a list.

use std::net::IpAddr;

use time::OffsetDateTime;

use super::{
    about::AboutSession, browser_name::browser_name, handle::SessionHandle, id::SessionKey,
    index::UserSession, seal::Keys,
};

/// One session of a user, for a list that people read.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ListedSession {
    /// Names it in a form that ends it.
    pub id: SessionHandle,
    /// Whether it is the one of the request that asked; never for a list made without a request.
    pub is_this_one: bool,
    /// When the user signed in.
    pub logged_in_at: OffsetDateTime,
    /// When it ends if nobody uses it.
    pub idle_until: OffsetDateTime,
    /// What the browser said of itself at the login, at most 256 bytes without control characters;
    /// `None` where it said nothing, or what was kept cannot be read.
    ///
    /// # Security
    /// Anything may stand here: escape it.
    pub user_agent: Option<String>,
    /// Where the login came from: the peer, or what the trusted proxies say; `None` where the app
    /// does not know its peers, or what was kept cannot be read.
    pub address: Option<IpAddr>,
}

impl ListedSession {
    /// The browser and its system, such as `Firefox on Linux`, for common ones.
    ///
    /// Read from what the browser says of itself, which may be anything. Browsers that present
    /// themselves as another one (Brave as Chrome, an iPad as a Mac) are called what they say.
    pub fn browser(&self) -> Option<String> {
        self.user_agent.as_deref().and_then(browser_name)
    }

    /// `user` are issuer, client id and `sub`; `this` is the session of the request.
    pub(crate) fn new(
        session: &UserSession,
        keys: &Keys,
        user: &[&str; 3],
        this: Option<SessionKey>,
    ) -> Self {
        let about = AboutSession::open(&session.about, keys, user);
        Self {
            id: keys.session_handle(&session.key),
            is_this_one: this == Some(session.key),
            logged_in_at: session.logged_in_at,
            idle_until: session.deadline,
            user_agent: about.user_agent,
            address: about.address,
        }
    }
}
