//! ID tokens.

use std::fmt;
use std::time::Duration;

use serde_json::{Map, Value};
use subtle::ConstantTimeEq as _;
use time::OffsetDateTime;

use crate::protocol::evidence::Evidence;
use crate::protocol::jws::Jws;
use crate::protocol::key_set::KeySet;
use crate::protocol::numeric_date;
use crate::protocol::signing_algorithm::{AllowedAlgorithms, SigningAlgorithm};
use crate::protocol::token_claims::{DEFAULT_LEEWAY, TokenClaims};
use crate::protocol::token_error::{TokenError, TokenKind};
use crate::protocol::token_hash;

/// What an ID token must say to be the one this login waits for.
#[derive(Clone, Copy)]
#[non_exhaustive]
pub struct Expected<'a> {
    /// The provider's issuer, compared exactly.
    pub issuer: &'a str,
    /// Our client id: must be among the audience.
    pub client_id: &'a str,
    /// Who else may be among the audience; nobody by default.
    pub trusted_audiences: &'a [&'a str],
    /// The nonce this login was started with; `None` where none was sent, as for a refresh.
    pub nonce: Option<&'a str>,
    /// The access token that came along, to be compared with `at_hash` where the ID token has one.
    pub access_token: Option<&'a str>,
    /// For a refreshed ID token: the one it takes the place of.
    pub refreshes: Option<Original<'a>>,
    /// The algorithms it may be signed with.
    pub algorithms: AllowedAlgorithms,
    /// How far the clocks may be apart; 60 seconds by default.
    pub leeway: Duration,
}

impl<'a> Expected<'a> {
    /// Expects a token of this issuer for this client, and everything else by default.
    pub fn new(issuer: &'a str, client_id: &'a str) -> Self {
        Self {
            issuer,
            client_id,
            trusted_audiences: &[],
            nonce: None,
            access_token: None,
            refreshes: None,
            algorithms: AllowedAlgorithms::default(),
            leeway: DEFAULT_LEEWAY,
        }
    }
}

/// What a refreshed ID token must have kept ([OIDC Core §12.2]), next to the issuer.
///
/// [OIDC Core §12.2]: https://openid.net/specs/openid-connect-core-1_0.html#RefreshTokenResponse
#[derive(Clone, Copy)]
pub struct Original<'a> {
    /// The subject that logged in.
    pub subject: &'a str,
    /// The audience of the login's ID token, in any order.
    pub audience: &'a [String],
}

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
        found: Evidence,
        /// Our client id.
        client_id: Evidence,
    },
    /// The token is for us and for somebody who is not trusted.
    #[error("audience (aud) of the token has `{untrusted}` besides our client id `{client_id}`")]
    UntrustedAudience {
        /// The others in the audience who are not trusted.
        untrusted: Evidence,
        /// Our client id.
        client_id: Evidence,
    },
    /// The token has several audiences and does not say which one asked for it.
    #[error("authorized party (azp) is missing in a token for several audiences `{audience}`")]
    AuthorizedPartyMissing {
        /// The audience in the token.
        audience: Evidence,
    },
    /// The token was issued to another client.
    #[error(
        "authorized party (azp) of the token is `{found}`, expected our client id `{client_id}`"
    )]
    AuthorizedParty {
        /// The authorized party in the token.
        found: Evidence,
        /// Our client id.
        client_id: Evidence,
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
    /// The subject is empty or longer than 255 characters.
    #[error("subject (sub) of the token has {length} characters, not 1 to 255")]
    SubjectLength {
        /// Its length.
        length: usize,
    },
    /// A refreshed token is about somebody else.
    #[error("subject (sub) of the refreshed token is not the one that logged in")]
    SubjectChanged,
    /// A refreshed token is for others than the first one was.
    #[error("audience (aud) of the refreshed token is `{found}`, before it was `{original}`")]
    AudienceChanged {
        /// The audience in the refreshed token.
        found: Evidence,
        /// The audience of the login.
        original: Evidence,
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
            Self::SubjectLength { .. } => "id_token_subject_length",
            Self::SubjectChanged => "id_token_subject_changed",
            Self::AudienceChanged { .. } => "id_token_audience_changed",
        }
    }

    /// Whether fetching the provider's keys again and trying once more makes sense.
    pub fn fresh_keys_may_help(&self) -> bool {
        matches!(self, Self::Token(error) if error.fresh_keys_may_help())
    }
}

/// An ID token that passed every check; only [`verify`] makes one.
///
/// `Debug` shows nothing about the user.
#[derive(Clone)]
pub struct VerifiedIdToken {
    claims: TokenClaims,
    issuer: Box<str>,
    subject: Box<str>,
    audience: Vec<String>,
    issued_at: OffsetDateTime,
    expires_at: OffsetDateTime,
}

/// Verifies an ID token by [OIDC Core §3.1.3.7]: first the signature, then every claim that says for whom, from whom and when.
///
/// Claims about the user are not looked at: whatever their types are, they do not refuse a login.
///
/// # Errors
///
/// [`IdTokenError`] names the first check that failed.
///
/// [OIDC Core §3.1.3.7]: https://openid.net/specs/openid-connect-core-1_0.html#IDTokenValidation
pub fn verify(
    raw: &str,
    keys: &KeySet,
    expected: &Expected<'_>,
    now: OffsetDateTime,
) -> Result<VerifiedIdToken, IdTokenError> {
    let jws = Jws::parse(raw).map_err(TokenError::from)?;
    let claims = TokenClaims::verify(jws, keys, expected.algorithms)?;
    claims.refuse_types(&["logout+jwt", "at+jwt"])?;
    claims.check_issuer(expected.issuer)?;
    let audience = check_audience(&claims, expected)?;
    check_authorized_party(&claims, expected, &audience)?;
    let expires_at = claims.check_expiry(now, expected.leeway)?;
    let issued_at = claims.check_issued_at(now, expected.leeway)?;
    claims.check_not_before(now, expected.leeway)?;
    check_nonce(&claims, expected)?;
    check_access_token_hash(&claims, expected)?;
    let subject = check_subject(&claims, expected)?.into();
    Ok(VerifiedIdToken {
        issuer: expected.issuer.into(),
        subject,
        audience,
        issued_at,
        expires_at,
        claims,
    })
}

fn check_audience(
    claims: &TokenClaims,
    expected: &Expected<'_>,
) -> Result<Vec<String>, IdTokenError> {
    let audience = audience(claims)?;
    let client_id = || Evidence::new(expected.client_id);
    if !audience.iter().any(|member| member == expected.client_id) {
        return Err(IdTokenError::Audience {
            found: evidence(&audience),
            client_id: client_id(),
        });
    }
    let known = |member: &&str| {
        *member == expected.client_id || expected.trusted_audiences.contains(member)
    };
    let mut untrusted = audience
        .iter()
        .map(String::as_str)
        .filter(|member| !known(member))
        .peekable();
    if untrusted.peek().is_some() {
        let untrusted = Evidence::list(untrusted);
        return Err(IdTokenError::UntrustedAudience {
            untrusted,
            client_id: client_id(),
        });
    }
    match expected.refreshes {
        Some(original) if !same_members(&audience, original.audience) => {
            let (found, original) = (evidence(&audience), evidence(original.audience));
            Err(IdTokenError::AudienceChanged { found, original })
        }
        _ => Ok(audience),
    }
}

/// A single string or a list of strings, whichever the provider prefers; each member once.
fn audience(claims: &TokenClaims) -> Result<Vec<String>, TokenError> {
    let malformed = TokenError::MalformedClaim { claim: "aud" };
    let mut members = match claims.get("aud") {
        None => return Err(TokenError::MissingClaim { claim: "aud" }),
        Some(Value::String(one)) => vec![one.clone()],
        Some(Value::Array(list)) => {
            let members: Option<Vec<_>> = list
                .iter()
                .map(|member| member.as_str().map(str::to_owned))
                .collect();
            members.ok_or(malformed)?
        }
        Some(_) => return Err(malformed),
    };
    let mut seen = std::collections::HashSet::new();
    members.retain(|member| seen.insert(member.clone()));
    Ok(members)
}

fn same_members(left: &[String], right: &[String]) -> bool {
    left.iter().all(|member| right.contains(member))
        && right.iter().all(|member| left.contains(member))
}

fn evidence(members: &[String]) -> Evidence {
    Evidence::list(members.iter().map(String::as_str))
}

fn check_authorized_party(
    claims: &TokenClaims,
    expected: &Expected<'_>,
    audience: &[String],
) -> Result<(), IdTokenError> {
    match claims.text("azp")? {
        Some(found) if found != expected.client_id => Err(IdTokenError::AuthorizedParty {
            found: Evidence::new(found),
            client_id: Evidence::new(expected.client_id),
        }),
        None if audience.len() > 1 => Err(IdTokenError::AuthorizedPartyMissing {
            audience: evidence(audience),
        }),
        _ => Ok(()),
    }
}

fn check_nonce(claims: &TokenClaims, expected: &Expected<'_>) -> Result<(), IdTokenError> {
    let Some(nonce) = expected.nonce else {
        return Ok(());
    };
    let found = claims.text("nonce")?.ok_or(IdTokenError::NonceMissing)?;
    if found.as_bytes().ct_eq(nonce.as_bytes()).into() {
        Ok(())
    } else {
        Err(IdTokenError::Nonce)
    }
}

fn check_access_token_hash(
    claims: &TokenClaims,
    expected: &Expected<'_>,
) -> Result<(), IdTokenError> {
    let (Some(hash), Some(access_token)) = (claims.text("at_hash")?, expected.access_token) else {
        return Ok(());
    };
    let matches = token_hash::matches(hash, access_token, claims.algorithm);
    if matches {
        Ok(())
    } else {
        Err(IdTokenError::AccessTokenHash)
    }
}

fn check_subject<'a>(
    claims: &'a TokenClaims,
    expected: &Expected<'_>,
) -> Result<&'a str, IdTokenError> {
    let subject = claims.required_text("sub")?;
    let length = subject.chars().count();
    if !(1..=255).contains(&length) {
        return Err(IdTokenError::SubjectLength { length });
    }
    match expected.refreshes {
        Some(original) if original.subject != subject => Err(IdTokenError::SubjectChanged),
        _ => Ok(subject),
    }
}

impl VerifiedIdToken {
    /// Who issued the token (`iss`). With [`subject`](Self::subject) it is the user's identity.
    pub fn issuer(&self) -> &str {
        &self.issuer
    }

    /// Who logged in (`sub`), unique only together with [`issuer`](Self::issuer).
    pub fn subject(&self) -> &str {
        &self.subject
    }

    /// For whom the token is (`aud`), each member once.
    pub fn audience(&self) -> &[String] {
        &self.audience
    }

    /// When the token was issued (`iat`).
    pub fn issued_at(&self) -> OffsetDateTime {
        self.issued_at
    }

    /// When the token ends (`exp`). It says nothing about how long the login lasts.
    pub fn expires_at(&self) -> OffsetDateTime {
        self.expires_at
    }

    /// The algorithm the token is signed with.
    pub fn algorithm(&self) -> SigningAlgorithm {
        self.claims.algorithm
    }

    /// The provider's session (`sid`).
    pub fn sid(&self) -> Option<&str> {
        self.optional_text("sid")
    }

    /// When the user proved who they are (`auth_time`).
    pub fn auth_time(&self) -> Option<OffsetDateTime> {
        self.claims.get("auth_time").and_then(numeric_date::parse)
    }

    /// How strong the proof was (`acr`).
    pub fn acr(&self) -> Option<&str> {
        self.optional_text("acr")
    }

    /// How the user proved who they are (`amr`); empty when the provider does not say.
    pub fn amr(&self) -> Vec<&str> {
        let list = self.claims.get("amr").and_then(Value::as_array);
        list.into_iter()
            .flatten()
            .filter_map(Value::as_str)
            .collect()
    }

    /// The claims exactly as the provider signed them.
    pub fn claims_json(&self) -> &str {
        &self.claims.json
    }

    /// The claims, decoded.
    pub fn claims(&self) -> &Map<String, Value> {
        &self.claims.map
    }

    fn optional_text(&self, claim: &str) -> Option<&str> {
        self.claims.get(claim).and_then(Value::as_str)
    }
}

impl fmt::Debug for VerifiedIdToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut debug = f.debug_struct("VerifiedIdToken");
        debug
            .field("issuer", &self.issuer)
            .field("expires_at", &self.expires_at)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
