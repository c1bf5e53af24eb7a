//! What can be wrong with any signed token.

use std::time::Duration;

use time::OffsetDateTime;

use crate::protocol::json_object::JsonObjectError;
use crate::protocol::jws::JwsError;
use crate::protocol::key_set::KeyError;
use crate::protocol::shown::Shown;
use crate::protocol::signing_algorithm::{AllowedAlgorithms, SigningAlgorithm};

/// A check that all signed tokens share, and what it found.
///
/// # Security
///
/// The evidence never holds the token, its signature or a nonce. What a header says (`alg`, `kid`)
/// is shown although nobody vouches for it; [`Shown`] keeps it harmless.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TokenError {
    /// The text is not a signed token.
    #[error(transparent)]
    Malformed(JwsError),
    /// The token is encrypted (JWE), which is not supported.
    #[error("token is encrypted, which is not supported")]
    Encrypted,
    /// The token says it is not signed at all.
    #[error("token is not signed: its algorithm (alg) is `none`")]
    AlgorithmNone,
    /// The token is signed with a shared secret, and such signatures prove nothing here.
    #[error("token is signed with a shared secret (alg `{found}`), allowed are {allowed}")]
    AlgorithmSymmetric {
        /// The algorithm in the token's header.
        found: Shown,
        /// What is allowed.
        allowed: AllowedAlgorithms,
    },
    /// The algorithm is unknown, or not among those allowed.
    #[error("algorithm (alg) of the token is `{found}`, allowed are {allowed}")]
    AlgorithmNotAllowed {
        /// The algorithm in the token's header.
        found: Shown,
        /// What is allowed.
        allowed: AllowedAlgorithms,
    },
    /// The provider's keys have none to verify the token with.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// The signature is not one of the key that the token names.
    #[error("signature of the token is wrong for key id (kid) `{kid}` and {algorithm}")]
    Signature {
        /// The id in the token's header, empty when there is none.
        kid: Shown,
        /// The algorithm in the token's header.
        algorithm: SigningAlgorithm,
    },
    /// The type in the header says that this is another kind of token.
    #[error("type (typ) of the token is `{found}`, which is another kind of token")]
    Type {
        /// The type in the token's header.
        found: Shown,
    },
    /// The content is signed, but not a JSON object to rely on.
    #[error("claims of the token cannot be read")]
    Payload(#[source] JsonObjectError),
    /// A claim that must be there is not.
    #[error("claim `{claim}` is missing")]
    MissingClaim {
        /// Its name.
        claim: &'static str,
    },
    /// A claim that is checked is not of its type, or out of any sensible range.
    #[error("claim `{claim}` is malformed")]
    MalformedClaim {
        /// Its name.
        claim: &'static str,
    },
    /// The token comes from another issuer.
    #[error("issuer (iss) of the token is `{found}`, expected `{expected}`")]
    Issuer {
        /// The issuer in the token.
        found: Shown,
        /// The provider's issuer.
        expected: Shown,
    },
    /// The token's time is over.
    #[error("token expired (exp) at {expires_at}, it is {now} and {} s are granted", leeway.as_secs())]
    Expired {
        /// The token's `exp`.
        expires_at: OffsetDateTime,
        /// The time of the check.
        now: OffsetDateTime,
        /// How far the clocks may be apart.
        leeway: Duration,
    },
    /// The token was issued in the future: one of the clocks is wrong.
    #[error("token was issued (iat) at {issued_at}, it is only {now} and {} s are granted", leeway.as_secs())]
    IssuedInFuture {
        /// The token's `iat`.
        issued_at: OffsetDateTime,
        /// The time of the check.
        now: OffsetDateTime,
        /// How far the clocks may be apart.
        leeway: Duration,
    },
    /// The token's time has not come.
    #[error(
        "token is not valid before (nbf) {not_before}, it is only {now} and {leeway:?} are granted"
    )]
    NotYetValid {
        /// The token's `nbf`.
        not_before: OffsetDateTime,
        /// The time of the check.
        now: OffsetDateTime,
        /// How far the clocks may be apart.
        leeway: Duration,
    },
}

/// What kind of token an error is about, for its code.
#[derive(Clone, Copy)]
pub(crate) enum TokenKind {
    Id,
    Access,
    Logout,
    UserInfo,
}

impl TokenError {
    /// Whether the provider may have changed its keys, so that fetching them again and trying once
    /// more makes sense.
    ///
    /// A wrong signature counts: providers that make new keys at each start often give them the old
    /// `kid`.
    pub fn fresh_keys_may_help(&self) -> bool {
        matches!(self, Self::Key(_) | Self::Signature { .. })
    }

    pub(crate) fn code(&self, kind: TokenKind) -> &'static str {
        macro_rules! code {
            ($name:literal) => {
                match kind {
                    TokenKind::Id => concat!("id_token_", $name),
                    TokenKind::Access => concat!("access_token_", $name),
                    TokenKind::Logout => concat!("logout_token_", $name),
                    TokenKind::UserInfo => concat!("userinfo_", $name),
                }
            };
        }
        match self {
            Self::Malformed(_) => code!("malformed"),
            Self::Encrypted => code!("encrypted"),
            Self::AlgorithmNone => code!("algorithm_none"),
            Self::AlgorithmSymmetric { .. } => code!("algorithm_symmetric"),
            Self::AlgorithmNotAllowed { .. } => code!("algorithm"),
            Self::Key(KeyError::UnknownKid { .. }) => code!("unknown_key"),
            Self::Key(KeyError::UnfitKey { .. }) => code!("unfit_key"),
            Self::Key(KeyError::NoKey { .. }) => code!("no_key"),
            Self::Key(KeyError::Ambiguous { .. }) => code!("ambiguous_key"),
            Self::Signature { .. } => code!("signature"),
            Self::Type { .. } => code!("type"),
            Self::Payload(_) => code!("payload"),
            Self::MissingClaim { .. } => code!("missing_claim"),
            Self::MalformedClaim { .. } => code!("malformed_claim"),
            Self::Issuer { .. } => code!("issuer"),
            Self::Expired { .. } => code!("expired"),
            Self::IssuedInFuture { .. } => code!("issued_in_future"),
            Self::NotYetValid { .. } => code!("not_yet_valid"),
        }
    }
}

impl From<JwsError> for TokenError {
    fn from(error: JwsError) -> Self {
        match error {
            JwsError::Encrypted => Self::Encrypted,
            other => Self::Malformed(other),
        }
    }
}
