//! The provider's metadata (OpenID Connect Discovery §3 and §4.3).

mod document;
mod error;
#[cfg(any(test, feature = "fuzz"))]
pub(crate) mod smallest;
mod transport;

use serde_json::Value;
use url::Url;

use self::document::{Document, endpoint, flag, list, needed, shown};
use super::auth_methods::AuthMethods;

pub(crate) use self::{
    error::DiscoveryError,
    transport::{Transport, is_loopback},
};

/// What a login needs to know of a provider.
#[derive(Clone, Debug)]
pub(crate) struct Metadata {
    /// The issuer, the same text as in the configuration.
    pub(crate) issuer: String,
    /// Where the browser is sent.
    pub(crate) authorization_endpoint: Url,
    /// Where a code becomes tokens.
    pub(crate) token_endpoint: Url,
    /// Where the provider's keys are.
    pub(crate) jwks_uri: Url,
    /// Where an access token buys claims about the user.
    pub(crate) userinfo_endpoint: Option<Url>,
    /// Where the user's session at the provider is ended.
    pub(crate) end_session_endpoint: Option<Url>,
    /// Where authorization requests are pushed to (RFC 9126 §5).
    pub(crate) pushed_authorization_request_endpoint: Option<Url>,
    /// Whether they must be.
    pub(crate) requires_pushed_authorization_requests: bool,
    /// Where a token is revoked (RFC 8414 §2).
    pub(crate) revocation_endpoint: Option<Url>,
    /// How clients may say who they are.
    pub(crate) auth_methods: AuthMethods,
    /// Whether every answer names the issuer (RFC 9207 §3).
    pub(crate) names_issuer_in_response: bool,
}

impl Metadata {
    /// Where an issuer's discovery document is.
    pub(crate) fn discovery_url(issuer: &str) -> String {
        format!(
            "{}/.well-known/openid-configuration",
            issuer.trim_end_matches('/')
        )
    }

    /// Reads a discovery document.
    ///
    /// # Errors
    /// When it is malformed, of another issuer (compared as text), or names an endpoint that the
    /// transport does not allow.
    pub(crate) fn from_json(
        json: &[u8],
        issuer: &str,
        transport: Transport,
    ) -> Result<Self, DiscoveryError> {
        let document: Document = serde_json::from_slice(json).map_err(DiscoveryError::Malformed)?;
        match &document.issuer {
            Value::String(found) if found == issuer => {}
            Value::String(found) => {
                return Err(DiscoveryError::Issuer {
                    found: shown(found),
                    expected: issuer.to_owned(),
                });
            }
            _ => return Err(DiscoveryError::Missing { name: "issuer" }),
        }
        let needed = |name, member: &Value| needed(transport, name, member);
        let endpoint = |name, member: &Value| endpoint(transport, name, member);
        Ok(Self {
            issuer: issuer.to_owned(),
            authorization_endpoint: needed(
                "authorization_endpoint",
                &document.authorization_endpoint,
            )?,
            token_endpoint: needed("token_endpoint", &document.token_endpoint)?,
            jwks_uri: needed("jwks_uri", &document.jwks_uri)?,
            userinfo_endpoint: endpoint("userinfo_endpoint", &document.userinfo_endpoint)?,
            end_session_endpoint: endpoint("end_session_endpoint", &document.end_session_endpoint)?,
            pushed_authorization_request_endpoint: endpoint(
                "pushed_authorization_request_endpoint",
                &document.pushed_authorization_request_endpoint,
            )?,
            requires_pushed_authorization_requests: flag(
                "require_pushed_authorization_requests",
                &document.require_pushed_authorization_requests,
            )?,
            revocation_endpoint: endpoint("revocation_endpoint", &document.revocation_endpoint)?,
            auth_methods: AuthMethods::new(list(&document.token_endpoint_auth_methods_supported)),
            names_issuer_in_response: flag(
                "authorization_response_iss_parameter_supported",
                &document.authorization_response_iss_parameter_supported,
            )?,
        })
    }
}

#[cfg(test)]
mod tests;
