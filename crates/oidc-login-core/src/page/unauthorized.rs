//! Nobody is signed in.

use askama::Template;

use super::text::{heading, link};
use crate::error::LoginError;

/// What the 401 page shows: for an unsafe method, and whatever else cannot be redirected.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct UnauthorizedPage<'a> {
    /// Why the request was not served.
    pub error: &'a LoginError,
    /// Where to sign in.
    pub sign_in: &'a str,
    /// Where the app begins.
    pub home: &'a str,
}

#[derive(Template)]
#[template(path = "unauthorized.html")]
pub(super) struct UnauthorizedTemplate<'a> {
    heading: String,
    error: &'a LoginError,
    sign_in: &'a str,
    home: &'a str,
}

impl<'a> UnauthorizedPage<'a> {
    pub(super) fn template(&self) -> UnauthorizedTemplate<'a> {
        UnauthorizedTemplate {
            heading: heading(self.error.kind().what_happened()),
            error: self.error,
            sign_in: link(self.sign_in),
            home: link(self.home),
        }
    }
}
