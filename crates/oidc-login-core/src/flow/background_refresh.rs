//! A refresh that nobody waits for.

use time::OffsetDateTime;

use super::{
    context::RequestContext,
    refresh::{BETWEEN_FORCED, is_due},
    refresh_flights::Takeoff,
    refresh_task::{RefreshTask, Wanted},
};
use crate::{session::LoadedLogin, telemetry::RefreshFor};

impl RequestContext {
    /// Begins a refresh where the access token of this login ends soon, unless one is under way or
    /// the last one was just now: tokens that live for seconds are for who asks for them.
    ///
    /// Our own endpoints begin none: a refresh is a use of the session, and asking who is signed in
    /// must not prolong it.
    pub(super) fn refresh_in_background(&self, loaded: &LoadedLogin) {
        let (inner, login) = (self.inner(), &loaded.login);
        let now = inner.clock.now();
        let is_fresh = |at: OffsetDateTime| (now - at).abs() < BETWEEN_FORCED;
        if !is_due(login, now, inner.refresh_margin)
            || !login.has_refresh_token()
            || login.refreshed_at().is_some_and(is_fresh)
            || self.endpoint().is_some()
        {
            return;
        }
        // In an app's own tests there is none.
        let Some(id) = self.presented.id(loaded.key) else {
            return;
        };
        let takeoff = inner
            .refreshes
            .take_off(loaded.key, false, now.unix_timestamp());
        if let Takeoff::First(departure, _) = takeoff {
            let reason = RefreshFor::Background;
            RefreshTask::new(self.rp.clone(), id.clone(), Wanted::Soon, reason).spawn(departure);
        }
    }
}
