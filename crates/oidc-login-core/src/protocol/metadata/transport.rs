//! How the endpoints of a provider may be reached.

use url::Url;

use super::{DiscoveryError, document::shown};

/// How a provider may be reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Transport {
    /// By https alone: its issuer is https.
    Https,
    /// By http as well, on this machine: its issuer is http there.
    HttpOnLoopback,
    /// By http anywhere.
    ///
    /// # Security
    /// Codes, tokens and keys cross the network in the clear.
    HttpAnywhere,
}

impl Transport {
    /// The address of an endpoint, if it is one that may be asked.
    ///
    /// # Errors
    /// When it is neither https nor http where that is allowed, or no request can be sent to it.
    pub(crate) fn check(self, name: &'static str, url: &Url) -> Result<Url, DiscoveryError> {
        let may_be_http = match self {
            Self::Https => false,
            Self::HttpOnLoopback => is_loopback(url),
            Self::HttpAnywhere => true,
        };
        let is_safe = url.scheme() == "https" || (url.scheme() == "http" && may_be_http);
        // A URI is at most 64 KB long and allows fewer characters than a URL.
        let is_uri = url.as_str().parse::<http::Uri>().is_ok();
        // A name and a password in it would take the place of our own in the Authorization header.
        let is_uri = is_uri && url.username().is_empty() && url.password().is_none();
        let shown = || shown(url.as_str());
        match (is_safe, is_uri) {
            (true, true) => Ok(url.clone()),
            (true, false) => Err(DiscoveryError::Unusable { name, url: shown() }),
            (false, _) => Err(DiscoveryError::NotHttps { name, url: shown() }),
        }
    }
}

/// Whether the host is `localhost`, in `127.0.0.0/8`, or `[::1]`.
pub(crate) fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(url::Host::Domain(host)) => host == "localhost",
        Some(url::Host::Ipv4(address)) => address.is_loopback(),
        Some(url::Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}
