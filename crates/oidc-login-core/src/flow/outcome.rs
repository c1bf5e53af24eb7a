//! What a request did to the session, to be told to the browser when it ends.

use std::sync::{Mutex, MutexGuard, PoisonError};

use http::HeaderValue;

use super::context::RequestContext;
use crate::{
    error::LoginErrorKind,
    protocol::LoginParameters,
    session::{Moment, SessionId},
};

/// What this request itself did to the session.
#[derive(Default)]
pub(super) struct Outcome {
    pub(super) renewed: Option<SessionId>,
    /// Nobody is signed in from here on.
    pub(super) is_over: bool,
    /// A session that was alive until then was ended.
    pub(super) has_ended: bool,
    /// The app's values were deleted; whether the session ended or got a new id shows at the end.
    pub(super) values_deleted: bool,
    /// The id in `renewed`, where the app gave it to a session in which somebody is signed in.
    pub(super) moved_login: Option<SessionId>,
    /// When this request itself gave the session another id.
    pub(super) own_mark: Option<Moment>,
    pub(super) cookies: Vec<HeaderValue>,
    /// What the login that this request is about was to do.
    pub(super) wanted: Option<Wanted>,
    /// Why a callback signed nobody in, also where that is no failure to the user.
    pub(super) met: Option<LoginErrorKind>,
}

/// What a login was to do, to begin it once more.
#[derive(Clone)]
pub(super) struct Wanted {
    pub(super) return_to: String,
    pub(super) parameters: LoginParameters,
}

impl RequestContext {
    /// What this request did to the session, to write it down.
    pub(super) fn outcome(&self) -> MutexGuard<'_, Outcome> {
        lock(self.outcome.get_or_init(Box::default))
    }

    /// What this request did to the session, if it did anything.
    pub(super) fn outcome_so_far(&self) -> Option<MutexGuard<'_, Outcome>> {
        self.outcome.get().map(|outcome| lock(outcome))
    }

    /// The id of the session that this request made or renewed.
    pub(super) fn renewed(&self) -> Option<SessionId> {
        self.outcome_so_far()?.renewed.clone()
    }

    /// Whether the request itself ended its login.
    pub(super) fn is_over(&self) -> bool {
        self.outcome_so_far().is_some_and(|outcome| outcome.is_over)
    }

    pub(super) fn add_cookie(&self, line: HeaderValue) {
        self.outcome().cookies.push(line);
    }
}

fn lock(outcome: &Mutex<Outcome>) -> MutexGuard<'_, Outcome> {
    outcome.lock().unwrap_or_else(PoisonError::into_inner)
}
