//! Answers in place of those that an endpoint should give.

use std::{
    convert::Infallible,
    pin::Pin,
    task::{Context, Poll},
};

use axum::{
    body::{Body, Bytes, HttpBody},
    response::{Html, IntoResponse, Redirect, Response},
};
use http::{HeaderValue, StatusCode, header::CONTENT_TYPE};
use http_body::Frame;

use super::Bend;
use crate::{Endpoint, oauth_error::OAuthError};

const JSON: HeaderValue = HeaderValue::from_static("application/json");
const TOO_LARGE: usize = 2 * 1024 * 1024;
const CHUNK: &[u8] = &[b' '; 64 * 1024];
const LONG: u32 = 1024;

/// What an endpoint answers in place of doing what it is asked to.
pub(crate) fn answer(bend: Option<Bend>, endpoint: Endpoint) -> Option<Response> {
    Some(match (endpoint, bend?) {
        (Endpoint::Discovery, Bend::DiscoveryNotJson)
        | (Endpoint::Token, Bend::TokenNotJson)
        | (Endpoint::UserInfo, Bend::UserInfoNotJson) => {
            Html("<!DOCTYPE html><title>Welcome</title>").into_response()
        }
        (Endpoint::Discovery, Bend::DiscoveryTooLarge) => {
            ([(CONTENT_TYPE, JSON)], vec![b' '; TOO_LARGE]).into_response()
        }
        (Endpoint::Discovery, Bend::DiscoveryRedirect) => {
            Redirect::to("https://provider.invalid/.well-known/openid-configuration")
                .into_response()
        }
        (Endpoint::Jwks, Bend::KeysUnavailable) | (Endpoint::Token, Bend::TokenUnavailable) => {
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
        (Endpoint::Token, Bend::TokenInvalidGrant) => {
            OAuthError::invalid_grant("the code is unknown").into_response()
        }
        (Endpoint::Token, Bend::TokenEmpty) => ([(CONTENT_TYPE, JSON)], "").into_response(),
        (Endpoint::Token, Bend::TokenTooLarge) => {
            ([(CONTENT_TYPE, JSON)], Body::new(Blanks(LONG))).into_response()
        }
        _ => return None,
    })
}

/// So many chunks, without saying so beforehand.
struct Blanks(u32);

impl HttpBody for Blanks {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        let left = self.0.checked_sub(1);
        Poll::Ready(left.map(|left| {
            self.0 = left;
            Ok(Frame::data(Bytes::from_static(CHUNK)))
        }))
    }
}
