//! The token endpoint's answers: to a code, and to a refresh token.

use bytes::Bytes;
use http::Response;
use serde_json::Value;

use super::{answered, json, signer::now, two_parts};
use crate::{
    error::LoginError,
    protocol::{
        refresh_request::{self, RefreshRefused},
        token_response::TokenResponse,
    },
};

/// The first line is a status, the rest the body.
pub fn token_response(data: &[u8]) {
    let (status, body) = two_parts(data);
    let Some(response) = answered(status, body) else {
        return;
    };
    match TokenResponse::parse(&response, now()) {
        Ok(tokens) => {
            assert!(response.status().is_success());
            assert_is_what_it_says(&tokens, body);
        }
        Err(error) => assert_says_no_secret(&error, body),
    }
    match refresh_request::answer(&response, now()) {
        Ok(_) => assert!(response.status().is_success()),
        Err(RefreshRefused::Failed(error)) => assert_says_no_secret(&error, body),
        Err(RefreshRefused::Ended(_)) => assert_ends_a_login(&response),
    }
}

fn assert_is_what_it_says(tokens: &TokenResponse, body: &[u8]) {
    let shown = format!("{tokens:?}");
    for secret in secrets(body) {
        assert!(!shown.contains(&secret), "a token is shown");
    }
    assert!(
        tokens
            .access_token_expires_at
            .is_none_or(|end| end >= now())
    );
    let refresh_token = tokens.refresh_token.as_ref();
    assert!(refresh_token.is_none_or(|token| !token.secret().is_empty()));
}

/// One word of the provider's ends a login, and no accident does.
fn assert_ends_a_login(response: &Response<Bytes>) {
    let status = response.status();
    assert!(status.is_client_error(), "{status}");
    let said = json(response.body());
    let error = said["error"].as_str().unwrap_or_default();
    assert!(error.contains("invalid_grant"), "{error:?}");
}

fn assert_says_no_secret(error: &LoginError, body: &[u8]) {
    let evidence = format!("{error} {:?}", error.evidence());
    for secret in secrets(body) {
        assert!(!evidence.contains(&secret), "a token is evidence");
    }
    if let Some(said) = error.said_by_provider() {
        assert!(said.error.chars().count() <= 200);
    }
}

/// The tokens of an answer, as far as their texts are nobody else's.
fn secrets(body: &[u8]) -> Vec<String> {
    let body: Value = serde_json::from_slice(body).unwrap_or_default();
    let names = ["access_token", "id_token", "refresh_token"];
    let texts = names.iter().filter_map(|name| body[name].as_str());
    // Whatever else is shown may hold a short word by chance.
    let own =
        texts.filter(|text| text.len() > 12 && text.bytes().all(|b| b.is_ascii_alphanumeric()));
    let elsewhere = |text: &&str| {
        let others = ["scope", "error", "error_description"];
        let mut others = others.iter().filter_map(|name| body[name].as_str());
        others.any(|other| other.contains(*text))
    };
    own.filter(|text| !elsewhere(text))
        .map(str::to_owned)
        .collect()
}
