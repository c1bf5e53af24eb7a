//! A provider's endpoints, given by hand.

use url::Url;

use super::ProviderConfigBuilder;
use crate::{
    error::ConfigError,
    protocol::{
        metadata::{Metadata, Transport},
        stated_metadata::StatedMetadata,
    },
};

/// Where a provider's metadata comes from.
#[derive(Clone, Debug)]
pub(crate) enum MetadataSource {
    /// From its discovery document, but for what is stated.
    Discovery(StatedMetadata),
    /// From the configuration alone.
    Stated(Box<Metadata>),
}

/// Endpoints by hand, for a provider without a discovery document, or in place of what its document
/// says (OpenID Connect Discovery §3). They are https, or http where the issuer may be.
impl ProviderConfigBuilder {
    /// Does not ask for a discovery document: everything is set here. There must be an
    /// [`authorization_endpoint`](Self::authorization_endpoint), a
    /// [`token_endpoint`](Self::token_endpoint) and a [`jwks_uri`](Self::jwks_uri); what else is not
    /// set, the provider does not have. Its keys are still fetched.
    ///
    /// ```
    /// # fn provider() -> Result<oidc_login_core::config::ProviderConfig, oidc_login_core::ConfigError> {
    /// let provider = oidc_login_core::config::ProviderConfig::builder()
    ///     .issuer("https://login.example")
    ///     .without_discovery()
    ///     .authorization_endpoint("https://login.example/authorize")
    ///     .token_endpoint("https://login.example/token")
    ///     .jwks_uri("https://login.example/keys")
    ///     .build()?;
    /// # Ok(provider) }
    /// # provider().unwrap();
    /// ```
    pub fn without_discovery(mut self) -> Self {
        self.without_discovery = true;
        self
    }

    /// Where the browser is sent to sign in.
    pub fn authorization_endpoint(self, url: impl Into<String>) -> Self {
        self.endpoint("authorization_endpoint", url)
    }

    /// Where a code becomes tokens.
    pub fn token_endpoint(self, url: impl Into<String>) -> Self {
        self.endpoint("token_endpoint", url)
    }

    /// Where the provider's keys are.
    pub fn jwks_uri(self, url: impl Into<String>) -> Self {
        self.endpoint("jwks_uri", url)
    }

    /// Where an access token buys claims about the user.
    pub fn userinfo_endpoint(self, url: impl Into<String>) -> Self {
        self.endpoint("userinfo_endpoint", url)
    }

    /// Where the user's session at the provider is ended (RP-Initiated Logout §2.1).
    pub fn end_session_endpoint(self, url: impl Into<String>) -> Self {
        self.endpoint("end_session_endpoint", url)
    }

    /// Where authorization requests are pushed to (RFC 9126 §5).
    pub fn pushed_authorization_request_endpoint(self, url: impl Into<String>) -> Self {
        self.endpoint("pushed_authorization_request_endpoint", url)
    }

    /// Where tokens are revoked when their user signs out (RFC 7009 §2).
    pub fn revocation_endpoint(self, url: impl Into<String>) -> Self {
        self.endpoint("revocation_endpoint", url)
    }

    /// Whether every answer of the provider names its issuer (RFC 9207 §3). Default: what the discovery
    /// document says; without one, no.
    ///
    /// # Security
    /// With `true` an answer without `iss` is refused, so that nobody can pass another provider's
    /// answer off as this one's. An `iss` that is there is compared either way.
    pub fn authorization_response_iss_parameter_supported(mut self, supported: bool) -> Self {
        self.names_issuer_in_response = Some(supported);
        self
    }

    fn endpoint(mut self, name: &'static str, url: impl Into<String>) -> Self {
        self.endpoints.insert(name, url.into());
        self
    }

    pub(super) fn metadata_source(
        &self,
        issuer: &str,
        transport: Transport,
    ) -> Result<MetadataSource, ConfigError> {
        let mut stated = StatedMetadata {
            names_issuer_in_response: self.names_issuer_in_response,
            ..StatedMetadata::default()
        };
        for (&name, text) in &self.endpoints {
            const ALLOWED: &str =
                "a whole https URL (http only for localhost, where the issuer is there too)";
            let refused = || ConfigError::new(name, text, ALLOWED);
            let url = Url::parse(text).map_err(|error| refused().with_source(error))?;
            let url = transport.check(name, &url);
            let url = url.map_err(|error| refused().with_source(error))?;
            stated.endpoints.insert(name, url);
        }
        if !self.without_discovery {
            return Ok(MetadataSource::Discovery(stated));
        }
        match stated.complete(issuer) {
            Ok(metadata) => Ok(MetadataSource::Stated(Box::new(metadata))),
            Err(name) => Err(ConfigError::missing(
                name,
                "the provider's address for it, as there is no discovery document to ask",
            )),
        }
    }
}

#[cfg(all(test, feature = "tokio"))]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;
    use crate::config::ProviderConfig;

    fn by_hand(issuer: &str, token_endpoint: &str) -> ProviderConfigBuilder {
        ProviderConfig::builder()
            .issuer(issuer)
            .without_discovery()
            .authorization_endpoint(format!("{issuer}/authorize"))
            .token_endpoint(token_endpoint)
            .jwks_uri(format!("{issuer}/keys"))
    }

    #[test]
    fn endpoints_are_as_safe_as_discovered_ones() {
        for (issuer, token_endpoint, accepted) in [
            ("https://a.test", "https://a.test/token/", true),
            ("https://a.test", "https://b.test/token", true),
            ("https://a.test", "http://a.test/token", false),
            ("https://a.test", "http://localhost/token", false),
            ("https://a.test", "/token", false),
            ("https://a.test", "", false),
            ("https://a.test", "javascript:alert(1)", false),
            ("http://localhost:1", "http://localhost:2/token", true),
            ("http://localhost:1", "http://keycloak:2/token", false),
        ] {
            let built = by_hand(issuer, token_endpoint).build();
            let wrong = built.as_ref().err().map(ConfigError::setting);
            let expected = (!accepted).then_some("token_endpoint");
            assert_eq!(wrong, expected, "{issuer} {token_endpoint}");
        }
        let anywhere = by_hand("http://keycloak:1", "http://keycloak:1/token");
        assert!(anywhere.dangerous().allow_http_issuer().build().is_ok());
    }

    #[test]
    fn without_discovery_nothing_that_is_needed_may_be_missing() {
        for name in ["authorization_endpoint", "token_endpoint", "jwks_uri"] {
            let mut builder = by_hand("https://a.test", "https://a.test/token");
            builder.endpoints.remove(name);
            let error = builder.clone().build().unwrap_err();
            assert_eq!((error.setting(), error.value()), (name, "nothing"));
            builder.without_discovery = false;
            assert!(builder.build().is_ok(), "{name}");
        }
    }
}
