//! What an app adds to a login and a logout.

use std::{
    future::{Future, poll_fn},
    panic::{AssertUnwindSafe, catch_unwind},
    pin::{Pin, pin},
    sync::Arc,
    task::{Context, Poll},
    time::Duration,
};

use tower_sessions_core::Session;

use crate::{
    config::ReturnTo,
    error::{LoginError, LoginErrorKind},
    seams::{Timer, within},
    session::Login,
    verified_claims::VerifiedClaims,
};

/// How long each hook may take over a login: nobody is signed in without its word, so it is longer
/// than an app's own store or another service should take to answer.
pub(crate) const LOGIN_LIMIT: Duration = Duration::from_secs(30);
/// How long the hook may take over a logout, whose answer waits for it: as long as the provider may
/// take to answer, by default.
pub(crate) const LOGOUT_LIMIT: Duration = Duration::from_secs(10);

/// An error of the app's own.
pub type HookError = Box<dyn std::error::Error + Send + Sync>;

/// What becomes of a verified login.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum LoginDecision {
    /// The user is signed in.
    Allow,
    /// The user is not signed in and reads the reason.
    Deny(String),
    /// The user is signed in and goes here, whatever was asked for: to a welcome page, say.
    Redirect(ReturnTo),
}

pub(crate) type OnLogin =
    Arc<dyn Fn(Arc<Login>, Session) -> BoxFuture<Result<LoginDecision, HookError>> + Send + Sync>;
pub(crate) type OnClaims =
    Arc<dyn Fn(VerifiedClaims) -> BoxFuture<Result<VerifiedClaims, HookError>> + Send + Sync>;
pub(crate) type OnLogout =
    Arc<dyn Fn(Arc<Login>) -> BoxFuture<Result<(), HookError>> + Send + Sync>;
pub(crate) type BoxFuture<T> = Pin<Box<dyn Future<Output = T> + Send>>;

/// The hooks of one relying party.
#[derive(Clone, Default)]
#[allow(
    clippy::struct_field_names,
    reason = "what the app's author calls them"
)]
pub(crate) struct Hooks {
    pub(crate) on_claims: Option<OnClaims>,
    pub(crate) on_login: Option<OnLogin>,
    pub(crate) on_logout: Option<OnLogout>,
}

/// What a hook says, or an error when it takes longer than it may. Then it is dropped where it is.
pub(crate) async fn in_time<T>(
    timer: &dyn Timer,
    limit: Duration,
    hook: impl Future<Output = Result<T, HookError>>,
) -> Result<T, HookError> {
    let said = within(timer, limit, hook).await;
    said.unwrap_or_else(|| Err(format!("no answer within {} s", limit.as_secs()).into()))
}

/// A login that a hook did not let through. What it says is the app's own, and for the log alone.
pub(crate) fn hook_failed(hook: &'static str, error: &HookError) -> LoginError {
    tracing::error!(%error, "{hook} failed");
    LoginError::new(LoginErrorKind::HookFailed).with_evidence("hook", hook)
}

/// Calls a hook whose panic is only an error, where the task that calls it has more to do. The future
/// is to make the call, which may panic as well.
pub(crate) async fn unpanicking<T>(
    hook: impl Future<Output = Result<T, HookError>>,
) -> Result<T, HookError> {
    let mut hook = pin!(hook);
    let poll = |context: &mut Context<'_>| {
        let polled = catch_unwind(AssertUnwindSafe(|| hook.as_mut().poll(context)));
        polled.unwrap_or_else(|_| Poll::Ready(Err("it panicked".into())))
    };
    poll_fn(poll).await
}
