//! A login that the provider answered with an error, after `state` and `iss` matched.

use bytes::Bytes;
use http::{HeaderMap, Response};

use super::{
    context::RequestContext, lost_login::MAX_RETRIES, navigation::may_start_login,
    respond::redirect,
};
use crate::{
    error::{LoginError, LoginErrorKind},
    protocol::{LoginParameters, State, pending_login::PendingLogin},
};

/// What must be known of a login after its answer was looked at.
pub(super) struct Asked {
    pub(super) return_to: String,
    pub(super) parameters: LoginParameters,
    pub(super) round: u8,
    /// Whether the user was not to be asked anything (`prompt=none`), and by whom.
    silence: Silence,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Silence {
    /// The provider may ask.
    No,
    /// This login was tried on the way to a page that does without one.
    OfThisLogin,
    /// No login of this client may ask, so that none can be had: its user must hear why.
    OfTheClient,
}

impl RequestContext {
    /// What this login asked for.
    pub(super) fn asked(&self, pending: &PendingLogin) -> Asked {
        let is_silent = |parameters: &LoginParameters| {
            let prompt = parameters.authorization_parameter("prompt");
            prompt.map(|prompt| prompt.split_whitespace().any(|value| value == "none"))
        };
        Asked {
            return_to: pending.return_to.clone(),
            parameters: pending.parameters.clone(),
            round: pending.round,
            silence: match is_silent(&pending.parameters) {
                Some(true) => Silence::OfThisLogin,
                None if is_silent(&self.inner().client.parameters) == Some(true) => {
                    Silence::OfTheClient
                }
                _ => Silence::No,
            },
        }
    }

    /// Where an error of the provider leads: a visitor who was not to be asked stays one, a login
    /// that needs the user begins once more, and otherwise a page says what the provider said.
    pub(super) async fn refused(
        &self,
        state: &State,
        asked: &Asked,
        error: LoginError,
        headers: &HeaderMap,
    ) -> Result<Response<Bytes>, LoginError> {
        self.meet(&error);
        // An answer of the provider, even a refusal, uses the login up.
        self.drop_pending_login(state, headers);
        if asked.silence == Silence::OfThisLogin {
            tracing::info!(
                code = error.code(),
                provider = ?error.said_by_provider(),
                "nobody was signed in silently"
            );
            self.end_round(asked.round, headers);
            return Ok(redirect(&asked.return_to));
        }
        if asked.silence == Silence::OfTheClient
            || !needs_the_user(error.kind())
            || state.attempt() >= MAX_RETRIES
            || !may_start_login(headers)
        {
            return Err(error);
        }
        tracing::info!(
            code = error.code(),
            "the provider needs the user, and the login begins once more"
        );
        let parameters = asking_the_user(error.kind(), &asked.parameters);
        let return_to = self.return_to(Some(&asked.return_to));
        self.begin_login(&return_to, parameters, state.attempt() + 1, headers)
            .await
    }
}

/// Whether the provider would let the user in after it asked them something (OpenID Connect Core
/// §3.1.2.6).
fn needs_the_user(kind: LoginErrorKind) -> bool {
    use LoginErrorKind as Kind;
    matches!(
        kind,
        Kind::LoginRequired
            | Kind::InteractionRequired
            | Kind::ConsentRequired
            | Kind::AccountSelectionRequired
    )
}

/// The same parameters, with the `prompt` that makes the provider ask what it misses.
fn asking_the_user(kind: LoginErrorKind, parameters: &LoginParameters) -> LoginParameters {
    let prompt = match kind {
        LoginErrorKind::LoginRequired => "login",
        LoginErrorKind::ConsentRequired => "consent",
        LoginErrorKind::AccountSelectionRequired => "select_account",
        _ => return parameters.clone(),
    };
    let prompt = LoginParameters::builder().prompt(prompt).build();
    prompt.map_or_else(|_| parameters.clone(), |prompt| prompt.over(parameters))
}
