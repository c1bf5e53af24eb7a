//! Under which origin the browser reached us, and who says so.

use std::{fmt, net::IpAddr, sync::Once};

use http::{HeaderMap, Uri, uri::Authority};

use super::{
    forwarded::{Said, forwarded, refused},
    navigation::text,
};
use crate::{
    config::{ForwardedFamily, RootUrl, TrustedProxies},
    error::LoginError,
};

/// Where a request's origin comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum OriginSource {
    HostHeader,
    ForwardedHeader,
    XForwardedHeaders,
}

impl fmt::Display for OriginSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::HostHeader => "the Host header, with the root URL's scheme",
            Self::ForwardedHeader => "the Forwarded header of a trusted proxy",
            Self::XForwardedHeaders => "the X-Forwarded headers of a trusted proxy",
        })
    }
}

/// The origin under which the browser reached us, as far as anybody can know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct RequestOrigin {
    pub(crate) scheme: String,
    pub(crate) host: String,
    pub(crate) source: OriginSource,
}

impl RequestOrigin {
    /// Reads the headers of trusted proxies, else the host.
    ///
    /// # Errors
    /// `HostRefused` for no host, several, one that is none, or forwarded headers that say
    /// several things.
    pub(crate) fn of(
        headers: &HeaderMap,
        uri: &Uri,
        peer: Option<IpAddr>,
        proxies: &TrustedProxies,
        root_url: &RootUrl,
    ) -> Result<Self, LoginError> {
        if peer.is_none() && !proxies.is_empty() {
            static TOLD: Once = Once::new();
            TOLD.call_once(|| {
                tracing::warn!("proxies are trusted, but no peer address is known: serve the app with connect info");
            });
        }
        let is_trusted = peer.is_some_and(|peer| proxies.contains(peer));
        let root_scheme = if root_url.is_https() { "https" } else { "http" };
        let forwarded = if is_trusted {
            forwarded(headers, proxies)?
        } else {
            Said::default()
        };
        let source = match forwarded.host {
            None => OriginSource::HostHeader,
            Some(_) if proxies.family() == ForwardedFamily::Forwarded => {
                OriginSource::ForwardedHeader
            }
            Some(_) => OriginSource::XForwardedHeaders,
        };
        let host = match forwarded.host {
            Some(host) => host,
            None => host_of_request(headers, uri)?,
        };
        Ok(Self {
            scheme: checked_scheme(forwarded.proto, root_scheme)?,
            host: checked_host(host)?,
            source,
        })
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("{}://{}{path}", self.scheme, self.host)
    }

    /// The host without its port.
    pub(crate) fn host_name(&self) -> &str {
        match self.host.rsplit_once(':') {
            Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
            _ => &self.host,
        }
    }
}

fn host_of_request(headers: &HeaderMap, uri: &Uri) -> Result<String, LoginError> {
    let host = match text(headers, "host") {
        "" => uri.authority().map(Authority::as_str).unwrap_or_default(),
        "?" => {
            return Err(refused(
                "the request has several hosts, or one that cannot be read",
            ));
        }
        host => host,
    };
    if host.is_empty() {
        return Err(refused("the request has no host"));
    }
    Ok(host.to_owned())
}

fn checked_host(host: String) -> Result<String, LoginError> {
    let is_plain = !host.is_empty()
        && host.len() <= 255
        && host
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b".-_:[]".contains(&byte));
    let is_authority = host.parse::<Authority>().is_ok();
    if is_plain && is_authority {
        Ok(host.to_ascii_lowercase())
    } else {
        Err(refused("this is no host").with_evidence("host", host))
    }
}

fn checked_scheme(proto: Option<String>, root_scheme: &str) -> Result<String, LoginError> {
    match proto.map(|proto| proto.to_ascii_lowercase()) {
        None => Ok(root_scheme.to_owned()),
        Some(proto) if proto == "http" || proto == "https" => Ok(proto),
        Some(proto) => Err(refused("the forwarded protocol is neither http nor https")
            .with_evidence("protocol", proto)),
    }
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;
    use crate::error::LoginErrorKind;

    fn origin(
        lines: &[(&'static str, &str)],
        peer: Option<&str>,
        family: ForwardedFamily,
    ) -> Result<String, LoginErrorKind> {
        let mut headers = HeaderMap::new();
        for (name, value) in lines {
            headers.append(*name, HeaderValue::from_str(value).unwrap());
        }
        let proxies = TrustedProxies::new(["10.0.0.0/8"], family).unwrap();
        let peer = peer.map(|peer| peer.parse().unwrap());
        let root_url = RootUrl::parse("http://localhost:5000/").unwrap();
        RequestOrigin::of(&headers, &Uri::from_static("/"), peer, &proxies, &root_url)
            .map(|origin| origin.url(""))
            .map_err(|error| error.kind())
    }

    #[test]
    fn only_a_trusted_peer_may_forward() {
        let lines = [
            ("host", "app:5000"),
            ("x-forwarded-host", "public.test"),
            ("x-forwarded-proto", "https"),
        ];
        for (peer, expected) in [
            (Some("10.0.0.1"), "https://public.test"),
            (Some("192.0.2.1"), "http://app:5000"),
            (None, "http://app:5000"),
        ] {
            let found = origin(&lines, peer, ForwardedFamily::XForwarded);
            assert_eq!(found.as_deref(), Ok(expected), "{peer:?}");
        }
        let other_family = origin(&lines, Some("10.0.0.1"), ForwardedFamily::Forwarded);
        assert_eq!(other_family.as_deref(), Ok("http://app:5000"));
    }

    #[test]
    fn several_values_and_nonsense_are_refused() {
        for (name, lines) in [
            ("two hosts", vec![("host", "a"), ("host", "b")]),
            ("no host", vec![]),
            ("a path in the host", vec![("host", "a/b")]),
            ("userinfo", vec![("host", "a@b")]),
            ("blank", vec![("host", "a b")]),
            ("list", vec![("host", "a"), ("x-forwarded-host", "b, c")]),
            (
                "two lines",
                vec![
                    ("host", "a"),
                    ("x-forwarded-host", "b"),
                    ("x-forwarded-host", "c"),
                ],
            ),
            ("empty", vec![("host", "a"), ("x-forwarded-host", "")]),
            (
                "script",
                vec![("host", "a"), ("x-forwarded-proto", "javascript")],
            ),
            (
                "two protocols",
                vec![("host", "a"), ("x-forwarded-proto", "https,http")],
            ),
        ] {
            let found = origin(&lines, Some("10.0.0.1"), ForwardedFamily::XForwarded);
            assert_eq!(found, Err(LoginErrorKind::HostRefused), "{name}");
        }
    }

    #[test]
    fn forwarded_is_walked_from_the_right() {
        for (name, value, expected) in [
            (
                "one proxy",
                "for=192.0.2.9;host=public.test;proto=https",
                Ok("https://public.test"),
            ),
            (
                "the client lies",
                "for=1.2.3.4;host=evil.test, for=192.0.2.9;host=public.test",
                Ok("http://public.test"),
            ),
            (
                "two proxies",
                "for=192.0.2.9;host=public.test;proto=https, for=10.0.0.2;host=inner",
                Ok("https://public.test"),
            ),
            (
                "a lie through two proxies",
                "for=1.1.1.1;host=evil.test, for=192.0.2.9;host=public.test, for=10.0.0.2;host=inner",
                Ok("http://public.test"),
            ),
            (
                "quotes",
                r#"for="[2001:db8::1]:4711";host="public.test:8443";proto=https"#,
                Ok("https://public.test:8443"),
            ),
            (
                "a separator in quotes",
                r#"for="a,b;c";host=public.test"#,
                Ok("http://public.test"),
            ),
            ("no host", "for=192.0.2.9", Ok("http://app:5000")),
            (
                "an open quote swallows the proxy",
                "host=evil.test;x=\", for=192.0.2.9;host=public.test",
                Err(LoginErrorKind::HostRefused),
            ),
            ("twice", "host=a;host=b", Err(LoginErrorKind::HostRefused)),
            ("malformed", "host", Err(LoginErrorKind::HostRefused)),
            (
                "no host at all",
                "host=\"\"",
                Err(LoginErrorKind::HostRefused),
            ),
        ] {
            let lines = [("host", "app:5000"), ("forwarded", value)];
            let found = origin(&lines, Some("10.0.0.1"), ForwardedFamily::Forwarded);
            assert_eq!(found.as_deref(), expected.as_ref().copied(), "{name}");
        }
    }

    #[test]
    fn the_host_name_has_no_port() {
        for (host, name) in [
            ("a:5000", "a"),
            ("a", "a"),
            ("[::1]:5000", "[::1]"),
            ("[::1]", "[::1]"),
        ] {
            let origin = RequestOrigin {
                scheme: "http".into(),
                host: host.into(),
                source: OriginSource::HostHeader,
            };
            assert_eq!(origin.host_name(), name);
        }
    }
}
