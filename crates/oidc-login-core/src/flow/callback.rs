//! `GET /auth/callback`: the provider's answer, checked step by step.

use std::sync::Arc;

use bytes::Bytes;
use http::{HeaderMap, Response};

use super::{
    context::{RequestContext, unavailable},
    flights::{Departure, Landed, SignedIn},
    posted_answer::PARAMETERS,
    respond::redirect,
};
use crate::{
    error::{LoginError, LoginErrorKind},
    protocol::{
        Code, State,
        authorization_response::{self, ExpectedIssuer},
        parameters::{Parameter, Parameters},
        pending_login::PendingLogin,
    },
    session::{AboutSession, Claim, seal::Purpose},
};

/// How long a second callback of the same browser still gets the session of the first, in seconds.
const SHARED_FOR: i64 = 60;

impl RequestContext {
    pub(super) async fn serve_callback(
        self: &Arc<Self>,
        headers: &HeaderMap,
    ) -> Result<Response<Bytes>, LoginError> {
        let (parameters, slot) = match self.answer(headers) {
            // The back button, after the login.
            Err(error)
                if error.kind() == LoginErrorKind::AnswerLost && self.login().await?.is_some() =>
            {
                self.meet(&error);
                return Ok(redirect(self.inner().client.home_url.as_str()));
            }
            answer => answer?,
        };
        let answered = self.serve_answer(&parameters, headers).await;
        // After a failure the page may be loaded again, and for a minute means the same answer.
        if let (Ok(_), Some(slot)) = (&answered, slot) {
            self.add_cookie(self.inner().posted_answers().remove(slot));
        }
        answered
    }

    async fn serve_answer(
        self: &Arc<Self>,
        parameters: &Parameters,
        headers: &HeaderMap,
    ) -> Result<Response<Bytes>, LoginError> {
        let state = self.state(parameters, headers)?;
        let pending = match self.pending_login(&state, headers) {
            Ok(pending) => pending,
            Err(error) => return self.lost_login(&state, error, headers).await,
        };
        if pending.had_app_session && !self.has_app_session_cookie() {
            self.inner().layout.lost_app_session();
        }
        let asked = self.asked(&pending);
        let code = match self.code(&pending, parameters, headers).await {
            Err(error) if error.said_by_provider().is_some() => {
                return self.refused(&state, &asked, error, headers).await;
            }
            Err(error) => return self.failed(&state, &asked, error, headers),
            Ok(code) => code,
        };
        match self.answered(&state, pending, code, headers).await {
            Ok(signed_in) => {
                self.drop_pending_login(&state, headers);
                self.end_round(asked.round, headers);
                self.end_silence();
                Ok(self.signed_in(&signed_in))
            }
            Err(error) if error.kind() == LoginErrorKind::StateReplayed => {
                self.lost_login(&state, error, headers).await
            }
            Err(error) => self.failed(&state, &asked, error, headers),
        }
    }

    pub(super) fn state(
        &self,
        parameters: &Parameters,
        headers: &HeaderMap,
    ) -> Result<State, LoginError> {
        let text = match parameters.get("state") {
            Parameter::Once(text) => text,
            Parameter::Missing => {
                return Err(LoginError::new(LoginErrorKind::StateMissing)
                    .with_evidence("parameters in the answer", parameters.which(&PARAMETERS)));
            }
            Parameter::Repeated => return Err(LoginErrorKind::StateDuplicated.into()),
        };
        let keys = &self.inner().keys;
        State::parse(text, |body, tag| keys.is_tag(Purpose::State, body, tag))
            .ok_or_else(|| self.unknown_state(text, headers))
    }

    /// Once per login, the exchange.
    ///
    /// The login's cookie stays when that fails: what is asked for again then leads to where the user
    /// wanted to go, on any node.
    async fn answered(
        self: &Arc<Self>,
        state: &State,
        pending: PendingLogin,
        code: Code,
        headers: &HeaderMap,
    ) -> Result<Arc<SignedIn>, LoginError> {
        let inner = self.inner();
        let now = inner.clock.now().unix_timestamp();
        let flight = inner
            .flights
            .depart(state.hash(), &code, pending.expires_at(), now);
        let (departure, arrival) = flight.ok_or(LoginErrorKind::StateReplayed)?;
        if let Some(departure) = departure {
            let (context, state) = (self.clone(), state.hash());
            let about = self.about_this_browser(headers);
            // The browser may hang up; the code is used up either way.
            inner.spawn.spawn(Box::pin(async move {
                context
                    .exchange_once(departure, &state, pending, code, about)
                    .await;
            }));
        } else if let Some(failed) = arrival.failed_before() {
            return Err(LoginError::new(LoginErrorKind::StateReplayed)
                .with_evidence("what became of it", failed.code()));
        }
        match arrival.landed().await {
            Landed::SignedIn(signed_in) => Ok(signed_in),
            Landed::Failed(error) => Err(error),
        }
    }

    /// The checks on the answer itself.
    async fn code(
        &self,
        pending: &PendingLogin,
        parameters: &Parameters,
        headers: &HeaderMap,
    ) -> Result<Code, LoginError> {
        let metadata = self.inner().provider.metadata().await?;
        let expected = ExpectedIssuer {
            issuer: &pending.issuer,
            announced: metadata.value.names_issuer_in_response,
        };
        let code = authorization_response::check(parameters, expected)?;
        let redirect_uri = self.redirect_uri(headers)?;
        if redirect_uri != pending.redirect_uri {
            return Err(LoginError::new(LoginErrorKind::RedirectUriRefused)
                .with_evidence("redirect URI of this request", redirect_uri)
                .with_evidence("the sign-in began with", &pending.redirect_uri));
        }
        Ok(code)
    }

    async fn exchange_once(
        &self,
        departure: Departure,
        state: &crate::protocol::StateHash,
        pending: PendingLogin,
        code: Code,
        about: AboutSession,
    ) {
        let inner = self.inner();
        let until = time::OffsetDateTime::from_unix_timestamp(pending.expires_at())
            .unwrap_or(inner.clock.now());
        let landed = match inner.logins.claim(state, until).await {
            Err(error) => {
                // The code is not used up, so the same answer may come again.
                inner
                    .flights
                    .remove(state, inner.clock.now().unix_timestamp());
                Landed::Failed(unavailable(error))
            }
            Ok(Claim::Again) => Landed::Failed(LoginErrorKind::StateReplayed.into()),
            Ok(_) => match self.exchange(pending, code, about).await {
                Ok(signed_in) => Landed::SignedIn(Arc::new(signed_in)),
                Err(error) => Landed::Failed(error),
            },
        };
        departure.land(landed);
    }

    fn signed_in(&self, signed_in: &SignedIn) -> Response<Bytes> {
        let inner = self.inner();
        let now = inner.clock.now().unix_timestamp();
        let is_same_browser_state = self
            .presented
            .keys()
            .eq(signed_in.presented.iter().copied());
        if is_same_browser_state && now - signed_in.at < SHARED_FOR {
            self.outcome().renewed = Some(signed_in.id.clone());
        }
        redirect(&signed_in.return_to)
    }
}

#[cfg(all(test, feature = "tokio"))]
mod tests;
