//! Patterns of redirect URIs, and URIs to compare with them.

use url::Url;

use super::{root_url, two_parts};
use crate::config::{ValidRedirectUris, WebUrl};

/// The first line is a pattern, the rest a URI.
pub fn redirect_uri(data: &[u8]) {
    let (pattern, uri) = two_parts(data);
    let (Ok(pattern), Ok(uri)) = (std::str::from_utf8(pattern), std::str::from_utf8(uri)) else {
        return;
    };
    if let Ok(url) = WebUrl::parse(uri) {
        assert_eq!(url.as_str(), uri, "it is never repaired");
    }
    let Ok(valid) = ValidRedirectUris::new([pattern], root_url()) else {
        return;
    };
    let _ = (valid.warnings(), valid.origins().count());
    match valid.check(uri) {
        Err(refused) => drop(refused.to_string()),
        Ok(accepted) => assert_fits(pattern, accepted.as_str()),
    }
}

/// As a browser reads both: same scheme, same host, same port unless any is meant, and a path below.
fn assert_fits(pattern: &str, uri: &str) {
    let whole = if pattern.starts_with('/') {
        format!("{}{pattern}", root_url().as_str())
    } else {
        pattern.to_owned()
    };
    let start = whole.strip_suffix('*').unwrap_or(&whole);
    let (start, uri) = match (Url::parse(start), Url::parse(uri)) {
        (Ok(start), Ok(uri)) => (start, uri),
        (start, uri) => panic!("accepted: {start:?} {uri:?}"),
    };
    assert_eq!(start.scheme(), uri.scheme(), "{start} {uri}");
    let is_loopback = |url: &Url| {
        let host = url.host_str().unwrap_or_default();
        host == "localhost" || host == "[::1]" || host.starts_with("127.")
    };
    assert_eq!(start.host(), uri.host(), "{start} {uri}");
    let any_port = is_loopback(&start) && start.scheme() == "http" && start.port().is_none();
    assert!(any_port || start.port() == uri.port(), "{start} {uri}");
    assert!(uri.username().is_empty() && uri.password().is_none());
    assert!(uri.fragment().is_none(), "{uri}");
    let below = start.path().trim_end_matches('/');
    assert!(uri.path().starts_with(below), "{start} {uri}");
}
