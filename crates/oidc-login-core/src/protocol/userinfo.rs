//! The userinfo response (OpenID Connect Core §5.3.2).

mod error;
mod login_error;
mod request;

use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, Response, StatusCode, header};
use serde_json::{Map, Value};
use time::OffsetDateTime;

use crate::protocol::{
    exact_claims::ExactClaims,
    id_token::audience_of,
    json_object,
    jws::{Jws, LONGEST_TOKEN},
    key_set::KeySet,
    shown::Shown,
    signing_algorithm::AllowedAlgorithms,
    token_claims::TokenClaims,
    token_error::TokenError,
};

pub(crate) use error::UserInfoError;
pub(crate) use request::UserInfoRequest;

/// Larger answers are refused: what they say is kept with every login.
const LONGEST: usize = LONGEST_TOKEN;

/// What an answer must say to be about the user of this login.
#[derive(Clone, Copy)]
pub(crate) struct Expected<'a> {
    /// The subject of the ID token.
    pub(crate) subject: &'a str,
    /// The provider's issuer, for a signed answer.
    pub(crate) issuer: &'a str,
    /// Our client id, for a signed answer.
    pub(crate) client_id: &'a str,
    /// The algorithms a signed answer may be signed with.
    pub(crate) algorithms: AllowedAlgorithms,
    /// How far the clocks may be apart.
    pub(crate) leeway: Duration,
}

/// What userinfo says about the user of this login; only an answer whose `sub` is theirs becomes
/// one.
#[derive(Clone, Debug)]
pub(crate) struct VerifiedUserInfo(ExactClaims);

impl VerifiedUserInfo {
    /// The claims about the user, without those that are an ID token's to make.
    pub(crate) fn into_claims(self) -> ExactClaims {
        self.0
    }
}

/// An answer, before anybody believes it.
pub(crate) enum Answer {
    /// Claims as JSON.
    Json(String),
    /// Claims as a signed token.
    Signed(String),
}

impl Answer {
    /// Reads an answer of the endpoint.
    ///
    /// # Errors
    /// When it is no answer with claims.
    ///
    /// # Security
    /// No part of the body gets into an error.
    pub(crate) fn of(response: &Response<Bytes>) -> Result<Self, UserInfoError> {
        let status = response.status();
        if status != StatusCode::OK {
            let challenge = error::bearer_error(response.headers());
            return Err(UserInfoError::Status { status, challenge });
        }
        let bytes = response.body().len();
        if bytes > LONGEST {
            return Err(UserInfoError::TooLong { bytes });
        }
        let body = || {
            let text = std::str::from_utf8(response.body());
            text.map(str::to_owned)
                .map_err(|_| UserInfoError::Json(json_object::JsonObjectError::Invalid))
        };
        match media_type(response.headers()).as_str() {
            "application/json" => Ok(Self::Json(body()?)),
            "application/jwt" => Ok(Self::Signed(body()?)),
            other => Err(UserInfoError::ContentType {
                found: Shown::new(other),
            }),
        }
    }

    /// Checks that the answer is good and about this user.
    ///
    /// # Errors
    /// [`UserInfoError`] names the first check that failed.
    pub(crate) fn verify(
        &self,
        keys: &KeySet,
        expected: &Expected<'_>,
        now: OffsetDateTime,
    ) -> Result<VerifiedUserInfo, UserInfoError> {
        match self {
            Self::Json(json) => {
                let map = json_object::parse(json).map_err(UserInfoError::Json)?;
                about(json, &map, expected)
            }
            Self::Signed(token) => {
                let jws = Jws::parse(token.trim()).map_err(TokenError::from)?;
                let claims = TokenClaims::verify(jws, keys, expected.algorithms)?;
                check_token(&claims, expected, now)?;
                about(&claims.json, claims.decoded.as_map(), expected)
            }
        }
    }
}

/// A signed answer should say from whom and for whom it is (§5.3.2): where it does, it has to be
/// right, and where it has an end, that has to be ahead.
fn check_token(
    claims: &TokenClaims,
    expected: &Expected<'_>,
    now: OffsetDateTime,
) -> Result<(), UserInfoError> {
    claims.refuse_types(&["logout+jwt", "at+jwt"])?;
    if claims.get("iss").is_some() {
        claims.check_issuer(expected.issuer)?;
    }
    if let Some(audience) = claims.get("aud") {
        let audience = audience_of(audience).ok_or(TokenError::MalformedClaim { claim: "aud" })?;
        if !audience.iter().any(|member| member == expected.client_id) {
            return Err(UserInfoError::Audience {
                found: Shown::list(audience.iter().map(String::as_str)),
                client_id: Shown::new(expected.client_id),
            });
        }
    }
    if claims.get("exp").is_some() {
        claims.check_expiry(now, expected.leeway)?;
    }
    claims.check_not_before(now, expected.leeway)?;
    Ok(())
}

fn about(
    json: &str,
    map: &Map<String, Value>,
    expected: &Expected<'_>,
) -> Result<VerifiedUserInfo, UserInfoError> {
    match map.get("sub") {
        Some(Value::String(subject)) if subject == expected.subject => {}
        None | Some(Value::Null) => return Err(UserInfoError::SubjectMissing),
        Some(_) => return Err(UserInfoError::Subject),
    }
    let claims = ExactClaims::parse(json)
        .ok_or(UserInfoError::Json(json_object::JsonObjectError::Invalid))?;
    Ok(VerifiedUserInfo(claims.about_the_user()))
}

/// The content type without its parameters, in lower case; empty when there is none.
fn media_type(headers: &HeaderMap) -> String {
    let value = headers.get(header::CONTENT_TYPE);
    let value = value.and_then(|value| value.to_str().ok());
    let essence = value.and_then(|value| value.split(';').next());
    essence.unwrap_or_default().trim().to_ascii_lowercase()
}

#[cfg(test)]
mod tests;
