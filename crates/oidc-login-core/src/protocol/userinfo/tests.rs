#![allow(clippy::unwrap_used)]
#![allow(clippy::too_many_lines, reason = "a table of cases is one thing")]

use http::HeaderValue;
use serde_json::json;
use time::macros::datetime;
use url::Url;

use super::*;
use crate::protocol::{
    AccessTokenText,
    signing_algorithm::SigningAlgorithm,
    test_signer::{ES256, KEYS, RS256, RS256_OTHER},
};

const NOW: OffsetDateTime = datetime!(2026-11-21 12:00 UTC);

fn expected() -> Expected<'static> {
    Expected {
        subject: "1",
        issuer: "https://idp.example",
        client_id: "flask-app",
        algorithms: AllowedAlgorithms::default(),
        leeway: Duration::from_secs(60),
    }
}

fn response(status: u16, content_type: &str, body: &str) -> Response<Bytes> {
    Response::builder()
        .status(status)
        .header(header::CONTENT_TYPE, content_type)
        .body(Bytes::copy_from_slice(body.as_bytes()))
        .unwrap()
}

/// The claims about the user, or the code of the error.
fn read(response: &Response<Bytes>) -> Result<String, &'static str> {
    let answer = Answer::of(response).map_err(|error| error.code())?;
    let verified = answer.verify(&KEYS, &expected(), NOW);
    let claims = verified.map_err(|error| error.code())?.into_claims();
    Ok(claims.to_json())
}

#[test]
fn claims_as_json() {
    const JSON: &str = "application/json";
    let long = format!(r#"{{"sub":"1","name":"{}"}}"#, "a".repeat(LONGEST));
    let deep = format!(
        r#"{{"sub":"1","a":{}{}}}"#,
        "[".repeat(500),
        "]".repeat(500)
    );
    for (name, content_type, body, expected) in [
        (
            "claims",
            JSON,
            r#"{"sub":"1","name":"A","n":1.50}"#,
            Ok(r#"{"n":1.50,"name":"A"}"#),
        ),
        ("the subject alone", JSON, r#"{"sub":"1"}"#, Ok("{}")),
        (
            "a charset, and capitals",
            "Application/JSON; charset=UTF-8",
            r#"{"sub":"1"}"#,
            Ok("{}"),
        ),
        (
            "claims that are an ID token's to make",
            JSON,
            r#"{"sub":"1","iss":"x","acr":"high","auth_time":1,"sid":"s","azp":"x","name":"A"}"#,
            Ok(r#"{"name":"A"}"#),
        ),
        (
            "claims that stand elsewhere",
            JSON,
            r#"{"sub":"1","_claim_names":{"a":"x"},"_claim_sources":{"x":{"endpoint":"https://evil.test/"}}}"#,
            Ok(
                r#"{"_claim_names":{"a":"x"},"_claim_sources":{"x":{"endpoint":"https://evil.test/"}}}"#,
            ),
        ),
        (
            "somebody else",
            JSON,
            r#"{"sub":"2"}"#,
            Err("userinfo_subject"),
        ),
        ("a number", JSON, r#"{"sub":1}"#, Err("userinfo_subject")),
        (
            "another case",
            JSON,
            r#"{"sub":"1 "}"#,
            Err("userinfo_subject"),
        ),
        (
            "nobody",
            JSON,
            r#"{"name":"A"}"#,
            Err("userinfo_subject_missing"),
        ),
        (
            "null",
            JSON,
            r#"{"sub":null}"#,
            Err("userinfo_subject_missing"),
        ),
        (
            "twice",
            JSON,
            r#"{"sub":"2","sub":"1"}"#,
            Err("userinfo_json"),
        ),
        ("a list", JSON, r#"[{"sub":"1"}]"#, Err("userinfo_json")),
        ("nothing", JSON, "", Err("userinfo_json")),
        ("bottomless", JSON, &deep, Err("userinfo_json")),
        ("long", JSON, &long, Err("userinfo_too_long")),
        ("HTML", "text/html", "<html>", Err("userinfo_content_type")),
        (
            "plain",
            "text/plain",
            r#"{"sub":"1"}"#,
            Err("userinfo_content_type"),
        ),
        (
            "no type",
            "",
            r#"{"sub":"1"}"#,
            Err("userinfo_content_type"),
        ),
        ("a token as JSON", JSON, "e30.e30.e30", Err("userinfo_json")),
        (
            "JSON as a token",
            "application/jwt",
            r#"{"sub":"1"}"#,
            Err("userinfo_malformed"),
        ),
    ] {
        let found = read(&response(200, content_type, body));
        assert_eq!(found.as_deref(), expected.as_deref(), "{name}");
    }
}

#[test]
fn another_status_is_no_answer() {
    for (status, challenge, expected) in [
        (401, "Bearer error=\"invalid_token\"", "invalid_token"),
        (
            403,
            "Bearer realm=\"a\", error=\"insufficient_scope\"",
            "insufficient_scope",
        ),
        (401, "Bearer error=\"eyJhbGciOiJub25lIn0\"", "none"),
        (302, "", "none"),
        (204, "", "none"),
        (500, "", "none"),
    ] {
        let mut response = response(status, "application/json", r#"{"sub":"1"}"#);
        let challenge = HeaderValue::from_static(challenge);
        response
            .headers_mut()
            .insert(header::WWW_AUTHENTICATE, challenge);
        let found = Answer::of(&response).err();
        let status = StatusCode::from_u16(status).unwrap();
        let expected = UserInfoError::Status {
            status,
            challenge: expected,
        };
        assert_eq!(found, Some(expected));
    }
}

#[test]
fn signed_claims() {
    let valid = json!({
        "sub": "1", "name": "A", "iss": "https://idp.example", "aud": ["flask-app", "other"],
    });
    let changed = |name: &str, value: serde_json::Value| {
        let mut claims = valid.clone();
        claims[name] = value;
        ES256.token(&claims)
    };
    let soon = NOW.unix_timestamp();
    let encrypted = "eyJhbGciOiJSU0EtT0FFUCJ9.a.b.c.d".to_owned();
    let unsigned = {
        let (_, payload) = changed("name", json!("A"))
            .split_once('.')
            .map(|(h, p)| (h.to_owned(), p.to_owned()))
            .unwrap();
        let payload = payload.split('.').next().unwrap();
        format!("eyJhbGciOiJub25lIn0.{payload}.")
    };
    for (name, token, expected) in [
        ("as it should be", ES256.token(&valid), Ok(())),
        ("by RSA", RS256.token(&valid), Ok(())),
        ("an end ahead", changed("exp", json!(soon + 1)), Ok(())),
        (
            "neither issuer nor audience",
            ES256.token(&json!({"sub": "1", "name": "A"})),
            Ok(()),
        ),
        (
            "another issuer",
            changed("iss", json!("https://evil.test")),
            Err("userinfo_issuer"),
        ),
        (
            "another audience",
            changed("aud", json!("other")),
            Err("userinfo_audience"),
        ),
        (
            "an audience that is none",
            changed("aud", json!(1)),
            Err("userinfo_malformed_claim"),
        ),
        (
            "ended",
            changed("exp", json!(soon - 60)),
            Err("userinfo_expired"),
        ),
        (
            "not yet",
            changed("nbf", json!(soon + 61)),
            Err("userinfo_not_yet_valid"),
        ),
        (
            "somebody else",
            changed("sub", json!("2")),
            Err("userinfo_subject"),
        ),
        (
            "nobody",
            changed("sub", json!(null)),
            Err("userinfo_subject_missing"),
        ),
        (
            "another key of this name",
            RS256_OTHER.token(&valid),
            Err("userinfo_signature"),
        ),
        ("not signed", unsigned, Err("userinfo_algorithm_none")),
        ("encrypted", encrypted, Err("userinfo_encrypted")),
        ("no token", "eyJ".to_owned(), Err("userinfo_malformed")),
    ] {
        let found = read(&response(200, "application/jwt", &token));
        let claims = expected.map(|()| r#"{"name":"A"}"#.to_owned());
        assert_eq!(found, claims, "{name}");
    }
}

#[test]
fn only_allowed_algorithms_sign_it() {
    let only = AllowedAlgorithms::from_iter([SigningAlgorithm::Rs256]);
    let expected = Expected {
        algorithms: only,
        ..expected()
    };
    for (key, is_good) in [(&RS256, true), (&ES256, false)] {
        let token = key.token(&json!({"sub": "1"}));
        let answer = Answer::of(&response(200, "application/jwt", &token)).unwrap();
        assert_eq!(answer.verify(&KEYS, &expected, NOW).is_ok(), is_good);
    }
}

#[test]
fn the_token_goes_into_the_header_and_nowhere_else() {
    let endpoint = Url::parse("https://idp.example/userinfo?a=b").unwrap();
    let request = |token: &str| {
        let access_token = AccessTokenText::new(token);
        let request = UserInfoRequest {
            endpoint: &endpoint,
            access_token: &access_token,
        };
        request.to_http()
    };
    let http = request("hush").unwrap();
    assert_eq!(http.method(), http::Method::GET);
    assert_eq!(http.uri(), "https://idp.example/userinfo?a=b");
    assert_eq!(http.headers()[header::AUTHORIZATION], "Bearer hush");
    assert!(!format!("{http:?}").contains("hush"), "{http:?}");
    let error = request("hush\r\nX-Evil: 1").unwrap_err();
    assert!(!error.to_string().contains("hush"));
}
