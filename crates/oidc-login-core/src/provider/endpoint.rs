//! The endpoints of a provider that we ask ourselves.

use std::fmt;

use crate::protocol::pushed_authorization_request;

/// An endpoint of the provider that we ask ourselves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ProviderEndpoint {
    Discovery,
    Keys,
    Token,
    UserInfo,
    PushedAuthorizationRequest,
    Revocation,
}

/// Its name as evidence.
impl fmt::Display for ProviderEndpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Discovery => "discovery document",
            Self::Keys => "keys (jwks_uri)",
            Self::Token => "token endpoint",
            Self::UserInfo => "userinfo endpoint",
            Self::PushedAuthorizationRequest => pushed_authorization_request::ENDPOINT,
            Self::Revocation => "revocation endpoint",
        })
    }
}

impl ProviderEndpoint {
    /// Its name as the label of a metric: what the provider's metadata call it.
    pub(crate) fn label(self) -> &'static str {
        match self {
            Self::Discovery => "discovery",
            Self::Keys => "jwks_uri",
            Self::Token => "token_endpoint",
            Self::UserInfo => "userinfo_endpoint",
            Self::PushedAuthorizationRequest => "pushed_authorization_request_endpoint",
            Self::Revocation => "revocation_endpoint",
        }
    }
}
