//! The token response (OpenID Connect Core §3.1.3.3, errors: RFC 6749 §5.2).

use bytes::Bytes;
use http::Response;
use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value};
use time::{Duration, OffsetDateTime};

use super::{
    oauth_error::Refusals,
    tokens::{AccessTokenText, RawIdToken, RefreshToken},
};
use crate::error::{LoginError, LoginErrorKind};

/// The tokens of an answer.
#[derive(Debug)]
pub(crate) struct TokenResponse {
    /// The ID token, not verified yet.
    pub(crate) id_token: Option<RawIdToken>,
    /// The access token.
    pub(crate) access_token: AccessTokenText,
    /// When the access token ends, if the provider says so.
    pub(crate) access_token_expires_at: Option<OffsetDateTime>,
    /// The refresh token, if there is one.
    pub(crate) refresh_token: Option<RefreshToken>,
    /// The scope that was granted, if the provider says so.
    pub(crate) scope: Option<String>,
}

#[derive(Deserialize)]
struct Success {
    access_token: AccessTokenText,
    #[serde(default)]
    token_type: Value,
    #[serde(default)]
    id_token: Option<RawIdToken>,
    #[serde(default)]
    refresh_token: Option<RefreshToken>,
    #[serde(default, deserialize_with = "seconds")]
    expires_in: Option<f64>,
    #[serde(default, deserialize_with = "text")]
    scope: Option<String>,
}

/// Some providers write the number as a text.
fn seconds<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<f64>, D::Error> {
    Ok(match Value::deserialize(deserializer)? {
        Value::Number(number) => number.as_f64(),
        Value::String(text) => text.parse().ok(),
        _ => None,
    })
}

/// Whatever else a provider puts there refuses no login.
fn text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    Ok(match Value::deserialize(deserializer)? {
        Value::String(text) => Some(text),
        _ => None,
    })
}

impl TokenResponse {
    /// Reads the token endpoint's answer.
    ///
    /// # Errors
    /// `TokenRequestRefused` for an OAuth error, with whatever status, `ProviderUnavailable` for a 5xx,
    /// `TokenResponseInvalid` for anything that is not a token answer.
    ///
    /// # Security
    /// No part of the body gets into an error but the OAuth `error` and `error_description`.
    pub(crate) fn parse(
        response: &Response<Bytes>,
        now: OffsetDateTime,
    ) -> Result<Self, LoginError> {
        let status = response.status();
        if !status.is_success() {
            return Err(refused(response));
        }
        let success: Success = serde_json::from_slice(response.body())
            .map_err(|error| unreadable(response, &error))?;
        if !is_bearer(&success.token_type) {
            return Err(LoginError::new(LoginErrorKind::TokenResponseInvalid)
                .with_evidence("what is wrong", "token_type is not Bearer"));
        }
        if success.access_token.secret().is_empty() {
            return Err(LoginError::new(LoginErrorKind::TokenResponseInvalid)
                .with_evidence("what is wrong", "access_token is empty"));
        }
        // A token that never was good says nothing: it is used until it is refused.
        let lifetime = success.expires_in.filter(|seconds| *seconds > 0.0);
        Ok(Self {
            id_token: success.id_token,
            access_token: success.access_token,
            access_token_expires_at: lifetime
                .and_then(|seconds| now.checked_add(Duration::saturating_seconds_f64(seconds))),
            refresh_token: success
                .refresh_token
                .filter(|token| !token.secret().is_empty()),
            scope: success.scope,
        })
    }
}

/// The only type that can be used by whoever has it (RFC 6749 §7.1, RFC 6750). Some providers leave the
/// word out.
fn is_bearer(token_type: &Value) -> bool {
    match token_type {
        Value::Null => true,
        Value::String(name) => name.eq_ignore_ascii_case("Bearer"),
        _ => false,
    }
}

/// Serde's own words would show what stands in the body.
fn unreadable(response: &Response<Bytes>, error: &serde_json::Error) -> LoginError {
    let members = serde_json::from_slice::<Map<String, Value>>(response.body());
    let what = match &members {
        Ok(members) if members.contains_key("error") => return refused(response),
        Ok(members) => wrong_member(members),
        Err(_) => "no JSON object",
    };
    LoginError::new(LoginErrorKind::TokenResponseInvalid)
        .with_evidence("what is wrong", what)
        .with_evidence("status", response.status().as_u16())
        .with_evidence("length of the body", response.body().len())
        .with_evidence("JSON error at line", error.line())
        .with_evidence("column", error.column())
}

fn wrong_member(members: &Map<String, Value>) -> &'static str {
    let is_no_text = |name| matches!(members.get(name), Some(value) if !value.is_string());
    match members.get("access_token") {
        None | Some(Value::Null) => "access_token is missing",
        Some(_) if is_no_text("access_token") => "access_token is no text",
        Some(_) if is_no_text("id_token") => "id_token is no text",
        Some(_) if is_no_text("refresh_token") => "refresh_token is no text",
        Some(_) => "a member is there twice",
    }
}

fn refused(response: &Response<Bytes>) -> LoginError {
    let refusals = Refusals {
        endpoint: "token endpoint",
        refused: LoginErrorKind::TokenRequestRefused,
        invalid: LoginErrorKind::TokenResponseInvalid,
    };
    refusals.read(response)
}

#[cfg(test)]
mod tests;
