//! What cannot be shown now.

use askama::Template;
use oidc_login::LoginError;

/// What happened, and what to do.
#[derive(Template)]
#[template(path = "failed.html")]
pub(crate) struct FailedPage {
    pub(crate) error: LoginError,
}
