//! The pages an app can replace.

use askama::Template;

use super::{ConfirmLogoutPage, ErrorPage, ForbiddenPage, UnauthorizedPage};

/// The HTML of the pages that the library answers with.
///
/// Each method has a default, so an app replaces one page or all of them. A page is only the body:
/// status, cookies and headers are the library's.
///
/// # Security
///
/// What is in the arguments may come from a hostile browser or provider: escape it. Our
/// `Content-Security-Policy` stays, so a page of your own can use
/// [`STYLESHEET`](super::STYLESHEET) and no other style, script or image.
pub trait Pages: Send + Sync + 'static {
    /// A login or a logout failed.
    fn error(&self, page: &ErrorPage<'_>) -> String {
        render(&page.template())
    }

    /// Nobody is signed in, and a redirect to the sign-in would lose what was asked for (401).
    fn unauthorized(&self, page: &UnauthorizedPage<'_>) -> String {
        render(&page.template())
    }

    /// The user is signed in and lacks the role (403).
    fn forbidden(&self, page: &ForbiddenPage<'_>) -> String {
        render(&page.template())
    }

    /// The question before a sign-out that something else than the app's own button asked for.
    fn confirm_logout(&self, page: &ConfirmLogoutPage<'_>) -> String {
        render(&page.template())
    }
}

/// The pages as the library brings them.
#[derive(Clone, Copy, Debug, Default)]
pub struct DefaultPages;

impl Pages for DefaultPages {}

fn render(template: &impl Template) -> String {
    template.render().unwrap_or_else(|error| {
        tracing::error!(%error, "a page cannot be rendered");
        String::new()
    })
}
