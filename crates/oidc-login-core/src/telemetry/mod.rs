//! What can be watched from outside: spans, and with the feature `metrics` counters and histograms.
//!
//! Names and labels stand in `docs/operations.md`. The value of a label is one of a list in the
//! code: nothing that a request or an answer says becomes one.

#[cfg(feature = "metrics")]
mod metered;
#[cfg(not(feature = "metrics"))]
mod unmetered;

use tracing::Span;

use crate::config::Endpoint;

#[cfg(feature = "metrics")]
pub(crate) use self::metered::{ProviderRequest, callback, login_begun, logout, refresh};
#[cfg(not(feature = "metrics"))]
pub(crate) use self::unmetered::{ProviderRequest, callback, login_begun, logout, refresh};

/// The outcome of what went well; otherwise it is the code of an error's kind.
pub(crate) const OK: &str = "ok";
/// The outcome of a refresh that the provider refused for good.
pub(crate) const ENDED: &str = "ended";

/// Who ended sessions.
#[derive(Clone, Copy, Debug)]
pub(crate) enum LogoutBy {
    /// The user, here.
    User,
    /// The app: an administrator, or a job.
    App,
    /// The provider, by a logout token.
    BackChannel,
    /// The provider's sign-out page.
    FrontChannel,
}

/// Why tokens are refreshed.
#[derive(Clone, Copy, Debug)]
pub(crate) enum RefreshFor {
    /// Somebody waits for them.
    Handler,
    /// They end soon, and somebody is there.
    Background,
}

impl RefreshFor {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Handler => "handler",
            Self::Background => "background",
        }
    }

    /// The span of one refresh.
    pub(crate) fn span(self) -> Span {
        tracing::info_span!("refresh", reason = self.as_str())
    }
}

/// The span of a request for one of our endpoints; none for those that begin and end nothing.
pub(crate) fn span_of(endpoint: Endpoint) -> Span {
    match endpoint {
        Endpoint::Login => tracing::info_span!("login", by = "app"),
        Endpoint::Initiate => tracing::info_span!("login", by = "provider"),
        Endpoint::Callback => tracing::info_span!("callback"),
        Endpoint::Logout => tracing::info_span!("logout", by = "user"),
        Endpoint::BackchannelLogout => tracing::info_span!("logout", by = "backchannel"),
        Endpoint::FrontchannelLogout => tracing::info_span!("logout", by = "frontchannel"),
        _ => Span::none(),
    }
}
