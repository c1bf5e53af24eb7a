//! Which kind of failure a userinfo answer that is not used is.

use http::StatusCode;

use super::UserInfoError;
use crate::{
    error::{LoginError, LoginErrorKind},
    protocol::token_error::TokenError,
};

impl From<UserInfoError> for LoginError {
    fn from(error: UserInfoError) -> Self {
        Self::new(kind(&error))
            .with_evidence("check", error.code())
            .with_evidence("what was found", &error)
            .with_source(error)
    }
}

fn kind(error: &UserInfoError) -> LoginErrorKind {
    use LoginErrorKind as Kind;
    match error {
        UserInfoError::SubjectMissing | UserInfoError::Subject => Kind::UserInfoSubject,
        UserInfoError::Token(TokenError::Encrypted) => Kind::UserInfoEncrypted,
        UserInfoError::Status { status, .. } if may_pass(*status) => Kind::UserInfoUnavailable,
        _ => Kind::UserInfoInvalid,
    }
}

fn may_pass(status: StatusCode) -> bool {
    status.is_server_error() || status == StatusCode::TOO_MANY_REQUESTS
}
