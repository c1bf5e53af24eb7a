//! A handler whose session store does not answer.

use axum::response::{IntoResponse, Response};
use oidc_login::LoginError;

use crate::pages::{FailedPage, page};

/// Answers with what happened and what to do.
pub(super) struct Failed(LoginError);

impl From<LoginError> for Failed {
    fn from(error: LoginError) -> Self {
        Self(error)
    }
}

impl IntoResponse for Failed {
    fn into_response(self) -> Response {
        let Self(error) = self;
        tracing::warn!(code = error.code(), source = ?std::error::Error::source(&error), "{error}");
        page(error.status(), &FailedPage { error })
    }
}
