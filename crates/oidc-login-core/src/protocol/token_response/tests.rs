#![allow(clippy::unwrap_used)]

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
