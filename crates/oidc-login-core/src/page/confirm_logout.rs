//! The question before a sign-out.

use askama::Template;

use super::text::link;

/// What the confirmation of a sign-out shows.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct ConfirmLogoutPage<'a> {
    /// Where the form posts to.
    pub action: &'a str,
    /// Hidden fields, name and value: the token bound to the session, the sealed target.
    pub fields: &'a [(&'a str, &'a str)],
    /// The user, as people call them, if somebody is signed in.
    pub signed_in_as: Option<&'a str>,
    /// Where the app begins.
    pub home: &'a str,
}

#[derive(Template)]
#[template(path = "confirm_logout.html")]
pub(super) struct ConfirmLogoutTemplate<'a> {
    action: &'a str,
    fields: &'a [(&'a str, &'a str)],
    signed_in_as: Option<&'a str>,
    home: &'a str,
}

impl<'a> ConfirmLogoutPage<'a> {
    pub(super) fn template(&self) -> ConfirmLogoutTemplate<'a> {
        ConfirmLogoutTemplate {
            action: link(self.action),
            fields: self.fields,
            signed_in_as: self.signed_in_as,
            home: link(self.home),
        }
    }
}
