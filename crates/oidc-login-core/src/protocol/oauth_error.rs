//! A refusal by an endpoint that we call ourselves (RFC 6749 §5.2).

use bytes::Bytes;
use http::Response;
use serde::Deserialize;

use crate::error::{LoginError, LoginErrorKind, SaidByProvider};

#[derive(Deserialize)]
struct Failure {
    error: String,
    #[serde(default)]
    error_description: Option<String>,
}

/// Which kinds of failure an endpoint's answers are.
#[derive(Clone, Copy)]
pub(crate) struct Refusals {
    /// The endpoint, as evidence.
    pub(crate) endpoint: &'static str,
    /// It said no.
    pub(crate) refused: LoginErrorKind,
    /// It said something else than it may.
    pub(crate) invalid: LoginErrorKind,
}

impl Refusals {
    /// Reads an answer that is no success. Some providers refuse with 200: the word `error` says it.
    ///
    /// # Security
    /// No part of the body gets into the error but the OAuth `error` and `error_description`.
    pub(crate) fn read(self, response: &Response<Bytes>) -> LoginError {
        let status = response.status();
        let failure = serde_json::from_slice::<Failure>(response.body()).ok();
        let kind = match &failure {
            Some(_) if !status.is_redirection() => self.refused,
            None if status.is_server_error() => LoginErrorKind::ProviderUnavailable,
            None if status.is_client_error() => self.refused,
            _ => self.invalid,
        };
        let error = LoginError::new(kind)
            .with_evidence("endpoint", self.endpoint)
            .with_evidence("status", status.as_u16());
        let error = if status.is_redirection() {
            error.with_evidence("what is wrong", "a redirect, which is not followed")
        } else {
            error
        };
        match failure {
            None => error,
            Some(failure) => error.with_said_by_provider(SaidByProvider::new(
                &failure.error,
                failure.error_description.as_deref(),
            )),
        }
    }
}
