//! The userinfo response: claims as JSON, or as a signed token.

use bytes::Bytes;
use http::{Response, StatusCode, header};
use serde_json::Value;

use super::{
    CLIENT_ID,
    signer::{ISSUER, NOW, Signer, is_for, now, read},
    two_parts,
};
use crate::protocol::{
    exact_claims::{ExactClaims, is_protocol_claim},
    key_set::KeySet,
    signing_algorithm::AllowedAlgorithms,
    userinfo::{Answer, Expected, UserInfoError},
};

/// What the ID token said.
const ID_TOKEN: &str = r#"{"iss":"https://provider.test","sub":"alice","aud":"flask-app","exp":10300,"iat":10000,"auth_time":9000,"acr":"1","amr":["pwd"],"nonce":"n","sid":"s","azp":"flask-app","email":"alice@example.com","email_verified":true}"#;

/// The first line is the header of a token, a content type, and a challenge; the rest claims.
pub fn userinfo(data: &[u8]) {
    let (first, claims) = two_parts(data);
    let provider = Signer::provider();
    let keys = provider.keys();
    for content_type in [&b"application/json"[..], first] {
        if let Some(found) = accepted(200, content_type, claims, &keys) {
            assert_is_about_alice(&read(claims), &found);
        }
    }
    let token = provider.token(first, claims);
    if let Some(found) = accepted(200, b"application/jwt", token.as_bytes(), &keys) {
        let claims = read(claims);
        assert_is_about_alice(&claims, &found);
        assert!(claims["iss"].is_null() || claims["iss"] == ISSUER);
        assert!(claims["aud"].is_null() || names_us(&claims["aud"]));
        let end = &claims["exp"];
        let is_ahead = |end: f64| end + 60.0 > 10_000.0;
        assert!(end.is_null() || end.as_f64().is_some_and(is_ahead));
        assert_eq!(NOW, 10_000);
    }
    for forged in provider.forgeries(first, claims) {
        let found = accepted(200, b"application/jwt", forged.as_bytes(), &keys);
        assert!(found.is_none(), "forged");
    }
    let found = accepted(200, b"application/jwt", data, &keys);
    assert!(found.is_none(), "unsigned");
    assert!(accepted(401, first, claims, &keys).is_none(), "no success");
}

/// The claims of an answer that is believed.
fn accepted(status: u16, header: &[u8], body: &[u8], keys: &KeySet) -> Option<ExactClaims> {
    let response = Response::builder()
        .status(status)
        .header(header::CONTENT_TYPE, header)
        .header(header::WWW_AUTHENTICATE, header)
        .body(Bytes::copy_from_slice(body));
    let expected = Expected {
        subject: "alice",
        issuer: ISSUER,
        client_id: CLIENT_ID,
        algorithms: AllowedAlgorithms::default(),
        leeway: std::time::Duration::from_secs(60),
    };
    let answer = Answer::of(&response.ok()?);
    let verified = answer.and_then(|answer| answer.verify(keys, &expected, now()));
    match verified {
        Ok(verified) => Some(verified.into_claims()),
        Err(UserInfoError::Status { status, .. }) => {
            assert_ne!(status, StatusCode::OK);
            None
        }
        Err(error) => {
            assert!(!error.to_string().contains('\n'), "{error}");
            None
        }
    }
}

fn names_us(audience: &Value) -> bool {
    let is_among = |all: &Vec<Value>| all.iter().any(|one| one == CLIENT_ID);
    is_for(audience, CLIENT_ID) || audience.as_array().is_some_and(is_among)
}

/// Nothing that userinfo says changes what the ID token said of itself, or of how alice signed in.
fn assert_is_about_alice(said: &Value, found: &ExactClaims) {
    assert_eq!(said["sub"], "alice");
    let before = ExactClaims::parse(ID_TOKEN).expect("an object");
    let merged = read(before.overlaid(found).to_json().as_bytes());
    let id_token = read(ID_TOKEN.as_bytes());
    let of_protocol = |claims: &Value| {
        let mut claims = claims.as_object().cloned().unwrap_or_default();
        claims.retain(|name, _| is_protocol_claim(name));
        claims
    };
    assert_eq!(of_protocol(&merged), of_protocol(&id_token));
    // An address counts as verified by the one who says so of that address.
    let is_unchanged = merged["email"] == id_token["email"];
    let is_said = said["email_verified"] == merged["email_verified"];
    assert!(is_unchanged || is_said);
}
