//! The issuer, and the addresses below it.

use std::net::IpAddr;

use http::{Request, header::HOST, uri::Authority};
use url::{Host, Url};

use crate::ConfigError;

/// The provider's name, exactly as written: relying parties compare it as text.
#[derive(Debug, Clone)]
pub(crate) struct Issuer {
    written: String,
    url: Url,
}

impl Issuer {
    pub(crate) fn parse(written: &str) -> Result<Self, ConfigError> {
        let refused = |allowed: &str| Err(ConfigError::new("issuer", written, allowed));
        let allowed = "an http or https URL without user, query and fragment, for example `http://localhost:5001/realms/dev`";
        let Ok(url) = Url::parse(written) else {
            return refused(allowed);
        };
        let plain = url.username().is_empty()
            && url.password().is_none()
            && url.query().is_none()
            && url.fragment().is_none();
        if !plain || !matches!(url.scheme(), "http" | "https") || url.host().is_none() {
            return refused(allowed);
        }
        let unreserved = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte);
        if !url.path().bytes().all(unreserved) || url.path().contains("//") {
            return refused("a path of letters, digits and `-._~`, with single slashes");
        }
        // Relying parties compare text; one that parses and prints URLs would otherwise see another name.
        if url.as_str().trim_end_matches('/') != written.trim_end_matches('/') {
            let normal = url.as_str().trim_end_matches('/');
            return refused(&format!("the URL in its normal form: `{normal}`"));
        }
        Ok(Self {
            written: written.to_owned(),
            url,
        })
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.written
    }

    /// Where the endpoints start: the issuer's path without a slash at its end, so empty for the root.
    pub(crate) fn base_path(&self) -> &str {
        self.url.path().trim_end_matches('/')
    }

    pub(crate) fn endpoint(&self, path: &str) -> String {
        format!("{}{path}", self.written.trim_end_matches('/'))
    }

    /// The `Path` of our cookies.
    pub(crate) fn cookie_path(&self) -> &str {
        if self.base_path().is_empty() {
            "/"
        } else {
            self.base_path()
        }
    }

    pub(crate) fn is_https(&self) -> bool {
        self.url.scheme() == "https"
    }

    pub(crate) fn port(&self) -> u16 {
        self.url
            .port_or_known_default()
            .expect("http and https have a default port")
    }

    /// Port 0 asks the system for a free one.
    pub(crate) fn with_port(&self, port: u16) -> Self {
        let mut url = self.url.clone();
        url.set_port(Some(port))
            .expect("an http URL with a host takes a port");
        let slash = if self.written.ends_with('/') { "/" } else { "" };
        Self {
            written: format!("{}{slash}", url.as_str().trim_end_matches('/')),
            url,
        }
    }

    /// The addresses a browser reaches this issuer by; `None` for a name of the network.
    pub(crate) fn loopback_addresses(&self) -> Option<Vec<IpAddr>> {
        let name_of_this_machine = |name: &str| name == "localhost" || name.ends_with(".localhost");
        match self.url.host()? {
            Host::Domain(name) if name_of_this_machine(name) => Some(vec![
                [127, 0, 0, 1].into(),
                std::net::Ipv6Addr::LOCALHOST.into(),
            ]),
            Host::Ipv4(address) if address.is_loopback() => Some(vec![address.into()]),
            Host::Ipv6(address) if address.is_loopback() => Some(vec![address.into()]),
            _ => None,
        }
    }

    /// Whether a request was meant for us, by its `Host` and by its target in absolute form (HTTP/2: its authority).
    ///
    /// A page on a name that an attacker points at 127.0.0.1 sends that name: it must get nothing.
    pub(crate) fn is_asked_for<B>(&self, request: &Request<B>) -> bool {
        let mut asked: Vec<&str> = request
            .uri()
            .authority()
            .map(Authority::as_str)
            .into_iter()
            .collect();
        for host in request.headers().get_all(HOST) {
            asked.push(host.to_str().unwrap_or_default());
        }
        !asked.is_empty() && asked.iter().all(|authority| self.is_authority(authority))
    }

    fn is_authority(&self, authority: &str) -> bool {
        if authority.is_empty() || authority.contains(['/', '?', '#', '@', '\\']) {
            return false;
        }
        Url::parse(&format!("{}://{authority}/", self.url.scheme())).is_ok_and(|url| {
            url.host() == self.url.host()
                && url.port_or_known_default() == self.url.port_or_known_default()
        })
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn the_issuer_stays_as_written() {
        for (written, base, discovery) in [
            ("http://localhost:5001", "", "http://localhost:5001/x"),
            ("http://localhost:5001/", "", "http://localhost:5001/x"),
            (
                "http://localhost:5001/realms/dev",
                "/realms/dev",
                "http://localhost:5001/realms/dev/x",
            ),
            (
                "http://localhost:5001/realms/dev/",
                "/realms/dev",
                "http://localhost:5001/realms/dev/x",
            ),
        ] {
            let issuer = Issuer::parse(written).unwrap();
            assert_eq!(
                (
                    issuer.as_str(),
                    issuer.base_path(),
                    issuer.endpoint("/x").as_str()
                ),
                (written, base, discovery)
            );
        }
    }

    #[test]
    fn a_free_port_keeps_path_and_slash() {
        let issuer = |written| {
            Issuer::parse(written)
                .unwrap()
                .with_port(4711)
                .as_str()
                .to_owned()
        };
        assert_eq!(issuer("http://localhost:0"), "http://localhost:4711");
        assert_eq!(issuer("http://localhost:0/"), "http://localhost:4711/");
        assert_eq!(
            issuer("http://localhost:0/realms/dev"),
            "http://localhost:4711/realms/dev"
        );
    }

    #[test]
    fn wrong_issuers_are_refused() {
        for written in [
            "",
            "localhost:5001",
            "ftp://localhost",
            "http://a@localhost",
            "http://localhost/?x",
            "http://localhost/#x",
            "http://localhost/{a}",
            "http://localhost/a//b",
            "HTTP://LOCALHOST:5001",
            "http://localhost:80",
        ] {
            assert_eq!(
                Issuer::parse(written)
                    .map(|_| ())
                    .map_err(|error| error.setting().to_owned()),
                Err("issuer".into()),
                "{written}"
            );
        }
    }

    #[test]
    fn who_is_asked_for() {
        let cases: [(&str, &str, &[&str], bool); 9] = [
            ("host", "/x", &["localhost:5001"], true),
            ("case", "/x", &["LOCALHOST:5001"], true),
            ("other name", "/x", &["127.0.0.1:5001"], false),
            ("other port", "/x", &["localhost:5000"], false),
            ("no host", "/x", &[], false),
            ("two hosts", "/x", &["localhost:5001", "evil.test"], false),
            ("user name", "/x", &["evil@localhost:5001"], false),
            ("absolute form", "http://localhost:5001/x", &[], true),
            (
                "foreign absolute form",
                "http://evil.test/x",
                &["localhost:5001"],
                false,
            ),
        ];
        let issuer = Issuer::parse("http://localhost:5001").unwrap();
        for (name, target, hosts, expected) in cases {
            let mut request = Request::get(target);
            for host in hosts {
                request = request.header(HOST, *host);
            }
            assert_eq!(
                issuer.is_asked_for(&request.body(()).unwrap()),
                expected,
                "{name}"
            );
        }
    }
}
