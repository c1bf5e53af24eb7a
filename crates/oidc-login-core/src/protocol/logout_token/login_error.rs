//! A refused logout token as a failure.

use super::LogoutTokenError;
use crate::error::{LoginError, LoginErrorKind};

impl From<LogoutTokenError> for LoginError {
    fn from(error: LogoutTokenError) -> Self {
        Self::new(LoginErrorKind::LogoutTokenRefused)
            .with_evidence("check", error.code())
            .with_evidence("what was found", &error)
            .with_source(error)
    }
}
