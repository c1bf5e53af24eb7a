//! Opening the demo's port, and explaining when that fails.

use std::{
    error::Error,
    fmt,
    io::{self, ErrorKind},
    net::{IpAddr, SocketAddr},
};

use tokio::net::TcpListener;

use crate::settings::Listen;

/// Listens on every address of the setting.
///
/// `[::1]` is left out where the machine has no IPv6; one address must be there.
pub(crate) async fn listen(on: Listen) -> Result<Vec<TcpListener>, ListenError> {
    let mut listeners = Vec::new();
    for (nth, ip) in on.bind.addresses().into_iter().enumerate() {
        let address = SocketAddr::new(ip, on.port);
        match TcpListener::bind(address).await {
            Ok(listener) => listeners.push(listener),
            Err(error) if nth > 0 && is_missing(ip, &error) => {
                tracing::debug!(%address, %error, "not on this machine");
            }
            Err(source) => return Err(ListenError { address, source }),
        }
    }
    Ok(listeners)
}

fn is_missing(ip: IpAddr, error: &io::Error) -> bool {
    let is_taken_or_forbidden = matches!(
        error.kind(),
        ErrorKind::AddrInUse | ErrorKind::PermissionDenied
    );
    ip.is_ipv6() && !is_taken_or_forbidden
}

/// An address that cannot be listened on.
#[derive(Debug)]
pub(crate) struct ListenError {
    address: SocketAddr,
    source: io::Error,
}

impl fmt::Display for ListenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { address, source } = self;
        let port = address.port();
        match source.kind() {
            ErrorKind::AddrInUse => {
                write!(f, "{address} is taken by another program")?;
                if port == 5000 {
                    f.write_str(
                        " (on macOS it is AirPlay Receiver, \
                         in System Settings under AirDrop & Handoff)",
                    )?;
                }
                let other = if port == 8000 { 8010 } else { 8000 };
                write!(f, "; stop it, or take another port: PORT={other}")
            }
            ErrorKind::PermissionDenied => write!(
                f,
                "{address} may not be opened by this user; take a port above 1023: PORT=8000"
            ),
            ErrorKind::AddrNotAvailable => write!(
                f,
                "{} is not an address of this machine; correct BIND, or leave it unset",
                address.ip()
            ),
            _ => write!(f, "{address} cannot be listened on"),
        }
    }
}

impl Error for ListenError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(&self.source)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;
    use crate::settings::Bind;

    fn explained(kind: ErrorKind, address: &str) -> String {
        let source = io::Error::from(kind);
        let address = address.parse().unwrap();
        ListenError { address, source }.to_string()
    }

    #[test]
    fn each_failure_says_what_to_do() {
        for (kind, address, part) in [
            (ErrorKind::AddrInUse, "127.0.0.1:5000", "AirPlay"),
            (ErrorKind::AddrInUse, "127.0.0.1:5000", "PORT=8000"),
            (ErrorKind::AddrInUse, "[::1]:8000", "PORT=8010"),
            (ErrorKind::PermissionDenied, "127.0.0.1:80", "above 1023"),
            (
                ErrorKind::AddrNotAvailable,
                "192.0.2.1:5000",
                "correct BIND",
            ),
        ] {
            let text = explained(kind, address);
            assert!(text.contains(part), "{text}");
        }
        assert!(!explained(ErrorKind::AddrInUse, "127.0.0.1:8000").contains("AirPlay"));
    }

    #[test]
    fn only_ipv6_may_be_missing_and_never_because_it_is_taken() {
        for (ip, kind, expected) in [
            ("::1", ErrorKind::AddrNotAvailable, true),
            ("::1", ErrorKind::Unsupported, true),
            ("::1", ErrorKind::AddrInUse, false),
            ("::1", ErrorKind::PermissionDenied, false),
            ("127.0.0.1", ErrorKind::AddrNotAvailable, false),
        ] {
            let ip = ip.parse().unwrap();
            assert_eq!(is_missing(ip, &kind.into()), expected, "{ip} {kind}");
        }
    }

    #[tokio::test]
    async fn a_taken_port_is_an_error_that_names_it() {
        let first = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = first.local_addr().unwrap().port();
        let bind = Bind::Loopback;
        let error = listen(Listen { bind, port }).await.unwrap_err();
        assert!(
            error
                .to_string()
                .starts_with(&format!("127.0.0.1:{port} is taken"))
        );
    }
}
