//! Nothing is counted without the feature `metrics`.

use bytes::Bytes;
use http::Response;

use super::{LogoutBy, RefreshFor};
use crate::seams::{Clock, HttpError};

pub(crate) fn login_begun() {}

pub(crate) fn callback(_outcome: &'static str) {}

pub(crate) fn refresh(_reason: RefreshFor, _outcome: &'static str) {}

pub(crate) fn logout(_by: LogoutBy, _outcome: &'static str) {}

pub(crate) struct ProviderRequest;

impl ProviderRequest {
    pub(crate) fn begin(_endpoint: &'static str, _clock: &dyn Clock) -> Self {
        Self
    }

    #[allow(clippy::unused_self, reason = "the metered one is used up")]
    pub(crate) fn end(self, _answer: &Result<Response<Bytes>, HttpError>) {}
}
