//! Where the demo listens.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::{error::SettingsError, variables::Variables};

const DEFAULT_PORT: u16 = 5000;

/// The addresses and the port the demo listens on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Listen {
    pub(crate) bind: Bind,
    pub(crate) port: u16,
}

/// `BIND`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Bind {
    /// 127.0.0.1 and, where the machine has it, `[::1]`: both are what `localhost` may mean.
    Loopback,
    Address(IpAddr),
}

impl Listen {
    pub(super) fn new(variables: &Variables) -> Result<Self, SettingsError> {
        let bind = variables.parsed("BIND", "an IP address, or localhost", |text| {
            if text == "localhost" {
                return Some(Bind::Loopback);
            }
            let text = text
                .strip_prefix('[')
                .map_or(text, |rest| rest.strip_suffix(']').unwrap_or(text));
            text.parse().ok().map(Bind::Address)
        })?;
        Ok(Self {
            bind: bind.unwrap_or(Bind::Loopback),
            port: port(variables, "PORT")?.unwrap_or(DEFAULT_PORT),
        })
    }
}

impl Bind {
    /// The addresses; all after the first may be missing on this machine.
    pub(crate) fn addresses(self) -> Vec<IpAddr> {
        match self {
            Self::Loopback => vec![Ipv4Addr::LOCALHOST.into(), Ipv6Addr::LOCALHOST.into()],
            Self::Address(address) => vec![address],
        }
    }

    pub(super) fn is_loopback(self) -> bool {
        self.addresses().iter().all(IpAddr::is_loopback)
    }
}

pub(super) fn port(
    variables: &Variables,
    name: &'static str,
) -> Result<Option<u16>, SettingsError> {
    variables.parsed(name, "a port, 1 to 65535", |text| {
        text.parse().ok().filter(|port| *port != 0)
    })
}
