//! The provider's side of the configuration.

use std::{collections::BTreeMap, path::PathBuf, sync::Arc, time::Duration};

use super::{MetadataSource, WebUrl};
use crate::{error::ConfigError, protocol::metadata::Transport, seams::HttpClient};

/// A provider, as many clients as an app has at it.
#[derive(Clone)]
pub struct ProviderConfig {
    pub(crate) issuer: String,
    pub(crate) http_client: Arc<dyn HttpClient>,
    pub(crate) transport: Transport,
    pub(crate) metadata: MetadataSource,
    pub(crate) request_timeout: Duration,
    pub(crate) refresh_interval: time::Duration,
}

/// How long one request may take, unless set otherwise.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(10);
/// How old metadata and keys may be, unless set otherwise.
const REFRESH_INTERVAL: time::Duration = time::Duration::HOUR;

/// Settings of a [`ProviderConfig`].
#[derive(Clone, Default)]
#[must_use]
pub struct ProviderConfigBuilder {
    issuer: Option<String>,
    ca_file: Option<PathBuf>,
    request_timeout: Option<Duration>,
    refresh_interval: Option<Duration>,
    http_client: Option<Arc<dyn HttpClient>>,
    http_anywhere: bool,
    /// By their names in the provider's metadata.
    pub(super) endpoints: BTreeMap<&'static str, String>,
    pub(super) names_issuer_in_response: Option<bool>,
    pub(super) without_discovery: bool,
}

impl ProviderConfig {
    /// Settings to fill in; only the issuer has to be there.
    ///
    /// ```
    /// # use oidc_login_core as oidc_login;
    /// use std::time::Duration;
    /// use oidc_login::config::{ClientConfig, ProviderConfig};
    ///
    /// # fn client() -> Result<ClientConfig, oidc_login::ConfigError> {
    /// let provider = ProviderConfig::builder()
    ///     .issuer("https://login.example.com/realms/staff")
    ///     .request_timeout(Duration::from_secs(5))
    ///     .build()?;
    /// let client = ClientConfig::builder()
    ///     .provider(provider)
    ///     .public_client("intranet")
    ///     .root_url("https://intranet.example.com/")
    ///     .build()?;
    /// # Ok(client)
    /// # }
    /// # client().unwrap();
    /// ```
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

    /// How old the provider's metadata and keys may be before a login has them fetched again, in the
    /// background: that login does not wait, and while the provider does not answer, what was known
    /// stays. A minute to a day. Default: an hour.
    ///
    /// A new key needs no refresh: an ID token that names an unknown one has the keys fetched at once.
    ///
    /// # Security
    /// A key that the provider withdrew is trusted until then.
    pub fn refresh_interval(mut self, interval: Duration) -> Self {
        self.refresh_interval = Some(interval);
        self
    }

    /// Sends requests another way, instead of `ca_file` and `request_timeout`.
    ///
    /// It should give up after ten seconds: a refresh is not waited for much longer, so that
    /// another node can take over.
    pub fn http_client(mut self, client: impl HttpClient) -> Self {
        self.http_client = Some(Arc::new(client));
        self
    }

    /// Settings that drop a guarantee.
    pub fn dangerous(self) -> DangerousProvider {
        DangerousProvider(self)
    }

    /// Whether nothing was set.
    pub(crate) fn is_empty(&self) -> bool {
        let without_addresses = self.request_timeout.is_none() && self.http_client.is_none();
        let without_issuer = self.issuer.is_none() && self.refresh_interval.is_none();
        without_issuer && self.ca_file.is_none() && without_addresses && !self.http_anywhere
    }

    /// Checks the settings.
    ///
    /// # Errors
    /// When the issuer is missing, is no https URL (http only for loopback hosts), has a query
    /// or a fragment, or is the address of its discovery document; when an endpoint given by hand is
    /// none, or a needed one is missing; when the CA file cannot be used; when the request timeout is
    /// zero, or the refresh interval not within its bounds.
    pub fn build(self) -> Result<ProviderConfig, ConfigError> {
        const ALLOWED: &str = "an https URL without query (http only for localhost), as the provider writes it in its discovery document";
        let issuer = self
            .issuer
            .as_deref()
            .ok_or_else(|| ConfigError::missing("issuer", ALLOWED))?;
        let refused = || ConfigError::new("issuer", issuer, ALLOWED);
        let url = WebUrl::parse(issuer).map_err(|defect| refused().with_source(defect))?;
        let transport = match (url.is_https(), url.is_loopback()) {
            (true, _) => Transport::Https,
            (false, _) if self.http_anywhere => Transport::HttpAnywhere,
            (false, true) => Transport::HttpOnLoopback,
            (false, false) => return Err(refused()),
        };
        if url.query().is_some() {
            return Err(refused());
        }
        if let Some((itself, _)) = issuer.split_once("/.well-known/") {
            let allowed = format!("the issuer itself, probably {itself}");
            return Err(ConfigError::new("issuer", issuer, allowed));
        }
        Ok(ProviderConfig {
            issuer: issuer.to_owned(),
            metadata: self.metadata_source(issuer, transport)?,
            request_timeout: self.request_timeout.unwrap_or(REQUEST_TIMEOUT),
            refresh_interval: self.checked_refresh_interval()?,
            http_client: self.client()?,
            transport,
        })
    }

    fn checked_refresh_interval(&self) -> Result<time::Duration, ConfigError> {
        let Some(interval) = self.refresh_interval else {
            return Ok(REFRESH_INTERVAL);
        };
        let allowed = time::Duration::MINUTE..=time::Duration::DAY;
        let within = time::Duration::try_from(interval).ok();
        let within = within.filter(|interval| allowed.contains(interval));
        within.ok_or_else(|| {
            let value = format!("{interval:?}");
            ConfigError::new("refresh_interval", value, "a minute to a day")
        })
    }

    #[cfg(feature = "tokio")]
    fn client(self) -> Result<Arc<dyn HttpClient>, ConfigError> {
        if let Some(client) = self.http_client {
            return match (self.ca_file, self.request_timeout) {
                (None, None) => Ok(client),
                _ => Err(ConfigError::new(
                    "http client",
                    "a client of the app, and ca_file or request_timeout",
                    "either a client, or settings for ours",
                )),
            };
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

/// Settings of a provider that drop a guarantee; each says which.
#[derive(Debug)]
#[must_use]
pub struct DangerousProvider(ProviderConfigBuilder);

impl DangerousProvider {
    /// Accepts an issuer, and endpoints, with http on any host: `http://keycloak:8080` in a test
    /// network of containers.
    ///
    /// # Security
    /// Codes, tokens and the provider's keys then cross the network in the clear, and whoever is
    /// in between can sign anybody in.
    pub fn allow_http_issuer(mut self) -> ProviderConfigBuilder {
        self.0.http_anywhere = true;
        self.0
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
    fn the_address_of_the_discovery_document_is_no_issuer() {
        let document = "https://provider.test/realms/a/.well-known/openid-configuration";
        let refused = ProviderConfig::builder().issuer(document).build();
        let allowed = "the issuer itself, probably https://provider.test/realms/a";
        assert_eq!(refused.unwrap_err().allowed(), allowed);
    }

    #[test]
    fn http_on_another_host_is_dangerous() {
        let builder = ProviderConfig::builder().issuer("http://keycloak:8080/realms/a");
        assert!(builder.clone().build().is_err());
        let provider = builder.dangerous().allow_http_issuer().build().unwrap();
        assert_eq!(provider.transport, Transport::HttpAnywhere);
    }

    #[test]
    fn settings_that_would_be_ignored_are_refused() {
        let client = crate::seams::ReqwestClient::new().unwrap();
        let builder = ProviderConfig::builder().issuer("https://provider.test");
        let both = builder
            .clone()
            .http_client(client)
            .ca_file("ca.pem")
            .build();
        assert_eq!(both.unwrap_err().setting(), "http client");
        let never = builder.request_timeout(Duration::ZERO).build();
        assert_eq!(never.unwrap_err().setting(), "request_timeout");
    }

    #[test]
    fn keys_are_not_trusted_for_ever_and_nobody_is_asked_all_the_time() {
        for (seconds, accepted) in [
            (0, false),
            (59, false),
            (60, true),
            (86_400, true),
            (86_401, false),
            (u64::MAX, false),
        ] {
            let builder = ProviderConfig::builder().issuer("https://provider.test");
            let built = builder
                .refresh_interval(Duration::from_secs(seconds))
                .build();
            let wrong = built.as_ref().err().map(ConfigError::setting);
            let expected = (!accepted).then_some("refresh_interval");
            assert_eq!(wrong, expected, "{seconds}");
        }
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
