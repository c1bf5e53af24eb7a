//! The provider's side of the configuration.

use std::{path::PathBuf, sync::Arc, time::Duration};

use super::WebUrl;
use crate::{error::ConfigError, seams::HttpClient};

/// A provider, as many clients as an app has at it.
#[derive(Clone)]
pub struct ProviderConfig {
    pub(crate) issuer: String,
    pub(crate) http_client: Arc<dyn HttpClient>,
}

/// Settings of a [`ProviderConfig`].
#[derive(Clone, Default)]
pub struct ProviderConfigBuilder {
    issuer: Option<String>,
    ca_file: Option<PathBuf>,
    request_timeout: Option<Duration>,
    http_client: Option<Arc<dyn HttpClient>>,
}

impl ProviderConfig {
    /// Settings to fill in.
    pub fn builder() -> ProviderConfigBuilder {
        ProviderConfigBuilder::default()
    }

    /// The issuer, the very text of the configuration.
    pub fn issuer(&self) -> &str {
        &self.issuer
    }
}

impl ProviderConfigBuilder {
    /// The issuer: the very text that the provider uses, case and trailing slash included
    /// (OpenID Connect Discovery §4.3).
    pub fn issuer(mut self, issuer: impl Into<String>) -> Self {
        self.issuer = Some(issuer.into());
        self
    }

    /// A file with certificates (PEM) of authorities to trust besides the platform's.
    pub fn ca_file(mut self, path: impl Into<PathBuf>) -> Self {
        self.ca_file = Some(path.into());
        self
    }

    /// How long one request to the provider may take. Default: 10 seconds.
    pub fn request_timeout(mut self, timeout: Duration) -> Self {
        self.request_timeout = Some(timeout);
        self
    }

    /// Sends requests another way, instead of `ca_file` and `request_timeout`.
    pub fn http_client(mut self, client: impl HttpClient) -> Self {
        self.http_client = Some(Arc::new(client));
        self
    }

    /// Checks the settings.
    ///
    /// # Errors
    /// When the issuer is missing, is no https URL (http only for loopback hosts), or has a query
    /// or a fragment; when the CA file cannot be used.
    pub fn build(self) -> Result<ProviderConfig, ConfigError> {
        const ALLOWED: &str = "an https URL without query (http only for localhost), as the provider writes it in its discovery document";
        let issuer = self
            .issuer
            .as_deref()
            .ok_or_else(|| ConfigError::missing("issuer", ALLOWED))?;
        let refused = || ConfigError::new("issuer", issuer, ALLOWED);
        let url = WebUrl::parse(issuer).map_err(|defect| refused().with_source(defect))?;
        if url.query().is_some() || !(url.is_https() || url.is_loopback()) {
            return Err(refused());
        }
        Ok(ProviderConfig {
            issuer: issuer.to_owned(),
            http_client: self.client()?,
        })
    }

    #[cfg(feature = "tokio")]
    fn client(self) -> Result<Arc<dyn HttpClient>, ConfigError> {
        if let Some(client) = self.http_client {
            return Ok(client);
        }
        let mut builder = crate::seams::ReqwestClient::builder();
        if let Some(timeout) = self.request_timeout {
            builder = builder.timeout(timeout);
        }
        if let Some(path) = self.ca_file {
            builder = builder.ca_file(path)?;
        }
        Ok(Arc::new(builder.build()?))
    }

    #[cfg(not(feature = "tokio"))]
    fn client(self) -> Result<Arc<dyn HttpClient>, ConfigError> {
        self.http_client.ok_or_else(|| {
            ConfigError::missing("http client", "one is needed without the feature `tokio`")
        })
    }
}

impl std::fmt::Debug for ProviderConfig {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ProviderConfig")
            .field("issuer", &self.issuer)
            .finish_non_exhaustive()
    }
}

impl std::fmt::Debug for ProviderConfigBuilder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ProviderConfigBuilder")
            .field("issuer", &self.issuer)
            .field("ca_file", &self.ca_file)
            .finish_non_exhaustive()
    }
}

#[cfg(all(test, feature = "tokio"))]
mod tests {
    use super::*;

    #[test]
    fn an_issuer_is_https_or_loopback() {
        for (issuer, accepted) in [
            ("https://provider.test", true),
            ("https://provider.test/realms/myRealm", true),
            ("https://provider.test/", true),
            ("http://localhost:8080/realms/myRealm", true),
            ("http://127.0.0.1:8080", true),
            ("http://[::1]:8080", true),
            ("http://provider.test", false),
            ("https://provider.test?a=b", false),
            ("https://provider.test#a", false),
            ("https://user@provider.test", false),
            ("provider.test", false),
            ("", false),
        ] {
            let built = ProviderConfig::builder().issuer(issuer).build();
            assert_eq!(built.is_ok(), accepted, "{issuer}");
        }
        assert!(ProviderConfig::builder().build().is_err());
    }

    #[test]
    fn a_ca_file_must_hold_certificates() {
        let builder = ProviderConfig::builder().issuer("https://provider.test");
        let error = builder
            .clone()
            .ca_file("/does/not/exist.pem")
            .build()
            .unwrap_err();
        assert_eq!(error.setting(), "ca_file");
        let error = builder.ca_file("Cargo.toml").build().unwrap_err();
        assert!(error.to_string().contains("PEM"), "{error}");
    }
}
