//! Headers that say how the browser reached us.

use std::net::IpAddr;

use http::Uri;
use url::Url;

use super::{headers, root_url};
use crate::{
    config::{ForwardedFamily, TrustedProxies},
    flow::{RequestOrigin, client_address},
};

/// The lines are, in turn, headers of each kind.
pub fn forwarded(lines: &[u8]) {
    let names = [
        "host",
        "forwarded",
        "x-forwarded-host",
        "x-forwarded-proto",
        "x-forwarded-for",
    ];
    let lines = lines.split(|byte| *byte == b'\n').take(20);
    let headers = headers(names.into_iter().cycle().zip(lines));
    for family in [ForwardedFamily::Forwarded, ForwardedFamily::XForwarded] {
        let proxies = TrustedProxies::new(["10.0.0.0/8", "fd00::/8"], family);
        let proxies = proxies.expect("two networks");
        for peer in [None, Some([10, 0, 0, 1]), Some([192, 0, 2, 1])] {
            let peer = peer.map(IpAddr::from);
            let is_trusted = peer.is_some_and(|peer| proxies.contains(peer));
            let uri = Uri::from_static("/");
            if let Ok(origin) = RequestOrigin::of(&headers, &uri, peer, &proxies, root_url()) {
                let url = origin.url("/auth/callback");
                let is_own = headers.get("host").is_some_and(|host| {
                    host.as_bytes().eq_ignore_ascii_case(origin.host.as_bytes())
                });
                assert!(is_trusted || is_own, "{url} out of nowhere");
                if let Ok(read) = Url::parse(&url) {
                    assert_eq!(read.path(), "/auth/callback", "{url}");
                    assert!(
                        read.username().is_empty() && read.password().is_none(),
                        "{url}"
                    );
                    assert!(read.query().is_none() && read.fragment().is_none(), "{url}");
                }
            }
            let address = client_address(&headers, peer, &proxies);
            assert!(is_trusted || address == peer);
        }
    }
}
