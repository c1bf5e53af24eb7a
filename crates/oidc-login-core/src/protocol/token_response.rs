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
mod tests {
    use super::*;

    fn parsed(status: u16, body: &'static str) -> Result<TokenResponse, LoginErrorKind> {
        let response = Response::builder()
            .status(status)
            .body(Bytes::from_static(body.as_bytes()))
            .unwrap();
        TokenResponse::parse(&response, OffsetDateTime::UNIX_EPOCH).map_err(|error| error.kind())
    }

    #[test]
    fn lifetimes_as_providers_write_them() {
        for (name, body, expected) in [
            (
                "number",
                r#"{"access_token":"a","expires_in":300}"#,
                Some(300),
            ),
            (
                "text",
                r#"{"access_token":"a","expires_in":"300"}"#,
                Some(300),
            ),
            (
                "float",
                r#"{"access_token":"a","expires_in":300.0}"#,
                Some(300),
            ),
            ("none", r#"{"access_token":"a"}"#, None),
            ("null", r#"{"access_token":"a","expires_in":null}"#, None),
            ("negative", r#"{"access_token":"a","expires_in":-1}"#, None),
            ("nothing", r#"{"access_token":"a","expires_in":0}"#, None),
            (
                "beyond any calendar",
                r#"{"access_token":"a","expires_in":1e300}"#,
                None,
            ),
        ] {
            let response = parsed(200, body).unwrap();
            let expires = response.access_token_expires_at;
            assert_eq!(
                expires.map(OffsetDateTime::unix_timestamp),
                expected,
                "{name}"
            );
        }
    }

    #[test]
    fn the_scope_is_kept_where_it_is_a_text() {
        for (body, expected) in [
            (
                r#"{"access_token":"a","scope":"openid email"}"#,
                Some("openid email"),
            ),
            (r#"{"access_token":"a"}"#, None),
            (r#"{"access_token":"a","scope":["openid"]}"#, None),
        ] {
            assert_eq!(
                parsed(200, body).unwrap().scope.as_deref(),
                expected,
                "{body}"
            );
        }
    }

    #[test]
    fn bad_answers_have_their_kind() {
        use LoginErrorKind as Kind;
        for (name, status, body, kind) in [
            (
                "invalid_grant",
                400,
                r#"{"error":"invalid_grant"}"#,
                Kind::TokenRequestRefused,
            ),
            (
                "wrong secret",
                401,
                r#"{"error":"invalid_client"}"#,
                Kind::TokenRequestRefused,
            ),
            (
                "forbidden without JSON",
                403,
                "no",
                Kind::TokenRequestRefused,
            ),
            ("server error", 500, "<html>", Kind::ProviderUnavailable),
            (
                "server error with a code",
                500,
                r#"{"error":"server_error"}"#,
                Kind::TokenRequestRefused,
            ),
            ("HTML with 200", 200, "<html>", Kind::TokenResponseInvalid),
            (
                "half a body",
                200,
                r#"{"access_token":"a","#,
                Kind::TokenResponseInvalid,
            ),
            ("empty", 200, "", Kind::TokenResponseInvalid),
            (
                "no access token",
                200,
                r#"{"id_token":"a"}"#,
                Kind::TokenResponseInvalid,
            ),
            (
                "an empty access token",
                200,
                r#"{"access_token":""}"#,
                Kind::TokenResponseInvalid,
            ),
            ("a redirect", 302, "", Kind::TokenResponseInvalid),
            (
                "a refusal with 200",
                200,
                r#"{"error":"invalid_grant"}"#,
                Kind::TokenRequestRefused,
            ),
            (
                "an error that is none",
                200,
                r#"{"error":7}"#,
                Kind::TokenResponseInvalid,
            ),
        ] {
            assert_eq!(parsed(status, body).unwrap_err(), kind, "{name}");
        }
    }

    #[test]
    fn the_member_that_is_wrong_is_named() {
        for (body, expected) in [
            (r#"{"id_token":"a"}"#, "access_token is missing"),
            (r#"{"access_token":null}"#, "access_token is missing"),
            (r#"{"access_token":7}"#, "access_token is no text"),
            (
                r#"{"access_token":"a","id_token":7}"#,
                "id_token is no text",
            ),
            (
                r#"{"access_token":"a","refresh_token":[]}"#,
                "refresh_token is no text",
            ),
            (r#"{"access_token":"a","access_token":"b"}"#, "twice"),
            ("[]", "no JSON object"),
            ("<html>", "no JSON object"),
        ] {
            let response = Response::new(Bytes::from_static(body.as_bytes()));
            let error = TokenResponse::parse(&response, OffsetDateTime::UNIX_EPOCH).unwrap_err();
            let said = error.evidence()[0].value();
            assert!(said.contains(expected), "{body}: {said}");
        }
    }

    #[test]
    fn an_error_holds_nothing_of_the_body() {
        let response = Response::new(Bytes::from_static(
            br#"{"access_token":"hush","id_token":7}"#,
        ));
        let error = TokenResponse::parse(&response, OffsetDateTime::UNIX_EPOCH).unwrap_err();
        assert!(!format!("{error:?}").contains("hush"));
        assert!(std::error::Error::source(&error).is_none());
    }
}
