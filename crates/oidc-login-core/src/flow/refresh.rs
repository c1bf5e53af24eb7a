//! An access token that can be used, for whoever asks for one.

use std::sync::Arc;

use bytes::Bytes;
use http::{HeaderMap, Response};
use time::{Duration, OffsetDateTime};

use super::{
    context::{RequestContext, unavailable},
    refresh_flights::Takeoff,
    refresh_task::{RefreshTask, Wanted},
};
use crate::{
    error::{LoginError, LoginErrorKind},
    protocol::step_up::StepUp,
    seams::within,
    session::{LoadedLogin, Login, SessionId},
    telemetry::RefreshFor,
};

/// A refresh on demand is at most this often.
pub(super) const BETWEEN_FORCED: Duration = Duration::seconds(10);
/// How long somebody waits for a new token who has one that still works.
const PATIENCE: std::time::Duration = std::time::Duration::from_secs(3);

/// How a refresh ended.
#[derive(Clone)]
pub(super) enum Refreshed {
    /// This login has the tokens to use, from this refresh or from somebody else's.
    Now(LoadedLogin),
    /// Not now; the login lives on.
    Failed(LoginError),
    /// The login has ended.
    Ended,
}

impl RequestContext {
    /// Who makes this request, with an access token that can be used: refreshed if it ends soon.
    ///
    /// One request asks the provider, however many need the token, in this process and on all
    /// nodes; it goes on when the client hangs up. While the provider cannot be asked, the token
    /// is used as long as it lasts. A token whose end the provider does not say is used as it is.
    ///
    /// # Errors
    /// When the session store does not answer; [`RefreshFailed`](LoginErrorKind::RefreshFailed)
    /// when the token has ended and cannot be refreshed right now;
    /// [`AccessTokenEnded`](LoginErrorKind::AccessTokenEnded) when nothing can refresh it any more.
    pub async fn access_token(&self) -> Result<Option<Arc<Login>>, LoginError> {
        self.mark_asked();
        let inner = self.inner();
        let Some(loaded) = self.loaded().await.map_err(unavailable)? else {
            return Ok(None);
        };
        let unsaved = inner.refreshes.unsaved(&loaded.key, inner.clock.now());
        let login = unsaved.map_or_else(|| loaded.login.clone(), |unsaved| unsaved.login);
        let now = inner.clock.now();
        if !is_due(&login, now, inner.refresh_margin) {
            return Ok(Some(login));
        }
        let has_ended = login
            .access_token_expires_at()
            .is_some_and(|end| now >= end);
        if !login.has_refresh_token() {
            return if has_ended {
                Err(LoginErrorKind::AccessTokenEnded.into())
            } else {
                Ok(Some(login))
            };
        }
        let Some(id) = self.id_of(loaded) else {
            return Ok(Some(login));
        };
        let refresh = self.join_refresh(id, Wanted::Soon);
        let refreshed = if has_ended {
            Some(refresh.await)
        } else {
            within(&*inner.timer, PATIENCE, refresh).await
        };
        match refreshed {
            Some(Refreshed::Now(loaded)) => Ok(Some(self.refreshed(loaded))),
            Some(Refreshed::Ended) => Ok(self.signed_out()),
            Some(Refreshed::Failed(error)) if has_ended => Err(match error.kind() {
                LoginErrorKind::RefreshFailed => error,
                _ => error.with_kind(LoginErrorKind::AccessTokenEnded),
            }),
            Some(Refreshed::Failed(_)) | None => Ok(Some(login)),
        }
    }

    /// Refreshes the tokens of whoever makes this request, whether or not they end soon.
    ///
    /// Within ten seconds of the last refresh it gives what that one brought, and within ten
    /// seconds of one that failed the same failure. Who is no longer signed in gets `None`.
    ///
    /// # Errors
    /// When the session store does not answer; [`RefreshFailed`](LoginErrorKind::RefreshFailed)
    /// when the provider cannot refresh right now;
    /// [`RefreshTokenMissing`](LoginErrorKind::RefreshTokenMissing); the kind of the check that a
    /// refreshed ID token did not pass. The login lives on, with the tokens it has.
    pub async fn refresh(&self) -> Result<Option<Arc<Login>>, LoginError> {
        self.mark_asked();
        let inner = self.inner();
        let Some(loaded) = self.loaded().await.map_err(unavailable)? else {
            return Ok(None);
        };
        let Some(id) = self.id_of(loaded) else {
            return Ok(Some(loaded.login.clone()));
        };
        let now = inner.clock.now();
        // A long request may know only how things were when it came.
        let Some(loaded) = inner.present(&id).await.map_err(unavailable)? else {
            return Ok(self.signed_out());
        };
        let is_fresh = |at: OffsetDateTime| (now - at).abs() < BETWEEN_FORCED;
        if loaded.login.refreshed_at().is_some_and(is_fresh) {
            return Ok(Some(self.refreshed(loaded)));
        }
        if !loaded.login.has_refresh_token() {
            return Err(LoginErrorKind::RefreshTokenMissing.into());
        }
        let wanted = Wanted::InPlaceOf(loaded.login.access_token().clone());
        match self.join_refresh(id, wanted).await {
            Refreshed::Now(loaded) => Ok(Some(self.refreshed(loaded))),
            Refreshed::Ended => Ok(self.signed_out()),
            Refreshed::Failed(error) => Err(error),
        }
    }

    /// The answer where an access token is needed and there is none: whoever can help it by signing
    /// in is asked to.
    pub fn without_access_token(&self, error: LoginError, headers: &HeaderMap) -> Response<Bytes> {
        match error.kind() {
            LoginErrorKind::AccessTokenEnded => {
                self.ask_to_sign_in(error, &StepUp::default(), headers)
            }
            _ => self.error_response(error, headers),
        }
    }

    /// Waits for the refresh that is under way, or starts one.
    async fn join_refresh(&self, id: SessionId, wanted: Wanted) -> Refreshed {
        let inner = self.inner();
        let now = inner.clock.now().unix_timestamp();
        let is_forced = matches!(wanted, Wanted::InPlaceOf(_));
        match inner.refreshes.take_off(id.key(), is_forced, now) {
            Takeoff::TooSoon(error) => Refreshed::Failed(error),
            Takeoff::Joined(arrival) => arrival.landed().await,
            Takeoff::First(departure, arrival) => {
                RefreshTask::new(self.rp.clone(), id, wanted, RefreshFor::Handler).spawn(departure);
                arrival.landed().await
            }
        }
    }

    /// The id that the login has by now; `None` in an app's own tests, where it has none.
    pub(super) fn id_of(&self, loaded: &LoadedLogin) -> Option<SessionId> {
        let renewed = self.renewed();
        renewed.or_else(|| self.presented.id(loaded.key).cloned())
    }

    fn refreshed(&self, loaded: LoadedLogin) -> Arc<Login> {
        let login = loaded.login.clone();
        self.replace_loaded(loaded);
        login
    }

    /// Nobody is signed in any more. The cookie is left alone: it leads nowhere, and the browser
    /// may have a newer one by now.
    fn signed_out(&self) -> Option<Arc<Login>> {
        self.outcome().is_over = true;
        None
    }
}

/// Whether an access token ends within the margin. Of one that lives shortly half the life is used.
pub(super) fn is_due(login: &Login, now: OffsetDateTime, margin: Duration) -> bool {
    let Some(end) = login.access_token_expires_at() else {
        return false;
    };
    let begun = login.refreshed_at().unwrap_or(login.logged_in_at());
    now >= end - margin.min((end - begun) / 2)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::session::LoginRecord;

    #[test]
    fn a_token_is_refreshed_within_the_margin_and_after_half_its_life() {
        for (name, refreshed_at, ends, now, due) in [
            ("just come", None, Some(300), 0, false),
            ("before the margin", None, Some(300), 239, false),
            ("within the margin", None, Some(300), 240, true),
            ("ended", None, Some(300), 301, true),
            ("short, the first half", None, Some(30), 14, false),
            ("short, the second half", None, Some(30), 15, true),
            (
                "refreshed, the first half",
                Some(1_000),
                Some(1_030),
                1_014,
                false,
            ),
            (
                "refreshed, the second half",
                Some(1_000),
                Some(1_030),
                1_015,
                true,
            ),
            ("no end", None, None, 1_000_000, false),
        ] {
            let login = Login::new(LoginRecord {
                access_token_expires_at: ends,
                refreshed_at,
                ..LoginRecord::sample()
            });
            let now = OffsetDateTime::UNIX_EPOCH + Duration::seconds(now);
            assert_eq!(is_due(&login, now, Duration::MINUTE), due, "{name}");
        }
    }
}
