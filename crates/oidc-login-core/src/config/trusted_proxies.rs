//! Which peers may say how the browser reached us.

use std::net::IpAddr;

use ipnet::IpNet;

use crate::error::ConfigError;

/// The proxies in front of the app whose forwarded headers count; none by default.
///
/// # Security
/// Anybody can send these headers. Only what a listed proxy adds is believed, and only of one
/// family; without the peer's address nobody is trusted.
#[derive(Clone, Debug, Default)]
pub struct TrustedProxies {
    networks: Vec<IpNet>,
    family: ForwardedFamily,
}

/// Which headers the proxies use.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum ForwardedFamily {
    /// `X-Forwarded-For`, `X-Forwarded-Host` and `X-Forwarded-Proto`.
    #[default]
    XForwarded,
    /// `Forwarded` (RFC 7239).
    Forwarded,
}

impl TrustedProxies {
    /// Proxies by address or network, such as `10.0.0.0/8` or `::1`.
    ///
    /// # Errors
    /// When an entry is neither.
    pub fn new(
        networks: impl IntoIterator<Item = impl AsRef<str>>,
        family: ForwardedFamily,
    ) -> Result<Self, ConfigError> {
        let parse = |text: &str| {
            text.parse::<IpNet>()
                .or_else(|_| text.parse::<IpAddr>().map(IpNet::from))
                .map_err(|_| {
                    ConfigError::new(
                        "trusted proxies",
                        text,
                        "addresses or networks such as 127.0.0.1, ::1 or 10.0.0.0/8",
                    )
                })
        };
        Ok(Self {
            networks: networks
                .into_iter()
                .map(|text| parse(text.as_ref()))
                .collect::<Result<_, _>>()?,
            family,
        })
    }

    /// Whether this peer is one of them.
    pub(crate) fn contains(&self, peer: IpAddr) -> bool {
        let peer = peer.to_canonical();
        self.networks.iter().any(|network| network.contains(&peer))
    }

    pub(crate) fn family(&self) -> ForwardedFamily {
        self.family
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.networks.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_and_networks_are_told_apart() {
        let proxies =
            TrustedProxies::new(["10.0.0.0/8", "::1"], ForwardedFamily::default()).unwrap();
        for (peer, trusted) in [
            ("10.1.2.3", true),
            ("::ffff:10.1.2.3", true),
            ("::1", true),
            ("127.0.0.1", false),
            ("11.0.0.1", false),
        ] {
            assert_eq!(proxies.contains(peer.parse().unwrap()), trusted, "{peer}");
        }
        assert!(TrustedProxies::new(["proxy.test"], ForwardedFamily::default()).is_err());
        assert!(!TrustedProxies::default().contains("127.0.0.1".parse().unwrap()));
    }
}
