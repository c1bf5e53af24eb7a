//! `GET /auth/callback`: the provider's answer, checked step by step.

use std::sync::Arc;

use bytes::Bytes;
use http::{HeaderMap, Response};

use super::{
    context::{RequestContext, unavailable},
    flights::{Landed, SignedIn},
    navigation::may_start_login,
    respond::redirect,
};
use crate::{
    error::{LoginError, LoginErrorKind},
    protocol::{
        Code, LoginParameters, State,
        authorization_response::{self, ExpectedIssuer},
        parameters::{Parameter, Parameters},
        pending_login::PendingLogin,
    },
    session::{AboutSession, Claim, Found, cookies, seal::Purpose},
};

/// Tries after the first one that a lost login is worth.
const MAX_RETRIES: u8 = 1;
/// How long a second callback of the same browser still gets the session of the first, in seconds.
const SHARED_FOR: i64 = 60;

impl RequestContext {
    pub(super) async fn serve_callback(
        self: &Arc<Self>,
        headers: &HeaderMap,
    ) -> Result<Response<Bytes>, LoginError> {
        let parameters = match self.answer(headers) {
            // The back button, after the login.
            Err(error)
                if error.kind() == LoginErrorKind::AnswerLost && self.login().await?.is_some() =>
            {
                return Ok(redirect(self.inner().client.home_url.as_str()));
            }
            answer => answer?,
        };
        let state = self.state(&parameters)?;
        let pending = match self.pending_login(&state, headers) {
            Ok(pending) => pending,
            Err(error) => return self.without_pending_login(&state, error, headers).await,
        };
        if pending.had_app_session && !self.has_app_session_cookie() {
            self.inner().layout.lost_app_session();
        }
        let (return_to, asked) = (pending.return_to.clone(), pending.parameters.clone());
        match self.answered(&state, pending, &parameters, headers).await? {
            Landed::SignedIn(signed_in) => Ok(self.signed_in(&signed_in)),
            Landed::Failed(error) if error.kind() == LoginErrorKind::StateReplayed => {
                self.claimed_elsewhere(&state, &return_to, asked, error, headers)
                    .await
            }
            Landed::Failed(error) => Err(error),
        }
    }

    /// Another node got this answer first, or this one did before it was started again. Nobody
    /// here knows how that went: who is signed in goes on, everybody else signs in once more.
    async fn claimed_elsewhere(
        &self,
        state: &State,
        return_to: &str,
        asked: LoginParameters,
        error: LoginError,
        headers: &HeaderMap,
    ) -> Result<Response<Bytes>, LoginError> {
        if self.login().await?.is_some() {
            return Ok(redirect(return_to));
        }
        if state.attempt() >= MAX_RETRIES || !may_start_login(headers) {
            return Err(error);
        }
        tracing::info!("the answer was used at another node, and the login begins once more");
        let return_to = self.return_to(Some(return_to));
        self.begin_login(&return_to, asked, state.attempt() + 1, headers)
            .await
    }

    pub(super) fn state(&self, parameters: &Parameters) -> Result<State, LoginError> {
        let text = match parameters.get("state") {
            Parameter::Once(text) => text,
            Parameter::Missing => return Err(LoginErrorKind::StateMissing.into()),
            Parameter::Repeated => return Err(LoginErrorKind::StateDuplicated.into()),
        };
        let keys = &self.inner().keys;
        State::parse(text, |body, tag| keys.is_tag(Purpose::State, body, tag))
            .ok_or_else(|| LoginErrorKind::StateUnknown.into())
    }

    /// The login under way in this browser that the answer belongs to.
    fn pending_login(
        &self,
        state: &State,
        headers: &HeaderMap,
    ) -> Result<PendingLogin, LoginError> {
        let inner = self.inner();
        let now = inner.clock.now().unix_timestamp();
        let pending = match inner.pending_cookies().find(headers, state) {
            Found::Pending(pending) => *pending,
            Found::Unreadable => return Err(LoginErrorKind::PendingLoginUnreadable.into()),
            Found::Missing if inner.flights.has_departed(&state.hash(), now) => {
                return Err(LoginErrorKind::StateReplayed.into());
            }
            Found::Missing => return Err(self.no_pending_login(state, headers, now)),
        };
        if pending.is_expired(now) {
            return Err(LoginError::new(LoginErrorKind::PendingLoginExpired)
                .with_evidence("age in seconds", now - pending.started_at));
        }
        if pending.issuer != inner.provider.issuer() {
            return Err(LoginErrorKind::PendingLoginUnreadable.into());
        }
        Ok(pending)
    }

    fn no_pending_login(&self, state: &State, headers: &HeaderMap, now: i64) -> LoginError {
        let age = now - state.started_at();
        // A browser drops the cookie after that time, so its absence then says nothing.
        let kind = if age >= crate::protocol::pending_login::LIFETIME {
            LoginErrorKind::PendingLoginExpired
        } else if !self.has_cookie_of_ours(headers) {
            LoginErrorKind::NoCookies
        } else {
            LoginErrorKind::NoPendingLogin
        };
        LoginError::new(kind)
            .with_evidence("age of the sign-in in seconds", age)
            .with_evidence("attempt", u16::from(state.attempt()) + 1)
    }

    fn has_cookie_of_ours(&self, headers: &HeaderMap) -> bool {
        let names = &self.inner().names;
        cookies::all(headers).any(|(name, _)| name == names.session() || names.is_pending(name))
    }

    /// A login that got lost begins once more, where that can help: in a browser that keeps our
    /// cookies and is not signed in.
    async fn without_pending_login(
        &self,
        state: &State,
        error: LoginError,
        headers: &HeaderMap,
    ) -> Result<Response<Bytes>, LoginError> {
        if error.kind() == LoginErrorKind::StateReplayed
            && let Some(return_to) = self.return_to_of_own_login(state).await?
        {
            return Ok(redirect(&return_to));
        }
        let may_help = matches!(
            error.kind(),
            LoginErrorKind::NoPendingLogin | LoginErrorKind::PendingLoginUnreadable
        );
        if !may_help
            || state.attempt() >= MAX_RETRIES
            || !may_start_login(headers)
            || self.login().await?.is_some()
        {
            return Err(error);
        }
        tracing::info!(code = error.code(), "a login got lost and begins once more");
        let home = self.inner().client.home_url.clone();
        self.add_cookie(self.inner().pending_cookies().remove(state));
        let asked = LoginParameters::default();
        self.begin_login(&home, asked, state.attempt() + 1, headers)
            .await
    }

    /// Where the login of this state led to, if this browser has the very session that it made.
    ///
    /// A double click at the provider sends the second answer after the first one signed in, and
    /// the back button makes the provider answer once more: the user is where they wanted to be.
    async fn return_to_of_own_login(&self, state: &State) -> Result<Option<String>, LoginError> {
        let inner = self.inner();
        let now = inner.clock.now().unix_timestamp();
        let Some(Landed::SignedIn(signed_in)) = inner.flights.landed(&state.hash(), now) else {
            return Ok(None);
        };
        let is_own = self.presented.id(signed_in.id.key()).is_some();
        if !is_own || self.login().await?.is_none() {
            return Ok(None);
        }
        Ok(Some(signed_in.return_to.clone()))
    }

    /// The checks on the answer itself; then, once per login, the exchange.
    async fn answered(
        self: &Arc<Self>,
        state: &State,
        pending: PendingLogin,
        parameters: &Parameters,
        headers: &HeaderMap,
    ) -> Result<Landed, LoginError> {
        let code = self
            .code(&pending, parameters, headers)
            .await
            .inspect_err(|error| {
                // An answer of the provider, even a refusal, uses the login up.
                if error.said_by_provider().is_some() {
                    self.add_cookie(self.inner().pending_cookies().remove(state));
                }
            })?;
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
                let landed = match context.exchange_once(&state, pending, code, about).await {
                    Ok(signed_in) => Landed::SignedIn(Arc::new(signed_in)),
                    Err(error) => Landed::Failed(error),
                };
                departure.land(landed);
            }));
        }
        let landed = arrival.landed().await;
        self.add_cookie(inner.pending_cookies().remove(state));
        Ok(landed)
    }

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
        state: &crate::protocol::StateHash,
        pending: PendingLogin,
        code: Code,
        about: AboutSession,
    ) -> Result<SignedIn, LoginError> {
        let until = time::OffsetDateTime::from_unix_timestamp(pending.expires_at())
            .unwrap_or(self.inner().clock.now());
        let claim = self
            .inner()
            .logins
            .claim(state, until)
            .await
            .map_err(unavailable)?;
        if claim == Claim::Again {
            return Err(LoginErrorKind::StateReplayed.into());
        }
        self.exchange(pending, code, about).await
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
