//! A failure, explained.

use askama::Template;

use super::{
    Detail,
    details::Details,
    text::{heading, link},
};
use crate::error::LoginError;

/// What the page of a failed login or logout shows.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct ErrorPage<'a> {
    /// What went wrong.
    pub error: &'a LoginError,
    /// How much of it to show.
    pub detail: Detail,
    /// Where the app begins.
    pub home: &'a str,
    /// Where to start the sign-in again, if that can help.
    pub sign_in: Option<&'a str>,
}

#[derive(Template)]
#[template(path = "error.html")]
pub(super) struct ErrorTemplate<'a> {
    heading: String,
    error: &'a LoginError,
    details: Details<'a>,
    home: &'a str,
    sign_in: Option<&'a str>,
}

impl<'a> ErrorPage<'a> {
    pub(super) fn template(&self) -> ErrorTemplate<'a> {
        ErrorTemplate {
            heading: heading(self.error.kind().what_happened()),
            error: self.error,
            details: Details::new(self.error, self.detail),
            home: link(self.home),
            sign_in: self.sign_in.map(link),
        }
    }
}
