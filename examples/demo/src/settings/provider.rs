//! Which provider signs people in.

use oidc_login_dev_provider::Bend;
use url::{Host, Url};

use super::{
    error::SettingsError,
    listen::{Listen, port},
    variables::Variables,
};

/// The provider.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Provider {
    /// `OIDC_ISSUER`, kept letter by letter: the provider's own text must be the same.
    Issuer(String),
    /// The embedded one, on this port, which may lie about one thing.
    Embedded { port: u16, bend: Option<Bend> },
}

impl Provider {
    pub(super) fn new(
        variables: &Variables,
        listen: Listen,
        root_url: &str,
    ) -> Result<Self, SettingsError> {
        let issuer = variables.parsed("OIDC_ISSUER", WEB_ADDRESS, |text| {
            web_address(text).map(|_| text.to_owned())
        })?;
        let name = "OIDC_DEV_PROVIDER_BEND";
        let all: Vec<_> = Bend::ALL.iter().map(|bend| bend.name()).collect();
        let bend = variables.parsed(name, &all.join(", "), |text| text.parse().ok())?;
        match (issuer, bend) {
            (Some(_), Some(bend)) => {
                let allowed = "to leave it unset with OIDC_ISSUER: only the embedded provider lies";
                Err(SettingsError::new(name, Bend::name(bend), allowed))
            }
            (Some(issuer), None) => Ok(Self::Issuer(issuer)),
            (None, bend) => Self::embedded(variables, listen, root_url, bend),
        }
    }

    /// The issuer, letter by letter.
    pub(crate) fn issuer(&self) -> String {
        match self {
            Self::Issuer(issuer) => issuer.clone(),
            Self::Embedded { port, .. } => format!("http://localhost:{port}"),
        }
    }

    /// Its users and their passwords are public: it must stay on this machine.
    fn embedded(
        variables: &Variables,
        listen: Listen,
        root_url: &str,
        lie: Option<Bend>,
    ) -> Result<Self, SettingsError> {
        let allowed = "a loopback address with the embedded provider, whose passwords are public; \
                       set OIDC_ISSUER to use a provider of your own";
        if !listen.bind.is_loopback() {
            let bind = variables.text("BIND").unwrap_or_default();
            return Err(SettingsError::new("BIND", bind, allowed));
        }
        if !is_loopback(root_url) {
            return Err(SettingsError::new("OIDC_ROOT_URL", root_url, allowed));
        }
        let name = "OIDC_DEV_PROVIDER_PORT";
        let port = match port(variables, name)? {
            Some(port) => port,
            None => listen.port.checked_add(1).ok_or_else(|| {
                SettingsError::new("PORT", "65535", format!("less than 65535, or set {name}"))
            })?,
        };
        if port == listen.port {
            return Err(SettingsError::new(
                name,
                &port.to_string(),
                "another port than PORT",
            ));
        }
        Ok(Self::Embedded { port, bend: lie })
    }
}

pub(super) const WEB_ADDRESS: &str = "an address that begins with https:// or http://";

pub(super) fn web_address(text: &str) -> Option<Url> {
    Url::parse(text)
        .ok()
        .filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host())
}

fn is_loopback(address: &str) -> bool {
    let url = web_address(address);
    match url.as_ref().and_then(Url::host) {
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(Host::Ipv4(ip)) => ip.is_loopback(),
        Some(Host::Ipv6(ip)) => ip.is_loopback(),
        None => false,
    }
}

#[cfg(test)]
mod tests;
