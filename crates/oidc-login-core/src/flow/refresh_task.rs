//! One refresh, from the lease to the save. It runs to its end, whoever still waits for it.

use std::sync::Arc;

use tracing::Instrument as _;

use super::{
    context::unavailable,
    refresh::{Refreshed, is_due},
    refresh_flights::{Departure, Unsaved},
};
use crate::{
    error::{LoginError, LoginErrorKind},
    protocol::{
        AccessTokenText, RefreshToken,
        metadata::Metadata,
        refresh_request::{RefreshRefused, RefreshRequest},
        token_response::TokenResponse,
    },
    relying_party::{Inner, RelyingParty},
    seams::within,
    session::{Lease, Leased, LoadedLogin, Login, SessionId, SessionKey, StoreError},
    telemetry::{self, ENDED, OK, RefreshFor},
};

/// Why a refresh is wanted.
pub(super) enum Wanted {
    /// The access token ends soon.
    Soon,
    /// Somebody wants another access token than this one.
    InPlaceOf(AccessTokenText),
}

/// The refresh of one login.
pub(super) struct RefreshTask {
    pub(super) rp: RelyingParty,
    pub(super) id: SessionId,
    pub(super) key: SessionKey,
    wanted: Wanted,
    reason: RefreshFor,
}

/// What one look at the login led to.
pub(super) enum Step {
    Done(Refreshed),
    /// Somebody else is at it: look again.
    Wait,
    /// The provider gave new tokens, and the store did not take them.
    Unsaved(Unsaved),
}

impl RefreshTask {
    pub(super) fn new(rp: RelyingParty, id: SessionId, wanted: Wanted, reason: RefreshFor) -> Self {
        let key = id.key();
        Self {
            rp,
            id,
            key,
            wanted,
            reason,
        }
    }

    /// Goes on by itself: the client may hang up, and the refresh token is used up either way.
    pub(super) fn spawn(self, departure: Departure) {
        let (tasks, span) = (self.inner().spawn.clone(), self.reason.span());
        tasks.spawn(Box::pin(self.run(departure).instrument(span)));
    }

    async fn run(self, departure: Departure) {
        let inner = self.inner();
        let (refreshed, unsaved) = match self.steps().await {
            Ok(Step::Done(refreshed)) => (refreshed, None),
            Ok(Step::Wait) => {
                let error = LoginError::new(LoginErrorKind::RefreshFailed)
                    .with_evidence("reason", "another node refreshes and does not finish");
                (Refreshed::Failed(error), None)
            }
            Ok(Step::Unsaved(unsaved)) => {
                inner.refreshes.keep(unsaved.clone(), self.now());
                let login = unsaved.login.clone();
                let before = unsaved.before.clone();
                let loaded = LoadedLogin { login, ..before };
                (Refreshed::Now(loaded), Some(unsaved))
            }
            Err(error) => (Refreshed::Failed(error), None),
        };
        if let Refreshed::Failed(error) = &refreshed {
            let evidence = error.evidence();
            tracing::warn!(code = error.code(), ?evidence, provider = ?error.said_by_provider(), "{error}");
        }
        telemetry::refresh(self.reason, outcome(&refreshed));
        inner.refreshes.land(departure, refreshed, self.now());
        if let Some(unsaved) = unsaved {
            self.keep_saving(unsaved).await;
        }
    }

    async fn steps(&self) -> Result<Step, LoginError> {
        let mut pauses = self.inner().pauses();
        loop {
            let step = self.step().await?;
            match (step, pauses.next()) {
                (Step::Wait, Some(pause)) => self.inner().timer.sleep(pause).await,
                (step, _) => return Ok(step),
            }
        }
    }

    async fn step(&self) -> Result<Step, LoginError> {
        let inner = self.inner();
        if let Some(unsaved) = inner.refreshes.unsaved(&self.key, inner.clock.now()) {
            return self.save_at_last(unsaved).await;
        }
        let Some(loaded) = inner.present(&self.id).await.map_err(store_failed)? else {
            return Ok(Step::Done(Refreshed::Ended));
        };
        if !self.is_wanted(&loaded.login) {
            return Ok(Step::Done(Refreshed::Now(loaded)));
        }
        // What can be had without the refresh token comes first.
        let metadata = inner.provider.metadata().await.map_err(passing)?;
        let keys = inner.provider.keys(&metadata.value).await;
        keys.map_err(passing)?;
        let leased = inner.logins.lease(&self.key, inner.lease_time()).await;
        match leased.map_err(store_failed)? {
            Leased::Gone => Ok(Step::Done(Refreshed::Ended)),
            Leased::Busy => Ok(Step::Wait),
            Leased::Held(lease) => {
                let step = self.with_lease(lease, &metadata.value).await;
                if !matches!(step, Ok(Step::Unsaved(_))) {
                    inner.give_back(&self.key, lease).await;
                }
                step
            }
        }
    }

    async fn with_lease(&self, lease: Lease, metadata: &Metadata) -> Result<Step, LoginError> {
        let inner = self.inner();
        // Whoever had the lease before may have refreshed.
        let Some(loaded) = inner.present(&self.id).await.map_err(store_failed)? else {
            return Ok(Step::Done(Refreshed::Ended));
        };
        let refresh_token = loaded.login.record().refresh_token.as_ref();
        let Some(refresh_token) = refresh_token.filter(|_| self.is_wanted(&loaded.login)) else {
            return Ok(Step::Done(Refreshed::Now(loaded)));
        };
        let tokens = match self.ask(metadata, refresh_token).await {
            Ok(tokens) => tokens,
            Err(RefreshRefused::Failed(error)) => return Err(passing(error)),
            Err(RefreshRefused::Ended(error)) => return self.refused(refresh_token, &error).await,
        };
        let login = inner.refreshed(metadata, &loaded.login, tokens).await?;
        let unsaved = Unsaved {
            login: Arc::new(login),
            before: loaded,
            lease,
        };
        match self.save(&unsaved).await {
            Ok(step) => Ok(step),
            Err(error) => {
                tracing::warn!(%error, "refreshed tokens cannot be saved yet, they count in this process");
                Ok(Step::Unsaved(unsaved))
            }
        }
    }

    async fn ask(
        &self,
        metadata: &Metadata,
        refresh_token: &RefreshToken,
    ) -> Result<TokenResponse, RefreshRefused> {
        let inner = self.inner();
        let client = inner.client_proof(metadata);
        let request = RefreshRequest {
            endpoint: &metadata.token_endpoint,
            client: client.map_err(RefreshRefused::Failed)?,
            refresh_token,
            extra: inner.client.parameters.token(),
        };
        let answer = inner.provider.refresh(request, inner.clock.now());
        let answer = within(&*inner.timer, inner.refresh_limit(), answer).await;
        answer.unwrap_or_else(|| {
            let error = LoginError::new(LoginErrorKind::ProviderUnavailable)
                .with_evidence("asked", "token endpoint")
                .with_evidence("what happened", "no answer in time");
            Err(RefreshRefused::Failed(error))
        })
    }

    /// The provider takes this refresh token no more. That ends the login, unless somebody else had
    /// refreshed it before.
    async fn refused(&self, used: &RefreshToken, error: &LoginError) -> Result<Step, LoginError> {
        let inner = self.inner();
        let present = inner.present(&self.id).await.map_err(store_failed)?;
        let is_other =
            |loaded: &LoadedLogin| loaded.login.record().refresh_token.as_ref() != Some(used);
        if present.as_ref().is_some_and(is_other) {
            return Ok(Step::Wait);
        }
        if present.is_some() {
            let provider = error.said_by_provider();
            tracing::info!(
                ?provider,
                "the provider refreshes a login no more, it has ended"
            );
            inner.end_one(&self.key).await.map_err(store_failed)?;
        }
        Ok(Step::Done(Refreshed::Ended))
    }

    pub(super) fn is_wanted(&self, login: &Login) -> bool {
        let inner = self.inner();
        match &self.wanted {
            Wanted::Soon => is_due(login, inner.clock.now(), inner.refresh_margin),
            Wanted::InPlaceOf(token) => login.access_token() == token,
        }
    }

    pub(super) fn inner(&self) -> &Inner {
        &self.rp.0
    }

    pub(super) fn now(&self) -> i64 {
        self.inner().clock.now().unix_timestamp()
    }
}

fn outcome(refreshed: &Refreshed) -> &'static str {
    match refreshed {
        Refreshed::Now(_) => OK,
        Refreshed::Ended => ENDED,
        Refreshed::Failed(error) => error.code(),
    }
}

/// A failure that may pass; the login lives on.
fn passing(error: LoginError) -> LoginError {
    error.with_kind(LoginErrorKind::RefreshFailed)
}

pub(super) fn store_failed(error: StoreError) -> LoginError {
    passing(unavailable(error))
}
