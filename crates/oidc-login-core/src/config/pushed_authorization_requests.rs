//! Whether authorization requests are pushed.

use url::Url;

use crate::{
    error::{LoginError, LoginErrorKind},
    protocol::metadata::Metadata,
};

/// Whether authorization requests are pushed to the provider, so that the browser carries only a
/// reference to them ([RFC 9126]): nobody there can read or change what is asked for.
///
/// Where a request is pushed and the provider does not take it, the login fails with a page that
/// says why. It never goes on with the browser carrying the request after all: whoever can disturb
/// the connection between app and provider would decide that.
///
/// [RFC 9126]: https://www.rfc-editor.org/rfc/rfc9126.html
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum PushedAuthorizationRequests {
    /// Where the provider's metadata names a `pushed_authorization_request_endpoint`. Each login then
    /// costs one more request to the provider, before the browser leaves.
    #[default]
    Auto,
    /// Always: without such an endpoint no login begins.
    Required,
    /// Not at all. Where the provider demands it (`require_pushed_authorization_requests`) no login
    /// begins.
    Never,
}

impl PushedAuthorizationRequests {
    /// Where a request is pushed to at this provider; `None` where the browser takes it along as it is.
    ///
    /// # Errors
    /// When setting and provider contradict each other.
    pub(crate) fn endpoint(self, metadata: &Metadata) -> Result<Option<&Url>, LoginError> {
        let endpoint = metadata.pushed_authorization_request_endpoint.as_ref();
        let is_demanded = metadata.requires_pushed_authorization_requests;
        let what = match (self, endpoint) {
            (Self::Auto | Self::Required, Some(endpoint)) => return Ok(Some(endpoint)),
            (Self::Auto, None) | (Self::Never, _) if !is_demanded => return Ok(None),
            (Self::Required, None) => {
                "the app requires it, and the provider names no endpoint for it"
            }
            (Self::Auto, None) => "the provider requires it, and names no endpoint for it",
            (Self::Never, _) => "the provider requires it, and the app never does it",
        };
        Err(LoginError::new(LoginErrorKind::PushedRequestImpossible).with_evidence("reason", what))
    }
}
