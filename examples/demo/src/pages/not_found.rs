//! Every other path.

use askama::Template;

/// Nothing is there.
#[derive(Template)]
#[template(path = "not_found.html")]
pub(crate) struct NotFoundPage {
    pub(crate) path: String,
}
