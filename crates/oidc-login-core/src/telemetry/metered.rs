//! Counters and histograms for the `metrics` facade.

use bytes::Bytes;
use http::{Response, StatusCode};
use time::OffsetDateTime;

use super::{LogoutBy, RefreshFor};
use crate::seams::{Clock, HttpError, HttpErrorKind};

/// The outcome of a request that nobody waits for any more: its time was up.
const GIVEN_UP: &str = "given_up";

impl LogoutBy {
    fn as_str(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::App => "app",
            Self::BackChannel => "backchannel",
            Self::FrontChannel => "frontchannel",
        }
    }
}

/// A browser is sent to the provider.
pub(crate) fn login_begun() {
    metrics::counter!("oidc_login_logins_begun_total").increment(1);
}

/// A callback was answered.
pub(crate) fn callback(outcome: &'static str) {
    metrics::counter!("oidc_login_callbacks_total", "outcome" => outcome).increment(1);
}

/// A refresh has ended.
pub(crate) fn refresh(reason: RefreshFor, outcome: &'static str) {
    let labels = [("reason", reason.as_str()), ("outcome", outcome)];
    metrics::counter!("oidc_login_refreshes_total", &labels).increment(1);
}

/// A logout has ended.
pub(crate) fn logout(by: LogoutBy, outcome: &'static str) {
    let labels = [("by", by.as_str()), ("outcome", outcome)];
    metrics::counter!("oidc_login_logouts_total", &labels).increment(1);
}

/// A request to the provider under way. One that is dropped before its answer was given up.
pub(crate) struct ProviderRequest<'a> {
    endpoint: &'static str,
    clock: &'a dyn Clock,
    begun: OffsetDateTime,
    outcome: &'static str,
}

impl<'a> ProviderRequest<'a> {
    pub(crate) fn begin(endpoint: &'static str, clock: &'a dyn Clock) -> Self {
        Self {
            endpoint,
            clock,
            begun: clock.now(),
            outcome: GIVEN_UP,
        }
    }

    pub(crate) fn end(mut self, answer: &Result<Response<Bytes>, HttpError>) {
        self.outcome = match answer {
            Ok(response) => class(response.status()),
            Err(error) => failure(error.kind()),
        };
    }
}

impl Drop for ProviderRequest<'_> {
    fn drop(&mut self) {
        let labels = [("endpoint", self.endpoint), ("outcome", self.outcome)];
        // A clock may be set back meanwhile.
        let took = (self.clock.now() - self.begun).max(time::Duration::ZERO);
        metrics::histogram!("oidc_login_provider_request_duration_seconds", &labels)
            .record(took.as_seconds_f64());
    }
}

fn class(status: StatusCode) -> &'static str {
    match status.as_u16() {
        200..=299 => "2xx",
        300..=399 => "3xx",
        400..=499 => "4xx",
        500..=599 => "5xx",
        _ => "other",
    }
}

fn failure(kind: HttpErrorKind) -> &'static str {
    match kind {
        HttpErrorKind::Connect => "connect",
        HttpErrorKind::Timeout => "timeout",
        HttpErrorKind::BodyTooLarge => "body_too_large",
        HttpErrorKind::BodyBroken => "body_broken",
        HttpErrorKind::Other => "other",
    }
}
