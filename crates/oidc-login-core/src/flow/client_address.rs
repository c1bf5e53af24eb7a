//! From which address a request came, and who says so.

use std::net::IpAddr;

use http::{HeaderMap, header};

use super::{
    context::RequestContext,
    forwarded::{node_address, rfc7239},
};
use crate::{
    config::{ForwardedFamily, TrustedProxies},
    session::AboutSession,
};

impl RequestContext {
    /// Who signs in here, as a list of sessions shows it later.
    pub(super) fn about_this_browser(&self, headers: &HeaderMap) -> AboutSession {
        let proxies = &self.inner().client.trusted_proxies;
        let address = client_address(headers, self.peer, proxies);
        let user_agent = headers.get(header::USER_AGENT);
        AboutSession::new(user_agent.map_or(b"", |text| text.as_bytes()), address)
    }
}

/// The peer, or whom the trusted proxies name; `None` where nobody can know.
pub(crate) fn client_address(
    headers: &HeaderMap,
    peer: Option<IpAddr>,
    proxies: &TrustedProxies,
) -> Option<IpAddr> {
    let peer = peer?.to_canonical();
    if !proxies.contains(peer) {
        return Some(peer);
    }
    let (name, family) = match proxies.family() {
        ForwardedFamily::Forwarded => ("forwarded", forwarded as fn(&_, &_) -> _),
        ForwardedFamily::XForwarded => ("x-forwarded-for", x_forwarded_for as fn(&_, &_) -> _),
    };
    if headers.contains_key(name) {
        family(headers, proxies)
    } else {
        Some(peer)
    }
}

/// What the outermost trusted proxy says (RFC 7239 §5.2); it may hide the address.
fn forwarded(headers: &HeaderMap, proxies: &TrustedProxies) -> Option<IpAddr> {
    let outermost = rfc7239(headers, proxies).ok()?;
    let address = node_address(outermost.sender.as_deref()?)?;
    Some(address.to_canonical())
}

/// Each proxy adds its peer at the right, so the first from there that is no proxy is the client:
/// what stands further left is the client's own word.
fn x_forwarded_for(headers: &HeaderMap, proxies: &TrustedProxies) -> Option<IpAddr> {
    let lines = headers.get_all("x-forwarded-for").iter();
    let lines: Vec<_> = lines
        .map(|line| String::from_utf8_lossy(line.as_bytes()))
        .collect();
    let joined = lines.join(",");
    let mut outermost = None;
    for entry in joined.rsplit(',') {
        let address = node_address(entry.trim())?.to_canonical();
        outermost = Some(address);
        if !proxies.contains(address) {
            break;
        }
    }
    outermost
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use http::{HeaderName, HeaderValue};

    use super::*;

    const PROXY: Option<&str> = Some("10.0.0.1");

    fn address(
        family: ForwardedFamily,
        peer: Option<&str>,
        lines: &[(&'static str, &[u8])],
    ) -> Option<String> {
        let proxies = TrustedProxies::new(["10.0.0.0/8"], family).unwrap();
        let mut headers = HeaderMap::new();
        for (name, value) in lines {
            let value = HeaderValue::from_bytes(value).unwrap();
            headers.append(HeaderName::from_static(name), value);
        }
        let peer = peer.map(|peer| peer.parse().unwrap());
        client_address(&headers, peer, &proxies).map(|address| address.to_string())
    }

    #[test]
    fn only_a_trusted_peer_may_forward() {
        let lines: [(_, &[u8]); 2] = [
            ("x-forwarded-for", b"192.0.2.9"),
            ("forwarded", b"for=192.0.2.9"),
        ];
        for family in [ForwardedFamily::XForwarded, ForwardedFamily::Forwarded] {
            for (peer, expected) in [
                (PROXY, Some("192.0.2.9")),
                (Some("::ffff:10.0.0.1"), Some("192.0.2.9")),
                (Some("198.51.100.1"), Some("198.51.100.1")),
                (Some("::ffff:198.51.100.1"), Some("198.51.100.1")),
                (None, None),
            ] {
                let found = address(family, peer, &lines);
                assert_eq!(found.as_deref(), expected, "{family:?} {peer:?}");
                let found = address(family, peer, &[]);
                let itself = peer.map(|peer| peer.trim_start_matches("::ffff:"));
                assert_eq!(
                    found.as_deref(),
                    itself,
                    "nothing said: {family:?} {peer:?}"
                );
            }
        }
        let other: [(_, &[u8]); 1] = [("forwarded", b"for=192.0.2.9")];
        let found = address(ForwardedFamily::XForwarded, PROXY, &other);
        assert_eq!(found.as_deref(), PROXY, "the other family");
    }

    #[test]
    fn both_families_are_walked_from_the_right() {
        for (name, x_forwarded_for, forwarded, expected) in [
            ("one proxy", "192.0.2.9", "for=192.0.2.9", Some("192.0.2.9")),
            (
                "the client lies",
                "1.2.3.4, 192.0.2.9",
                "for=1.2.3.4, for=192.0.2.9",
                Some("192.0.2.9"),
            ),
            (
                "the client says it is a proxy",
                "1.2.3.4, 10.9.9.9, 192.0.2.9",
                "for=1.2.3.4, for=10.9.9.9, for=192.0.2.9",
                Some("192.0.2.9"),
            ),
            (
                "the client writes nonsense",
                "§;\", 192.0.2.9",
                "for=nonsense, for=192.0.2.9",
                Some("192.0.2.9"),
            ),
            (
                "two proxies",
                "1.2.3.4,192.0.2.9, 10.0.0.2",
                "for=1.2.3.4,for=192.0.2.9, for=10.0.0.2",
                Some("192.0.2.9"),
            ),
            (
                "ports",
                "192.0.2.9:4711, 10.0.0.2:80",
                "for=\"192.0.2.9:4711\", for=\"10.0.0.2:80\"",
                Some("192.0.2.9"),
            ),
            (
                "IPv6",
                "[2001:db8::1]:4711",
                "for=\"[2001:db8::1]:4711\"",
                Some("2001:db8::1"),
            ),
            (
                "mapped",
                "::ffff:192.0.2.9",
                "for=\"[::ffff:192.0.2.9]\"",
                Some("192.0.2.9"),
            ),
            (
                "from inside",
                "10.0.0.3, 10.0.0.2",
                "for=10.0.0.3, for=10.0.0.2",
                Some("10.0.0.3"),
            ),
            ("hidden", "unknown", "for=_hidden", None),
            ("not said", "", "proto=https", None),
            ("nonsense", "192.0.2.9, x", "for=192.0.2.9, x", None),
            (
                "not walked past a gap",
                "192.0.2.9,, 10.0.0.2",
                "for=192.0.2.9, host=a, for=10.0.0.2",
                None,
            ),
        ] {
            let line: [(_, &[u8]); 1] = [("x-forwarded-for", x_forwarded_for.as_bytes())];
            let found = address(ForwardedFamily::XForwarded, PROXY, &line);
            assert_eq!(found.as_deref(), expected, "X-Forwarded-For: {name}");
            let line: [(_, &[u8]); 1] = [("forwarded", forwarded.as_bytes())];
            let found = address(ForwardedFamily::Forwarded, PROXY, &line);
            assert_eq!(found.as_deref(), expected, "Forwarded: {name}");
        }
    }

    #[test]
    fn several_lines_are_one_list() {
        let lines: [(_, &[u8]); 2] = [
            ("x-forwarded-for", b"1.2.3.4"),
            ("x-forwarded-for", b"192.0.2.9"),
        ];
        let found = address(ForwardedFamily::XForwarded, PROXY, &lines);
        assert_eq!(found.as_deref(), Some("192.0.2.9"));
    }

    #[test]
    fn bytes_that_are_no_text_hide_nobody() {
        let line: [(_, &[u8]); 1] = [("x-forwarded-for", b"\xff, 192.0.2.9")];
        let found = address(ForwardedFamily::XForwarded, PROXY, &line);
        assert_eq!(found.as_deref(), Some("192.0.2.9"));
    }
}
