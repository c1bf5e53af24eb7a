//! Why an ID token is refused.

use std::time::Duration;

use time::OffsetDateTime;

use crate::protocol::shown::Shown;
use crate::protocol::token_error::{TokenError, TokenKind};

/// Why an ID token was refused, with the values that were compared.
///
/// # Security
///
/// Never holds the token, a nonce or a hash.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum IdTokenError {
    /// A check failed that every signed token has to pass.
    #[error(transparent)]
    Token(#[from] TokenError),
    /// The token is for others: our client id is not among its audience.
    #[error("audience (aud) of the token is `{found}`, without our client id `{client_id}`")]
    Audience {
        /// The audience in the token.
        found: Shown,
        /// Our client id.
        client_id: Shown,
    },
    /// The token is for us and for somebody who is not trusted.
    #[error("audience (aud) of the token has `{untrusted}` besides our client id `{client_id}`")]
    UntrustedAudience {
        /// The others in the audience who are not trusted.
        untrusted: Shown,
        /// Our client id.
        client_id: Shown,
    },
    /// The token has several audiences and does not say which one asked for it.
    #[error("authorized party (azp) is missing in a token for several audiences `{audience}`")]
    AuthorizedPartyMissing {
        /// The audience in the token.
        audience: Shown,
    },
    /// The token was issued to another client.
    #[error(
        "authorized party (azp) of the token is `{found}`, expected our client id `{client_id}`"
    )]
    AuthorizedParty {
        /// The authorized party in the token.
        found: Shown,
        /// Our client id.
        client_id: Shown,
    },
    /// A nonce was sent and did not come back.
    #[error("nonce is missing in the token, although one was sent")]
    NonceMissing,
    /// The token was issued for another login.
    #[error("nonce of the token is not the one of this login")]
    Nonce,
    /// The access token is not the one the ID token was issued with.
    #[error("access token does not match the hash (at_hash) in the token")]
    AccessTokenHash,
    /// The request asked when the user proved who they are, and the token does not say.
    #[error("authentication time (auth_time) is missing in the token, although it was asked for")]
    AuthTimeMissing,
    /// The user proved who they are longer ago than the request allowed.
    #[error(
        "authentication time (auth_time) of the token is {auth_time}, allowed since {since} (leeway {leeway:?})"
    )]
    AuthTimeTooOld {
        /// When the user proved who they are.
        auth_time: OffsetDateTime,
        /// The earliest time that was allowed.
        since: OffsetDateTime,
        /// How far the clocks may be apart.
        leeway: Duration,
    },
    /// The user will prove who they are in the future.
    #[error(
        "authentication time (auth_time) of the token is {auth_time}, now it is {now} (leeway {leeway:?})"
    )]
    AuthTimeInFuture {
        /// When the user is said to have proved who they are.
        auth_time: OffsetDateTime,
        /// Our time.
        now: OffsetDateTime,
        /// How far the clocks may be apart.
        leeway: Duration,
    },
    /// The request asked for certain ways of authentication, and the token names none.
    #[error("authentication class (acr) is missing in the token, expected one of `{expected}`")]
    AcrMissing {
        /// The ones asked for.
        expected: Shown,
    },
    /// The user was authenticated in another way than the request asked for.
    #[error("authentication class (acr) of the token is `{found}`, expected one of `{expected}`")]
    Acr {
        /// The one in the token.
        found: Shown,
        /// The ones asked for.
        expected: Shown,
    },
    /// The subject is empty or longer than 255 characters.
    #[error("subject (sub) of the token has {length} characters, not 1 to 255")]
    SubjectLength {
        /// Its length.
        length: usize,
    },
    /// A refreshed token is about somebody else.
    #[error("subject (sub) of the refreshed token is not the one that signed in")]
    SubjectChanged,
    /// A refreshed token is for others than the first one was.
    #[error("audience (aud) of the refreshed token is `{found}`, before it was `{original}`")]
    AudienceChanged {
        /// The audience in the refreshed token.
        found: Shown,
        /// The audience of the login.
        original: Shown,
    },
    /// A refreshed token was issued to another client than the first one, or only one says to whom.
    #[error("authorized party (azp) of the refreshed token is not the one of the login")]
    AuthorizedPartyChanged,
    /// A refreshed token is about an authentication before the login's.
    #[error(
        "authentication time (auth_time) of the refreshed token is {found}, before that of the login, {original}"
    )]
    AuthTimeEarlier {
        /// The time in the refreshed token.
        found: OffsetDateTime,
        /// The time in the login's.
        original: OffsetDateTime,
    },
}

impl IdTokenError {
    /// A stable name for logs and pages, such as `id_token_issuer`.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Token(error) => error.code(TokenKind::Id),
            Self::Audience { .. } => "id_token_audience",
            Self::UntrustedAudience { .. } => "id_token_untrusted_audience",
            Self::AuthorizedPartyMissing { .. } => "id_token_authorized_party_missing",
            Self::AuthorizedParty { .. } => "id_token_authorized_party",
            Self::NonceMissing => "id_token_nonce_missing",
            Self::Nonce => "id_token_nonce",
            Self::AccessTokenHash => "id_token_access_token_hash",
            Self::AuthTimeMissing => "id_token_auth_time_missing",
            Self::AuthTimeTooOld { .. } => "id_token_auth_time_too_old",
            Self::AuthTimeInFuture { .. } => "id_token_auth_time_in_future",
            Self::AcrMissing { .. } => "id_token_acr_missing",
            Self::Acr { .. } => "id_token_acr",
            Self::SubjectLength { .. } => "id_token_subject_length",
            Self::SubjectChanged => "id_token_subject_changed",
            Self::AudienceChanged { .. } => "id_token_audience_changed",
            Self::AuthorizedPartyChanged => "id_token_authorized_party_changed",
            Self::AuthTimeEarlier { .. } => "id_token_auth_time_earlier",
        }
    }

    /// Whether fetching the provider's keys again and trying once more makes sense.
    pub fn fresh_keys_may_help(&self) -> bool {
        matches!(self, Self::Token(error) if error.fresh_keys_may_help())
    }
}
