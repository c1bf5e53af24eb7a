//! A callback that no login under way in this browser waits for: replayed, stale, or somebody
//! else's.

use bytes::Bytes;
use http::{HeaderMap, Response};

use super::{
    context::RequestContext,
    flights::Landed,
    navigation::{RequestKind, may_start_login},
    outcome::Wanted,
    respond::redirect,
    silent_login::{SILENT_ATTEMPT, stays_visitor},
};
use crate::{
    error::{LoginError, LoginErrorKind},
    protocol::{State, StateHash, pending_login::PendingLogin},
    session::Found,
};

/// Tries after the first one that a lost login is worth.
pub(super) const MAX_RETRIES: u8 = 1;

impl RequestContext {
    /// The login under way in this browser that the answer belongs to.
    pub(super) fn pending_login(
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
        self.outcome().wanted = Some(Wanted {
            return_to: pending.return_to.clone(),
            parameters: pending.parameters.clone(),
        });
        if pending.is_expired(now) {
            return Err(LoginError::new(LoginErrorKind::PendingLoginExpired)
                .with_evidence("age of the sign-in in seconds", now - pending.started_at));
        }
        if pending.issuer != inner.provider.issuer() {
            return Err(LoginErrorKind::PendingLoginUnreadable.into());
        }
        Ok(pending)
    }

    /// Meets a callback that nothing waits for: who is signed in goes on, a login that got lost
    /// begins once more where that can help, and otherwise the error says why.
    ///
    /// # Security
    /// Nothing in such an answer is used. Where to go is known from this browser's own login, sealed,
    /// or from the session that this login made; else it is home. So an answer that somebody planted
    /// leads to no place of theirs, and signs nobody in.
    pub(super) async fn lost_login(
        &self,
        state: &State,
        error: LoginError,
        headers: &HeaderMap,
    ) -> Result<Response<Bytes>, LoginError> {
        self.meet(&error);
        let is_navigation = RequestKind::of(&self.method, headers) == RequestKind::Navigation;
        if is_navigation && self.login().await?.is_some() {
            tracing::info!(
                code = error.code(),
                evidence = ?error.evidence(),
                "an answer that nothing waits for; who is signed in goes on"
            );
            self.drop_pending_login(state, headers);
            let wanted = self.outcome().wanted.take();
            let target = wanted
                .map(|wanted| wanted.return_to)
                .or_else(|| self.return_to_of_own_login(state));
            let home = self.inner().client.home_url.as_str();
            return Ok(redirect(target.as_deref().unwrap_or(home)));
        }
        if state.attempt() == SILENT_ATTEMPT {
            self.drop_pending_login(state, headers);
            let wanted = self.outcome().wanted.take();
            let home = self.inner().client.home_url.as_str();
            let target = wanted.as_ref().map_or(home, |wanted| &wanted.return_to);
            return Ok(stays_visitor(&error, target));
        }
        let may_begin = may_start_login(headers)
            && self.has_cookie_of_ours(headers)
            && !self.inner().names.is_signed_out(headers);
        if !may_begin || state.attempt() >= MAX_RETRIES || !self.new_try_helps(state, &error) {
            return Err(error);
        }
        tracing::warn!(
            code = error.code(),
            evidence = ?error.evidence(),
            "a login got lost and begins once more"
        );
        self.drop_pending_login(state, headers);
        let wanted = self.outcome().wanted.take();
        let (target, parameters) = wanted
            .map(|wanted| (wanted.return_to, wanted.parameters))
            .unzip();
        let return_to = self.return_to(target.as_deref());
        let attempt = state.attempt() + 1;
        self.begin_login(&return_to, parameters.unwrap_or_default(), attempt, headers)
            .await
    }

    fn new_try_helps(&self, state: &State, error: &LoginError) -> bool {
        use LoginErrorKind as Kind;
        let inner = self.inner();
        let now = inner.clock.now().unix_timestamp();
        match error.kind() {
            Kind::NoPendingLogin
            | Kind::PendingLoginUnreadable
            | Kind::PendingLoginExpired
            | Kind::HostDiffers => true,
            // A browser that still has the login's cookie never got the first answer: the double click
            // that sent this one broke it off. One that has it no more was signed in, and a login
            // that is over since was ended: by its user, say, who must not be signed in again by the
            // back button.
            Kind::StateReplayed => {
                let landed = inner.flights.landed(&state.hash(), now);
                let is_waiting = self.outcome().wanted.is_some();
                is_waiting || matches!(landed, Some(Landed::Failed(_)))
            }
            _ => false,
        }
    }

    /// Where the login of this state led to, if this browser has the very session that it made.
    ///
    /// A double click at the provider sends the second answer after the first one signed in, and
    /// the back button makes the provider answer once more: the user is where they wanted to be.
    fn return_to_of_own_login(&self, state: &State) -> Option<String> {
        let inner = self.inner();
        let now = inner.clock.now().unix_timestamp();
        let Some(Landed::SignedIn(signed_in)) = inner.flights.landed(&state.hash(), now) else {
            return None;
        };
        let is_own = self.presented.id(signed_in.id.key()).is_some();
        is_own.then(|| signed_in.return_to.clone())
    }

    pub(super) fn drop_pending_login(&self, state: &State, headers: &HeaderMap) {
        let cookies = self.inner().pending_cookies();
        if cookies.is_there(headers, &state.hash()) {
            self.add_cookie(cookies.remove(state));
        }
    }

    /// A `state` that we did not make, as far as our keys say.
    pub(super) fn unknown_state(&self, text: &str, headers: &HeaderMap) -> LoginError {
        // Whoever made up a state does not have a cookie that fits it.
        let cookies = self.inner().pending_cookies();
        let kind = if cookies.is_there(headers, &StateHash::of_text(text)) {
            LoginErrorKind::SessionSecretDiffers
        } else {
            LoginErrorKind::StateUnknown
        };
        LoginError::new(kind).with_evidence("length of the state", text.len())
    }
}
