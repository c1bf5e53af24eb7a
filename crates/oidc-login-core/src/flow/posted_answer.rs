//! `POST /auth/callback`: the provider's answer as a form, and how it gets to the callback.

use bytes::Bytes;
use http::{HeaderMap, Response};

use super::{context::RequestContext, respond::redirect};
use crate::{
    config::{Endpoint, ResponseMode},
    error::{LoginError, LoginErrorKind},
    protocol::parameters::{Parameter, Parameters},
    session::Slot,
};

/// Names the cookie in which the answer waits.
const CONTINUE: &str = "answer";

/// What an answer may say; the rest of the form is not looked at.
pub(crate) const PARAMETERS: [&str; 5] = ["code", "state", "iss", "error", "error_description"];

impl RequestContext {
    /// Keeps a posted answer, and lets the browser ask for the callback by itself.
    ///
    /// A form of another site comes without our cookies, so nothing is checked here but that the
    /// state is one of ours; no session is looked at and nothing is decided.
    pub(super) fn serve_posted_answer(
        &self,
        headers: &HeaderMap,
        body: &Bytes,
    ) -> Result<Response<Bytes>, LoginError> {
        let inner = self.inner();
        let parameters = Parameters::parse(body);
        let state = self.state(&parameters, headers)?;
        let now = inner.clock.now().unix_timestamp();
        let keep = |names| {
            let answer = parameters.encode_only(names);
            let kept = inner
                .posted_answers()
                .keep(&state, &answer, now, &*inner.random);
            kept.map_err(|_| answer.len())
        };
        // An error is one without the provider's explanation too.
        let line = keep(&PARAMETERS[..]).or_else(|_| keep(&PARAMETERS[..4]));
        let line = line.map_err(|bytes| {
            LoginError::new(LoginErrorKind::AnswerTooLong).with_evidence("bytes", bytes)
        })?;
        self.add_cookie(line);
        let callback = inner.client.endpoints.path(Endpoint::Callback);
        let slot = Slot::of(&state.hash());
        Ok(redirect(&format!("{callback}?{CONTINUE}={slot}")))
    }

    /// The provider's answer: in the query, or in the cookie where a posted one waits.
    pub(super) fn answer(
        &self,
        headers: &HeaderMap,
    ) -> Result<(Parameters, Option<Slot>), LoginError> {
        let inner = self.inner();
        let query = Parameters::parse(self.uri.query().unwrap_or_default().as_bytes());
        let waits_in = match query.get(CONTINUE) {
            Parameter::Once(slot) if inner.client.response_mode == ResponseMode::FormPost => {
                Slot::parse(slot)
            }
            _ => None,
        };
        let Some(slot) = waits_in else {
            return Ok((query, None));
        };
        let answers = inner.posted_answers();
        let now = inner.clock.now().unix_timestamp();
        let answer = answers
            .find(headers, slot, now)
            .ok_or(LoginErrorKind::AnswerLost)?;
        Ok((Parameters::parse(&answer), Some(slot)))
    }
}
