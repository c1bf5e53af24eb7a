//! Settings that drop a guarantee.

use super::ClientConfigBuilder;

/// Settings that drop a guarantee; each says which.
#[derive(Debug)]
#[must_use]
pub struct Dangerous(pub(super) ClientConfigBuilder);

impl Dangerous {
    /// Accepts any redirect URI, Keycloak's lone `*`. With
    /// [`valid_redirect_uris`](ClientConfigBuilder::valid_redirect_uris) beside it nothing is built.
    ///
    /// # Security
    /// With [`RedirectUri::FromHost`](crate::config::RedirectUri::FromHost) whoever chooses the host of a request chooses where the code
    /// goes; only the provider's own list is left.
    pub fn allow_any_redirect_uri(mut self) -> ClientConfigBuilder {
        self.0.any_redirect_uri = true;
        self.0
    }

    /// Accepts an issuer, and endpoints, with http on any host.
    ///
    /// # Security
    /// See [`DangerousProvider::allow_http_issuer`](crate::config::DangerousProvider::allow_http_issuer).
    pub fn allow_http_issuer(mut self) -> ClientConfigBuilder {
        self.0.provider_settings = self.0.provider_settings.dangerous().allow_http_issuer();
        self.0
    }

    /// Accepts a root URL with http on a host that is not loopback.
    ///
    /// # Security
    /// Cookies and codes then cross the network in the clear.
    pub fn allow_http_root_url(mut self) -> ClientConfigBuilder {
        self.0.http_on_any_host = true;
        self.0
    }
}
