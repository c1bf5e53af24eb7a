//! The root URL: where the app itself is.

use std::fmt;

use super::{UrlDefect, WebUrl, shown_url::shown};

/// The root URL of the application, to which relative URLs are appended: scheme, host, port and
/// maybe a path.
///
/// https, except on loopback hosts; without a query. The path is kept: with `https://h/base` the
/// callback is `https://h/base/auth/callback`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct RootUrl(WebUrl);

impl RootUrl {
    /// Reads the root URL.
    ///
    /// # Errors
    ///
    /// When it is not a [`WebUrl`], has a query, or is http on a host that is not loopback.
    pub fn parse(text: &str) -> Result<Self, RootUrlError> {
        let root = Self::dangerously_allow_http(text)?;
        if root.is_https() || root.is_loopback() {
            Ok(root)
        } else {
            Err(RootUrlError::new(text, RootUrlErrorKind::NotHttps))
        }
    }

    /// Reads the root URL, and accepts http on any host; relative patterns then are http too.
    ///
    /// # Errors
    ///
    /// When it is not a [`WebUrl`], or has a query.
    ///
    /// # Security
    ///
    /// Codes and cookies of the login cross the network in the clear.
    pub fn dangerously_allow_http(text: &str) -> Result<Self, RootUrlError> {
        let url = WebUrl::parse(text)
            .map_err(|defect| RootUrlError::new(text, RootUrlErrorKind::Url(defect)))?;
        if url.query().is_some() {
            return Err(RootUrlError::new(text, RootUrlErrorKind::Query));
        }
        Ok(Self(url))
    }

    /// Appends a relative path, with exactly one slash in between, whether or not either side
    /// brings one.
    ///
    /// # Errors
    ///
    /// When the result is not a [`WebUrl`].
    pub fn join(&self, path: &str) -> Result<WebUrl, UrlDefect> {
        let path = path.strip_prefix('/').unwrap_or(path);
        WebUrl::parse(&format!("{}/{path}", self.as_str().trim_end_matches('/')))
    }

    /// The root URL as it was written.
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }

    /// The root URL as a [`WebUrl`].
    pub fn web_url(&self) -> &WebUrl {
        &self.0
    }

    /// Its origin in ASCII, `scheme://host[:port]`.
    pub fn origin(&self) -> &str {
        self.0.origin()
    }

    /// Its path as it was written, maybe empty.
    pub fn path(&self) -> &str {
        self.0.path()
    }

    /// Whether the scheme is https, which decides over `Secure` cookies.
    pub fn is_https(&self) -> bool {
        self.0.is_https()
    }

    /// Whether the host is `localhost`, in `127.0.0.0/8`, or `[::1]`.
    pub fn is_loopback(&self) -> bool {
        self.0.is_loopback()
    }
}

impl fmt::Display for RootUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// The root URL cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("root URL {root_url} {kind}")]
#[non_exhaustive]
pub struct RootUrlError {
    /// The root URL, without user information and query.
    pub root_url: String,
    /// What is wrong with it.
    pub kind: RootUrlErrorKind,
}

impl RootUrlError {
    fn new(text: &str, kind: RootUrlErrorKind) -> Self {
        Self {
            root_url: shown(text),
            kind,
        }
    }
}

/// What is wrong with a root URL.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RootUrlErrorKind {
    /// It is not a usable URL.
    #[error("{0}")]
    Url(UrlDefect),
    /// http on a host that is not loopback.
    #[error("must be https: http is for localhost, 127.0.0.0/8 and [::1]")]
    NotHttps,
    /// It has a query.
    #[error("must not have a query")]
    Query,
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn http_is_for_loopback_hosts_only() {
        for text in [
            "https://app.example",
            "https://app.example/base/",
            "http://localhost:5000/",
            "http://127.8.9.1",
            "http://[::1]:1",
        ] {
            assert_eq!(RootUrl::parse(text).unwrap().as_str(), text);
        }
        let not_https = [
            "http://app.example",
            "http://localhost.app.example",
            "http://128.0.0.1",
            "http://[::2]",
            "http://0.0.0.0",
            "HTTP://h",
        ];
        for text in not_https {
            assert_eq!(
                RootUrl::parse(text).unwrap_err().kind,
                RootUrlErrorKind::NotHttps,
                "{text}"
            );
            assert!(RootUrl::dangerously_allow_http(text).is_ok(), "{text}");
        }
    }

    #[test]
    fn what_is_not_a_root_url_is_named() {
        let cases = [
            ("https://app.example/?x=1", RootUrlErrorKind::Query),
            ("https://app.example/?", RootUrlErrorKind::Query),
            (
                "https://app.example/#x",
                RootUrlErrorKind::Url(UrlDefect::Fragment),
            ),
            ("app.example", RootUrlErrorKind::Url(UrlDefect::Scheme)),
            ("", RootUrlErrorKind::Url(UrlDefect::Scheme)),
        ];
        for (text, kind) in cases {
            assert_eq!(RootUrl::parse(text).unwrap_err().kind, kind, "{text}");
        }
        let message = RootUrl::parse("http://user:secret@app.example/?secret")
            .unwrap_err()
            .to_string();
        assert_eq!(
            message,
            "root URL http://…@app.example/?… has user information before the host"
        );
    }

    #[test]
    fn a_path_is_joined_with_exactly_one_slash() {
        let cases = [
            (
                "http://localhost:5000",
                "/auth/callback",
                "http://localhost:5000/auth/callback",
            ),
            (
                "http://localhost:5000/",
                "/auth/callback",
                "http://localhost:5000/auth/callback",
            ),
            (
                "http://localhost:5000",
                "auth/callback",
                "http://localhost:5000/auth/callback",
            ),
            (
                "http://localhost:5000/",
                "auth/callback",
                "http://localhost:5000/auth/callback",
            ),
            ("https://h/base", "/x", "https://h/base/x"),
            ("https://h/base/", "x?y=1", "https://h/base/x?y=1"),
            ("https://h/base", "", "https://h/base/"),
        ];
        for (root, path, joined) in cases {
            assert_eq!(
                RootUrl::parse(root).unwrap().join(path).unwrap().as_str(),
                joined
            );
        }
        assert_eq!(
            RootUrl::parse("https://h").unwrap().join("//evil.test"),
            Err(UrlDefect::DoubleSlash)
        );
        assert_eq!(
            RootUrl::parse("https://h").unwrap().join("../x"),
            Err(UrlDefect::DotSegment)
        );
    }
}
