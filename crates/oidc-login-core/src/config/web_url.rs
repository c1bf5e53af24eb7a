//! The one matcher of URLs: what every parser reads as the same address.

use std::fmt;

use url::{Position, Url};

use super::{UrlDefect, url_path};
use crate::protocol::metadata::is_loopback;

/// An absolute http or https URL that every browser, proxy and library reads as the same address.
///
/// It is judged on the text as it was written: whatever a parser would normalise away (tabs,
/// backslashes, `..`, `0x7f.1`) is refused before normalisation can hide it. Scheme, authority and
/// path are judged; the query is kept as it is, but control characters, blanks and characters
/// outside ASCII are refused there too. The text stays what it was, since providers compare it
/// letter by letter: with and without a trailing slash are two addresses, and two values that are
/// not equal.
///
/// # Security
///
/// Open redirects live in the gap between two parsers, so there is one `WebUrl` for redirect URIs,
/// return-to and post-logout targets, and no other way to build one. It says nothing about *whose*
/// address it is: that is [`ValidRedirectUris`](super::ValidRedirectUris) and
/// [`ReturnTo`](super::ReturnTo).
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct WebUrl {
    url: Url,
    /// Kept only where it differs from the parsed form.
    written: Option<Box<str>>,
}

impl WebUrl {
    /// Reads an absolute http or https URL.
    ///
    /// # Errors
    ///
    /// The first [`UrlDefect`] found; the text is never repaired.
    pub fn parse(text: &str) -> Result<Self, UrlDefect> {
        check_characters(text)?;
        let parts = Parts::of(text).ok_or(UrlDefect::Scheme)?;
        let host = check_authority(parts.authority)?;
        url_path::check(parts.path)?;
        let url = Url::parse(text).map_err(|_| UrlDefect::Host)?;
        match url.host_str() {
            Some(read) if read.eq_ignore_ascii_case(host) => {}
            Some(read) => {
                return Err(UrlDefect::HostRewritten {
                    read_as: read.into(),
                });
            }
            None => return Err(UrlDefect::Host),
        }
        let written = (url.as_str() != text).then(|| text.into());
        Ok(Self { url, written })
    }

    /// The URL as it was written.
    pub fn as_str(&self) -> &str {
        self.written.as_deref().unwrap_or(self.url.as_str())
    }

    /// The URL as the `url` crate and browsers parse it.
    pub fn url(&self) -> &Url {
        &self.url
    }

    /// The origin in ASCII, `scheme://host[:port]`, without a default port
    /// ([RFC 6454 §6.2](https://www.rfc-editor.org/rfc/rfc6454#section-6.2)).
    pub fn origin(&self) -> &str {
        &self.url[..Position::BeforePath]
    }

    /// Whether the host is `localhost`, in `127.0.0.0/8`, or `[::1]`.
    pub fn is_loopback(&self) -> bool {
        is_loopback(&self.url)
    }

    /// Whether the scheme is https.
    pub fn is_https(&self) -> bool {
        self.url.scheme() == "https"
    }

    /// The path as it was written: empty when there is none, since `http://h` and `http://h/` are
    /// two addresses for a provider.
    pub fn path(&self) -> &str {
        self.parts().path
    }

    /// The query as it was written, without the question mark.
    pub fn query(&self) -> Option<&str> {
        self.parts().query
    }

    pub(super) fn host(&self) -> &str {
        &self.url[Position::BeforeHost..Position::AfterHost]
    }

    /// Host and port as they were written, `localhost:80` included.
    pub(super) fn authority(&self) -> &str {
        self.parts().authority
    }

    pub(super) fn has_written_port(&self) -> bool {
        split_port(self.authority()).1.is_some()
    }

    fn parts(&self) -> Parts<'_> {
        Parts::of(self.as_str()).unwrap_or_default()
    }
}

impl fmt::Display for WebUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for WebUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("WebUrl")
            .field(&super::shown_url::shown(self.as_str()))
            .finish()
    }
}

impl AsRef<str> for WebUrl {
    fn as_ref(&self) -> &str {
        self.as_str()
    }
}

/// A URL cut at its delimiters; nothing is decoded or normalised.
#[derive(Default)]
struct Parts<'a> {
    authority: &'a str,
    path: &'a str,
    query: Option<&'a str>,
}

impl<'a> Parts<'a> {
    fn of(text: &'a str) -> Option<Self> {
        let (scheme, rest) = text.split_once("://")?;
        if !scheme.eq_ignore_ascii_case("https") && !scheme.eq_ignore_ascii_case("http") {
            return None;
        }
        let (address, query) = rest
            .split_once('?')
            .map_or((rest, None), |(address, query)| (address, Some(query)));
        let (authority, path) = address.split_at(address.find('/').unwrap_or(address.len()));
        Some(Self {
            authority,
            path,
            query,
        })
    }
}

fn check_characters(text: &str) -> Result<(), UrlDefect> {
    let mut in_query = false;
    for character in text.chars() {
        match character {
            _ if character.is_control() => return Err(UrlDefect::Control),
            _ if character.is_whitespace() => return Err(UrlDefect::Blank),
            _ if !character.is_ascii() => return Err(UrlDefect::NotAscii),
            '\\' if !in_query => return Err(UrlDefect::Backslash),
            '#' => return Err(UrlDefect::Fragment),
            '?' => in_query = true,
            _ => {}
        }
    }
    Ok(())
}

/// The host of an authority that is spelled the way browsers would spell it.
fn check_authority(authority: &str) -> Result<&str, UrlDefect> {
    if authority.contains('@') {
        return Err(UrlDefect::UserInfo);
    }
    let (host, port) = split_port(authority);
    if port.is_some_and(|port| {
        port.starts_with('0') || port.parse::<u16>().is_err() || port.starts_with('+')
    }) {
        return Err(UrlDefect::Port);
    }
    let is_address = host.starts_with('[') && host.ends_with(']');
    if is_address || host.split('.').all(is_label) {
        Ok(host)
    } else {
        Err(UrlDefect::Host)
    }
}

fn is_label(label: &str) -> bool {
    !label.is_empty()
        && label
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
}

fn split_port(authority: &str) -> (&str, Option<&str>) {
    match authority.rsplit_once(':') {
        Some((host, port)) if !port.ends_with(']') => (host, Some(port)),
        _ => (authority, None),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    fn url(text: &str) -> WebUrl {
        WebUrl::parse(text).unwrap()
    }

    #[test]
    fn the_text_stays_as_it_was_written() {
        let texts = [
            "https://h",
            "https://h/",
            "HTTPS://H/A?b='c'",
            "http://h:80/",
            "https://h?",
            "https://h/a?b=/../\\&c=%zz",
            "https://a-b_c.xn--mnchen-3ya.example:8443/(a);b=c,d/e@f:g",
        ];
        for text in texts {
            assert_eq!(
                (url(text).as_str(), url(text).to_string().as_str()),
                (text, text)
            );
        }
        assert_ne!(url("https://h"), url("https://h/"));
    }

    #[test]
    fn origin_path_and_query_are_cut_out() {
        let cases = [
            ("https://h", "https://h", "", None),
            ("https://h/", "https://h", "/", None),
            (
                "HTTP://LOCALHOST:5000/A",
                "http://localhost:5000",
                "/A",
                None,
            ),
            ("https://h:443/a?b", "https://h", "/a", Some("b")),
            ("https://h:444?/a?b", "https://h:444", "", Some("/a?b")),
            ("http://[::1]:80/?", "http://[::1]", "/", Some("")),
        ];
        for (text, origin, path, query) in cases {
            let url = url(text);
            assert_eq!(
                (url.origin(), url.path(), url.query()),
                (origin, path, query),
                "{text}"
            );
            assert_eq!(
                url.origin(),
                url.url().origin().ascii_serialization(),
                "{text}"
            );
        }
    }

    #[test]
    fn loopback_is_three_kinds_of_names() {
        for text in [
            "http://localhost",
            "http://LOCALHOST:1",
            "http://127.0.0.1",
            "http://127.255.255.254:1",
            "http://[::1]:1",
        ] {
            assert!(url(text).is_loopback(), "{text}");
        }
        for text in [
            "http://localhost.test",
            "http://a.localhost",
            "http://127.0.0.1.test",
            "http://0.0.0.0",
            "http://[::2]",
            "http://[::]",
        ] {
            assert!(!url(text).is_loopback(), "{text}");
        }
        assert!(url("HTTPS://localhost").is_https() && !url("http://localhost").is_https());
    }

    #[test]
    fn a_host_is_spelled_as_browsers_spell_it() {
        let read_as = |host: &str| UrlDefect::HostRewritten {
            read_as: host.into(),
        };
        let cases = [
            ("http://0x7f.1/", read_as("127.0.0.1")),
            ("http://2130706433/", read_as("127.0.0.1")),
            ("http://127.0.0.01/", read_as("127.0.0.1")),
            ("http://[::ffff:127.0.0.1]/", read_as("[::ffff:7f00:1]")),
            ("http://[0::1]/", read_as("[::1]")),
            ("http://256.0.0.1/", UrlDefect::Host),
            ("http://[::1", UrlDefect::Host),
            ("http://[h]/", UrlDefect::Host),
            ("http://::1/", UrlDefect::Host),
            ("http://a..b/", UrlDefect::Host),
            ("http://h%2e/", UrlDefect::Host),
            ("http:///h", UrlDefect::Host),
            ("http://xn--a/", UrlDefect::Host),
            ("http://h:x/", UrlDefect::Port),
            ("http://h:65536/", UrlDefect::Port),
            ("http://h:+80/", UrlDefect::Port),
            ("http://h:080/", UrlDefect::Port),
            ("http://[::1]:/", UrlDefect::Port),
        ];
        for (text, defect) in cases {
            assert_eq!(WebUrl::parse(text), Err(defect), "{text}");
        }
    }

    #[test]
    fn debug_shows_no_query() {
        assert_eq!(
            format!("{:?}", url("https://h/cb?code=secret")),
            "WebUrl(\"https://h/cb?…\")"
        );
    }
}
