//! The provider's metadata (OpenID Connect Discovery §3 and §4.3).

mod error;
mod transport;

use serde::{Deserialize, Deserializer};
use url::Url;

use super::auth_methods::AuthMethods;

pub(crate) use self::{
    error::DiscoveryError,
    transport::{Transport, is_loopback},
};

/// What is read of a discovery document. Nothing else in it can refuse a login: providers leave
/// lists out that the specification requires, and write `""` where they have nothing to say.
#[derive(Deserialize)]
struct Document {
    issuer: String,
    authorization_endpoint: Url,
    #[serde(default, deserialize_with = "unless_empty")]
    token_endpoint: Option<Url>,
    jwks_uri: Url,
    #[serde(default, deserialize_with = "unless_empty")]
    userinfo_endpoint: Option<Url>,
    #[serde(default, deserialize_with = "unless_empty")]
    end_session_endpoint: Option<Url>,
    #[serde(default, deserialize_with = "unless_empty")]
    pushed_authorization_request_endpoint: Option<Url>,
    #[serde(default, deserialize_with = "unless_empty")]
    revocation_endpoint: Option<Url>,
    require_pushed_authorization_requests: Option<bool>,
    authorization_response_iss_parameter_supported: Option<bool>,
    token_endpoint_auth_methods_supported: Option<Vec<String>>,
}

fn unless_empty<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Url>, D::Error> {
    let text = Option::<String>::deserialize(deserializer)?;
    let text = text.filter(|text| !text.is_empty());
    let url = text.map(|text| Url::parse(&text)).transpose();
    url.map_err(serde::de::Error::custom)
}

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
        if document.issuer != issuer {
            return Err(DiscoveryError::Issuer {
                found: document.issuer.chars().take(300).collect(),
                expected: issuer.to_owned(),
            });
        }
        let optional = |name, url: &Option<Url>| {
            let url = url.as_ref().map(|url| transport.check(name, url));
            url.transpose()
        };
        let token_endpoint = optional("token_endpoint", &document.token_endpoint)?;
        Ok(Self {
            issuer: issuer.to_owned(),
            authorization_endpoint: transport
                .check("authorization_endpoint", &document.authorization_endpoint)?,
            token_endpoint: token_endpoint.ok_or(DiscoveryError::NoTokenEndpoint)?,
            jwks_uri: transport.check("jwks_uri", &document.jwks_uri)?,
            userinfo_endpoint: optional("userinfo_endpoint", &document.userinfo_endpoint)?,
            end_session_endpoint: optional("end_session_endpoint", &document.end_session_endpoint)?,
            pushed_authorization_request_endpoint: optional(
                "pushed_authorization_request_endpoint",
                &document.pushed_authorization_request_endpoint,
            )?,
            requires_pushed_authorization_requests: document
                .require_pushed_authorization_requests
                .unwrap_or_default(),
            revocation_endpoint: optional("revocation_endpoint", &document.revocation_endpoint)?,
            auth_methods: AuthMethods::new(document.token_endpoint_auth_methods_supported),
            names_issuer_in_response: document
                .authorization_response_iss_parameter_supported
                .unwrap_or_default(),
        })
    }
}

#[cfg(test)]
mod tests;
