//! Why a pattern cannot be used.

use super::{UriPart, UrlDefect, shown_url::shown};

/// A pattern that cannot be used; it names the pattern and what is allowed instead.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("pattern {pattern}: {kind}")]
#[non_exhaustive]
pub struct PatternError {
    /// The pattern, without user information and query.
    pub pattern: String,
    /// What is wrong with it.
    pub kind: PatternErrorKind,
}

impl PatternError {
    pub(super) fn new(pattern: &str, kind: PatternErrorKind) -> Self {
        let pattern = if pattern.is_empty() {
            "\"\"".to_owned()
        } else {
            shown(pattern)
        };
        Self { pattern, kind }
    }
}

/// What is wrong with a pattern.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PatternErrorKind {
    /// It is empty.
    #[error("is empty; write a path that starts with a slash, or a whole URL")]
    Empty,
    /// `*` alone.
    #[error(
        "would allow every host; name the hosts, as in https://app.example/* (everything is for dangerous() only)"
    )]
    LoneStar,
    /// `*` in scheme, host or port.
    #[error("the * is in the {0}; it must be in the path, as in https://app.example/*")]
    StarOutsidePath(UriPart),
    /// A second `*`, or one that is not the last character.
    #[error("only one * is allowed, as the last character")]
    StarNotLast,
    /// `*` together with a query.
    #[error("a pattern with a query is compared exactly, so it cannot have a *")]
    StarWithQuery,
    /// Neither a whole URL nor a path from the root, such as `auth/*`.
    #[error(
        "is neither a whole URL nor a path that starts with a slash; write /auth/* or https://app.example/auth/*"
    )]
    NoLeadingSlash,
    /// http on a host that is not loopback.
    #[error("must be https: http is for localhost, 127.0.0.0/8 and [::1]")]
    NotHttps,
    /// `-` (no post-logout redirect URI is valid) together with others.
    #[error("means that none is valid, so it must stand alone")]
    NoneWithOthers,
    /// It is not a usable URL.
    #[error("the URL {0}")]
    Url(UrlDefect),
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;
    use crate::config::{RootUrl, ValidRedirectUris};

    fn root(text: &str) -> RootUrl {
        RootUrl::parse(text).unwrap()
    }

    #[test]
    fn a_pattern_that_could_not_mean_what_it_says_is_an_error() {
        use PatternErrorKind as Kind;
        let cases = [
            ("", Kind::Empty),
            ("*", Kind::LoneStar),
            ("http://h:5000*", Kind::StarOutsidePath(UriPart::Port)),
            ("http://localhost:*", Kind::StarOutsidePath(UriPart::Port)),
            (
                "http://localhost:*/auth",
                Kind::StarOutsidePath(UriPart::Port),
            ),
            (
                "http://localhost:50*/auth/*",
                Kind::StarOutsidePath(UriPart::Port),
            ),
            ("http://[::1]:*/", Kind::StarOutsidePath(UriPart::Port)),
            ("http://[::1]*", Kind::StarOutsidePath(UriPart::Host)),
            ("https://h*", Kind::StarOutsidePath(UriPart::Host)),
            ("https://*", Kind::StarOutsidePath(UriPart::Host)),
            ("https://*/", Kind::StarOutsidePath(UriPart::Host)),
            (
                "https://*.app.example/*",
                Kind::StarOutsidePath(UriPart::Host),
            ),
            (
                "https://app.*.example/",
                Kind::StarOutsidePath(UriPart::Host),
            ),
            ("*://app.example/", Kind::StarOutsidePath(UriPart::Scheme)),
            (
                "http*://app.example/",
                Kind::StarOutsidePath(UriPart::Scheme),
            ),
            ("**", Kind::StarNotLast),
            ("auth/*", Kind::NoLeadingSlash),
            ("auth/callback", Kind::NoLeadingSlash),
            ("localhost:5000/*", Kind::NoLeadingSlash),
            ("javascript:alert(1)", Kind::NoLeadingSlash),
            ("+", Kind::NoLeadingSlash),
            ("-", Kind::NoLeadingSlash),
            ("/*/callback", Kind::StarNotLast),
            ("/auth/**", Kind::StarNotLast),
            ("/*x", Kind::StarNotLast),
            ("https://h/*/x/*", Kind::StarNotLast),
            ("/auth/*?a=b", Kind::StarWithQuery),
            ("/auth?a=*", Kind::StarWithQuery),
            ("https://h?*", Kind::StarWithQuery),
            ("http://app.example/*", Kind::NotHttps),
            ("http://10.0.0.1/*", Kind::NotHttps),
            ("http://localhost.evil.test/*", Kind::NotHttps),
            ("ftp://app.example/*", Kind::Url(UrlDefect::Scheme)),
            ("com.example.app://callback", Kind::Url(UrlDefect::Scheme)),
            ("//evil.test/*", Kind::Url(UrlDefect::DoubleSlash)),
            ("https://h//x/*", Kind::Url(UrlDefect::DoubleSlash)),
            ("/a/../*", Kind::Url(UrlDefect::DotSegment)),
            ("/a/%2e%2e/*", Kind::Url(UrlDefect::DotSegment)),
            ("/a%2*", Kind::Url(UrlDefect::BadEscape)),
            ("/a#b", Kind::Url(UrlDefect::Fragment)),
            ("https://h/#*", Kind::Url(UrlDefect::Fragment)),
            ("https://user@h/*", Kind::Url(UrlDefect::UserInfo)),
            ("/a b/*", Kind::Url(UrlDefect::Blank)),
            ("/a\\*", Kind::Url(UrlDefect::Backslash)),
            ("https://\u{fc}.example/*", Kind::Url(UrlDefect::NotAscii)),
            ("https://h:0/*", Kind::Url(UrlDefect::Port)),
        ];
        for (pattern, kind) in cases {
            let error = ValidRedirectUris::new(["/fine", pattern], &root("https://app.example"))
                .unwrap_err();
            assert_eq!(error.kind, kind, "{pattern}");
            let message = error.to_string();
            assert!(
                message.starts_with("pattern ")
                    && !message.contains('\n')
                    && !message.ends_with('.'),
                "{message}"
            );
        }
    }

    #[test]
    fn two_slashes_are_no_relative_pattern_below_a_root_url_with_a_path_either() {
        let error = ValidRedirectUris::new(["//evil.test/*"], &root("https://h/base")).unwrap_err();
        assert_eq!(error.kind, PatternErrorKind::Url(UrlDefect::DoubleSlash));
    }

    #[test]
    fn a_pattern_error_says_what_is_allowed() {
        let cases = [
            (
                "http://h:5000*",
                "pattern http://h:5000*: the * is in the port; it must be in the path, as in https://app.example/*",
            ),
            (
                "auth/*",
                "pattern auth/*: is neither a whole URL nor a path that starts with a slash; write /auth/* or https://app.example/auth/*",
            ),
            (
                "https://user:secret@h/*",
                "pattern https://…@h/*: the URL has user information before the host",
            ),
        ];
        for (pattern, message) in cases {
            assert_eq!(
                ValidRedirectUris::new([pattern], &root("https://h"))
                    .unwrap_err()
                    .to_string(),
                message
            );
        }
    }
}
