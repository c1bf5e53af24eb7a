//! Signed in, and lacking the role.

use askama::Template;

use super::{
    Detail,
    details::Details,
    text::{heading, link},
};
use crate::error::LoginError;

/// What the 403 page shows.
///
/// The error's kind tells a user without the role ([`RoleMissing`]) apart from a provider that sends
/// no roles at all ([`RoleClaimMissing`]); the page then names the provider's switch.
///
/// [`RoleMissing`]: crate::LoginErrorKind::RoleMissing
/// [`RoleClaimMissing`]: crate::LoginErrorKind::RoleClaimMissing
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct ForbiddenPage<'a> {
    /// Why the request was not served.
    pub error: &'a LoginError,
    /// How much of it to show.
    pub detail: Detail,
    /// The role that was asked for.
    pub role: &'a str,
    /// The user, as people call them.
    pub signed_in_as: &'a str,
    /// Where the app begins.
    pub home: &'a str,
    /// Where to sign out, by POST.
    pub logout: &'a str,
}

#[derive(Template)]
#[template(path = "forbidden.html")]
pub(super) struct ForbiddenTemplate<'a> {
    heading: String,
    error: &'a LoginError,
    details: Details<'a>,
    role: &'a str,
    signed_in_as: &'a str,
    home: &'a str,
    logout: &'a str,
}

impl<'a> ForbiddenPage<'a> {
    pub(super) fn template(&self) -> ForbiddenTemplate<'a> {
        ForbiddenTemplate {
            heading: heading(self.error.kind().what_happened()),
            error: self.error,
            details: Details::new(self.error, self.detail),
            role: self.role,
            signed_in_as: self.signed_in_as,
            home: link(self.home),
            logout: link(self.logout),
        }
    }
}
