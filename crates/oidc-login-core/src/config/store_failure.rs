//! What happens to requests while the session store fails.

/// What a request with a session's cookie gets while the session store does not answer.
///
/// In both cases guards answer 503 (a redirect to the sign-in would lead nowhere: a login needs the
/// store too), what a request writes is a 503, no cookie is touched, and everybody is signed in as
/// before once the store answers again.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum StoreFailure {
    /// 503, wherever somebody asks who makes the request.
    #[default]
    Unavailable,
    /// On routes that are open to everybody the user is a visitor: `Option<Claims>` is `None`, and a
    /// `tower_sessions::Session` is empty, for the whole request.
    ///
    /// `GET /auth/session` still answers 503: a script must not take a store that is down for a
    /// sign-out. An app with [`app_sessions`] is not built with this, as the claims of the user stand in
    /// the app's own session.
    ///
    /// [`app_sessions`]: crate::RelyingPartyBuilder::app_sessions
    Anonymous,
}
