//! What sealed values are for.

/// What a sealed value is for. Each purpose has its own key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// The cookie of a login under way.
    PendingLogin,
    /// The `state` of the authorization request.
    State,
    /// An answer of the provider that came as a form.
    PostedAnswer,
    /// The form of the sign-out confirmation.
    LogoutConfirmation,
    /// The `state` of an RP-initiated logout.
    LogoutState,
    /// The key under which the logins of one of the provider's sessions are found.
    SidIndex,
    /// The key under which the logins of a user are found.
    SubjectIndex,
    /// What a store keeps of a login.
    LoginRecord,
    /// What a store keeps of the app's values.
    SessionValues,
    /// What a list of sessions shows of one.
    AboutSession,
    /// What names a session in a list.
    SessionHandle,
    /// The cookie that counts the logins of a browser.
    LoginTrail,
    /// The parameters of a login in a link to it.
    LoginLink,
}

impl Purpose {
    pub(super) const ALL: [Self; 13] = [
        Self::PendingLogin,
        Self::State,
        Self::PostedAnswer,
        Self::LogoutConfirmation,
        Self::LogoutState,
        Self::SidIndex,
        Self::SubjectIndex,
        Self::LoginRecord,
        Self::SessionValues,
        Self::AboutSession,
        Self::SessionHandle,
        Self::LoginTrail,
        Self::LoginLink,
    ];

    pub(in crate::session) const fn label(self) -> &'static [u8] {
        match self {
            Self::PendingLogin => b"oidc-login/1/pending-login",
            Self::State => b"oidc-login/1/state",
            Self::PostedAnswer => b"oidc-login/1/posted-answer",
            Self::LogoutConfirmation => b"oidc-login/1/logout-confirmation",
            Self::LogoutState => b"oidc-login/1/logout-state",
            Self::SidIndex => b"oidc-login/1/sid-index",
            Self::SubjectIndex => b"oidc-login/1/subject-index",
            Self::LoginRecord => b"oidc-login/1/login-record",
            Self::SessionValues => b"oidc-login/1/session-values",
            Self::AboutSession => b"oidc-login/1/about-session",
            Self::SessionHandle => b"oidc-login/1/session-handle",
            Self::LoginTrail => b"oidc-login/1/login-trail",
            Self::LoginLink => b"oidc-login/1/login-link",
        }
    }
}
