//! A refused logout token as a failure.

use super::{LoginError, LoginErrorKind};
use crate::protocol::logout_token::LogoutTokenError;

impl From<LogoutTokenError> for LoginError {
    fn from(error: LogoutTokenError) -> Self {
        Self::new(LoginErrorKind::LogoutTokenRefused)
            .with_evidence("check", error.code())
            .with_evidence("what was found", &error)
            .with_source(error)
    }
}
