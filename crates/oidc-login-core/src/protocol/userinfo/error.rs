//! Why a userinfo answer is not used.

use http::{HeaderMap, StatusCode, header};

use crate::protocol::{
    json_object::JsonObjectError,
    shown::Shown,
    token_error::{TokenError, TokenKind},
};

/// Why a userinfo answer is not used.
///
/// # Security
/// Never holds the answer or the access token.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum UserInfoError {
    /// The access token has characters that fit no header.
    #[error("access token fits no header")]
    AccessToken,
    /// The endpoint's address is none to send a request to.
    #[error("userinfo_endpoint is no address to send a request to")]
    Endpoint,
    /// Another status than 200: redirects are not followed.
    #[error("userinfo endpoint answered with status {status} and error `{challenge}`")]
    Status {
        /// The status.
        status: StatusCode,
        /// The error code of RFC 6750 §3.1, or `none`.
        challenge: &'static str,
    },
    /// More than is kept.
    #[error("userinfo answer has {bytes} bytes, more than {}", super::LONGEST)]
    TooLong {
        /// Its length.
        bytes: usize,
    },
    /// Neither JSON nor a token.
    #[error(
        "content type of the userinfo answer is `{found}`, not application/json or application/jwt"
    )]
    ContentType {
        /// What it is; empty when there is none.
        found: Shown,
    },
    /// Not a JSON object to rely on.
    #[error("claims of the userinfo answer cannot be read")]
    Json(#[source] JsonObjectError),
    /// A signed answer failed a check that every signed token has to pass.
    #[error(transparent)]
    Token(#[from] TokenError),
    /// A signed answer for somebody else.
    #[error(
        "audience (aud) of the userinfo answer is `{found}`, without our client id `{client_id}`"
    )]
    Audience {
        /// The audience in the answer.
        found: Shown,
        /// Our client id.
        client_id: Shown,
    },
    /// The answer says about nobody.
    #[error("subject (sub) is missing in the userinfo answer")]
    SubjectMissing,
    /// The answer is about somebody else.
    #[error("subject (sub) of the userinfo answer is not the ID token's")]
    Subject,
}

impl UserInfoError {
    /// A stable name for logs and pages.
    pub(crate) fn code(&self) -> &'static str {
        match self {
            Self::AccessToken => "userinfo_access_token",
            Self::Endpoint => "userinfo_endpoint",
            Self::Status { .. } => "userinfo_status",
            Self::TooLong { .. } => "userinfo_too_long",
            Self::ContentType { .. } => "userinfo_content_type",
            Self::Json(_) => "userinfo_json",
            Self::Token(error) => error.code(TokenKind::UserInfo),
            Self::Audience { .. } => "userinfo_audience",
            Self::SubjectMissing => "userinfo_subject_missing",
            Self::Subject => "userinfo_subject",
        }
    }

    /// Whether fetching the provider's keys again and trying once more makes sense.
    pub(crate) fn fresh_keys_may_help(&self) -> bool {
        matches!(self, Self::Token(error) if error.fresh_keys_may_help())
    }
}

/// The error code of a Bearer challenge. Only the known ones: a provider could put anything there,
/// the token too.
pub(super) fn bearer_error(headers: &HeaderMap) -> &'static str {
    let values = headers.get_all(header::WWW_AUTHENTICATE).iter();
    let texts: Vec<_> = values.filter_map(|value| value.to_str().ok()).collect();
    let known = ["invalid_request", "invalid_token", "insufficient_scope"];
    let is_said = |code: &&str| texts.iter().any(|text| text.contains(*code));
    known.into_iter().find(is_said).unwrap_or("none")
}
