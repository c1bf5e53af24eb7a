//! One thing that expires.

use oidc_login::Login;
use time::OffsetDateTime;

use super::when;

/// Something that expires, and when.
pub(crate) struct Lifetime {
    pub(crate) what: &'static str,
    pub(crate) meaning: &'static str,
    /// `None` where the provider does not say.
    pub(crate) at: Option<OffsetDateTime>,
}

impl Lifetime {
    /// Everything about a login that expires.
    pub(crate) fn all(login: &Login, idle_until: Option<OffsetDateTime>) -> Vec<Self> {
        vec![
            Self {
                what: "ID token",
                meaning: "proof of your sign-in; checked then, and kept for signing out",
                at: Some(login.id_token_expires_at()),
            },
            Self::of_access_token(login),
            Self {
                what: "Session, unused",
                meaning: "moves on as you come back",
                at: idle_until,
            },
            Self {
                what: "Session, at the latest",
                meaning: "then you sign in again",
                at: Some(login.ends_at()),
            },
        ]
    }

    /// The end of the access token.
    pub(crate) fn of_access_token(login: &Login) -> Self {
        Self {
            what: "Access token",
            meaning: "lets this app call other services as you",
            at: login.access_token_expires_at(),
        }
    }

    pub(super) fn left(&self, now: &OffsetDateTime) -> String {
        self.at.map_or_else(
            || "the provider does not say".to_owned(),
            |at| when::left(at, *now),
        )
    }

    pub(super) fn end(&self) -> Option<String> {
        self.at.and_then(when::utc)
    }
}
