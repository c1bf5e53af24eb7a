//! The library's own pages: an error, a 401, a 403, and the question before a sign-out.
//!
//! They are plain HTML without scripts, in light and dark, and everything in them is escaped.
//! An app that wants its own implements [`Pages`], for some pages or for all, and gives it to
//! [`RelyingPartyBuilder::pages`](crate::RelyingPartyBuilder::pages). In apps this module is
//! `oidc_login::page`.
//!
//! ```
//! # use oidc_login_core as oidc_login;
//! use oidc_login::page::{Pages, UnauthorizedPage};
//!
//! struct OurPages;
//!
//! impl Pages for OurPages {
//!     fn unauthorized(&self, _page: &UnauthorizedPage<'_>) -> String {
//!         "<!doctype html><title>Sign in first</title>".to_owned()
//!     }
//! }
//! ```

mod confirm_logout;
mod detail;
mod details;
mod error;
mod forbidden;
mod pages;
mod style;
mod text;
mod unauthorized;

pub use confirm_logout::ConfirmLogoutPage;
pub use detail::Detail;
pub use error::ErrorPage;
pub use forbidden::ForbiddenPage;
pub use pages::{DefaultPages, Pages};
pub use style::{STYLESHEET, content_security_policy, style_source};
pub use unauthorized::UnauthorizedPage;

#[cfg(test)]
mod tests;
