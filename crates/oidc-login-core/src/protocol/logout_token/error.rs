//! Why a logout token is refused.

use time::OffsetDateTime;

use crate::protocol::shown::Shown;
use crate::protocol::token_error::{TokenError, TokenKind};

/// Why a logout token was refused, with the values that were compared.
///
/// # Security
///
/// Never holds the token, a session or a user.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum LogoutTokenError {
    /// A check failed that every signed token has to pass.
    #[error(transparent)]
    Token(#[from] TokenError),
    /// The token is for others, or for others too.
    #[error("audience (aud) of the token is `{found}`, expected our client id `{client_id}`")]
    Audience {
        /// The audience in the token.
        found: Shown,
        /// Our client id.
        client_id: Shown,
    },
    /// The token was signed long ago.
    #[error("token was issued (iat) at {issued_at}, more than an hour before {now}")]
    TooOld {
        /// The token's `iat`.
        issued_at: OffsetDateTime,
        /// The time of the check.
        now: OffsetDateTime,
    },
    /// The token does not speak of a logout.
    #[error("events of the token have no back-channel logout with a JSON object")]
    Event,
    /// The token has a nonce, as only ID tokens do.
    #[error("token has a nonce: it may be an ID token")]
    Nonce,
    /// The token names neither a user nor a session.
    #[error("token has neither sub nor sid")]
    Nobody,
}

impl LogoutTokenError {
    /// A stable name for logs, such as `logout_token_issuer`.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Token(error) => error.code(TokenKind::Logout),
            Self::Audience { .. } => "logout_token_audience",
            Self::TooOld { .. } => "logout_token_too_old",
            Self::Event => "logout_token_event",
            Self::Nonce => "logout_token_nonce",
            Self::Nobody => "logout_token_nobody",
        }
    }

    /// Whether fetching the provider's keys again and trying once more makes sense.
    pub fn fresh_keys_may_help(&self) -> bool {
        matches!(self, Self::Token(error) if error.fresh_keys_may_help())
    }
}
