//! A browser that is sent to the sign-in again and again, although each time it signs in.

use http::HeaderMap;

use super::{context::RequestContext, navigation::text};
use crate::{
    error::{LoginError, LoginErrorKind},
    session::LoginTrail,
};

/// Logins in a row before the next one is not begun, where the browser came by redirects. Browsers
/// themselves give up after twenty redirects, and each round takes four or more.
const MAX_BY_REDIRECT: u8 = 4;
/// The same where the browser says that a person, or a page of the app's own, opened the sign-in.
const MAX_BY_HAND: u8 = 8;

impl RequestContext {
    /// How many logins this browser completed in a row until now.
    ///
    /// # Errors
    /// [`LoginLoop`](LoginErrorKind::LoginLoop) where these are too many for a person. The counting
    /// then begins anew, so that the next try is one.
    pub(super) async fn rounds(&self, headers: &HeaderMap) -> Result<u8, LoginError> {
        let inner = self.inner();
        let now = inner.clock.now().unix_timestamp();
        let trail = inner.login_trails().find(headers);
        let Some(trail) = trail.filter(|trail| trail.goes_on(now)) else {
            return Ok(0);
        };
        let most = match text(headers, "sec-fetch-site") {
            "none" | "same-origin" => MAX_BY_HAND,
            _ => MAX_BY_REDIRECT,
        };
        if trail.rounds < most {
            return Ok(trail.rounds);
        }
        self.add_cookie(inner.login_trails().begin(LoginTrail::new(now)));
        let (session, cause) = self.what_became_of_the_session().await;
        Err(LoginError::new(LoginErrorKind::LoginLoop)
            .with_evidence("sign-ins in a row", trail.rounds)
            .with_evidence("seconds since the last one", now - trail.at)
            .with_evidence("session in this request", session)
            .with_evidence("likely cause", cause))
    }

    /// Lets the browser count its logins, unless it does so already.
    pub(super) fn begin_trail(&self, headers: &HeaderMap) {
        let inner = self.inner();
        let now = inner.clock.now().unix_timestamp();
        let trail = inner.login_trails().find(headers);
        if !trail.is_some_and(|trail| trail.goes_on(now)) {
            self.add_cookie(inner.login_trails().begin(LoginTrail::new(now)));
        }
    }

    /// Counts a login that has led somewhere, by the round in which it began.
    pub(super) fn end_round(&self, round: u8, headers: &HeaderMap) {
        let inner = self.inner();
        let now = inner.clock.now().unix_timestamp();
        let before = inner.login_trails().find(headers);
        let trail = LoginTrail::after(before, round, now);
        self.add_cookie(inner.login_trails().keep(trail));
    }

    /// Who signs out by hand is in no loop.
    pub(super) fn forget_trail(&self, headers: &HeaderMap) {
        let trails = self.inner().login_trails();
        if trails.is_there(headers) {
            self.add_cookie(trails.remove());
        }
    }

    /// What the request shows of the session that the last login made, and what that says.
    async fn what_became_of_the_session(&self) -> (&'static str, &'static str) {
        let is_sent = self.presented.keys().next().is_some();
        match (is_sent, self.login().await) {
            (_, Ok(Some(_))) => (
                "alive",
                "the user is signed in, and the app sends them to sign in all the same: \
                 for a role, an acr or an age of the sign-in that the provider does not give",
            ),
            (true, Ok(None)) => (
                "its cookie came, but it is not known here, or over",
                "several nodes without a shared store, a store that drops sessions, a lifetime of \
                 seconds, or a wrong clock",
            ),
            (true, Err(_)) => (
                "its cookie came, and the store does not answer",
                "the session store",
            ),
            (false, _) => (
                "its cookie did not come",
                "something between the app and the browser drops the cookie of the session, or the \
                 app removes it; other cookies do come back",
            ),
        }
    }
}
