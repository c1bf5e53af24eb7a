//! Which kind of failure a refused ID token is.

use super::IdTokenError;
use crate::{
    error::{LoginError, LoginErrorKind},
    protocol::{key_set::KeyError, token_error::TokenError},
};

impl From<IdTokenError> for LoginError {
    fn from(error: IdTokenError) -> Self {
        Self::new(kind(&error))
            .with_evidence("check", error.code())
            .with_evidence("what was found", &error)
            .with_source(error)
    }
}

fn kind(error: &IdTokenError) -> LoginErrorKind {
    use LoginErrorKind as Kind;
    match error {
        IdTokenError::Token(error) => token_kind(error),
        IdTokenError::Audience { .. }
        | IdTokenError::UntrustedAudience { .. }
        | IdTokenError::AudienceChanged { .. } => Kind::IdTokenAudience,
        IdTokenError::AuthorizedPartyMissing { .. }
        | IdTokenError::AuthorizedParty { .. }
        | IdTokenError::AuthorizedPartyChanged => Kind::IdTokenAuthorizedParty,
        IdTokenError::AuthTimeEarlier { .. } | IdTokenError::AuthTimeInFuture { .. } => {
            Kind::IdTokenAuthTime
        }
        IdTokenError::AuthTimeMissing => Kind::IdTokenAuthTimeMissing,
        IdTokenError::AuthTimeTooOld { .. } => Kind::IdTokenAuthTimeTooOld,
        IdTokenError::AcrMissing { .. } | IdTokenError::Acr { .. } => Kind::IdTokenAcr,
        IdTokenError::NonceMissing | IdTokenError::Nonce => Kind::IdTokenNonce,
        IdTokenError::AccessTokenHash => Kind::IdTokenAccessTokenHash,
        IdTokenError::SubjectLength { .. } | IdTokenError::SubjectChanged => Kind::IdTokenSubject,
    }
}

fn token_kind(error: &TokenError) -> LoginErrorKind {
    use LoginErrorKind as Kind;
    match error {
        TokenError::Encrypted => Kind::IdTokenEncrypted,
        TokenError::AlgorithmNone
        | TokenError::AlgorithmSymmetric { .. }
        | TokenError::AlgorithmNotAllowed { .. } => Kind::IdTokenAlgorithm,
        TokenError::Key(KeyError::Ambiguous { .. }) => Kind::IdTokenKeyAmbiguous,
        TokenError::Key(_) => Kind::IdTokenKeyUnknown,
        TokenError::Signature { .. } => Kind::IdTokenSignature,
        TokenError::Issuer { .. } => Kind::IdTokenIssuer,
        TokenError::Expired { .. } => Kind::IdTokenExpired,
        TokenError::IssuedInFuture { .. } => Kind::IdTokenIssuedInFuture,
        TokenError::NotYetValid { .. } => Kind::IdTokenNotYetValid,
        TokenError::Malformed(_)
        | TokenError::Type { .. }
        | TokenError::Payload(_)
        | TokenError::MissingClaim { .. }
        | TokenError::MalformedClaim { .. } => Kind::IdTokenMalformed,
    }
}
