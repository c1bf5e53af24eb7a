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
/// What is in the arguments may come from a hostile browser or provider: escape it.
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

    /// What all of these pages may load: the value of their `Content-Security-Policy`
    /// ([CSP Level 3](https://www.w3.org/TR/CSP3/)). Default:
    /// [`content_security_policy`](super::content_security_policy), which allows
    /// [`STYLESHEET`](super::STYLESHEET) between `<style>` and `</style>` and no other style, script or
    /// image. What is no header value is not sent, and the default is, with an error in the log.
    ///
    /// Pages with a stylesheet and pictures of the app's own:
    /// `default-src 'none'; base-uri 'none'; frame-ancestors 'none'; style-src 'self'; img-src 'self'`.
    ///
    /// # Security
    /// Leave scripts out: what these pages show may come from whoever attacks. And leave `form-action`
    /// out: browsers check it against every redirect after a form, so it would stop a sign-out on its
    /// way to the provider.
    fn content_security_policy(&self) -> &str {
        super::content_security_policy()
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
