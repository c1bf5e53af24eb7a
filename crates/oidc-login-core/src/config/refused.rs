//! A URI that no pattern allows, with the evidence.

use std::{cmp::Reverse, fmt};

use super::{UriPart, UrlDefect, WebUrl, shown_url::shown, uri_pattern::UriPattern};

/// A URI that no pattern allows, with the evidence.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Refused {
    /// The URI as it may be shown: one line, without user information, query and fragment.
    pub uri: String,
    /// Set when it is refused under every pattern: browsers may read it differently.
    pub defect: Option<UrlDefect>,
    /// The pattern that comes closest.
    pub nearest: Option<Box<Nearest>>,
    /// How many patterns there are.
    pub patterns: usize,
}

impl Refused {
    pub(super) fn for_defect(uri: &str, defect: UrlDefect, patterns: &[UriPattern]) -> Self {
        Self {
            uri: shown(uri),
            defect: Some(defect),
            nearest: None,
            patterns: patterns.len(),
        }
    }

    pub(super) fn by(patterns: &[UriPattern], uri: &WebUrl) -> Self {
        let nearest = patterns
            .iter()
            .min_by_key(|pattern| (distance(pattern, uri), Reverse(pattern.common_path(uri))));
        let nearest = nearest
            .and_then(|pattern| Nearest::of(pattern, uri))
            .map(Box::new);
        Self {
            uri: shown(uri.as_str()),
            defect: None,
            nearest,
            patterns: patterns.len(),
        }
    }
}

impl std::error::Error for Refused {}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let uri = &self.uri;
        match (&self.defect, &self.nearest) {
            (Some(defect), _) => write!(f, "{uri} {defect}"),
            (None, None) => write!(f, "{uri} is not allowed, and nothing is"),
            (None, Some(nearest)) if self.patterns == 1 => {
                write!(f, "{uri} does not match {nearest}")
            }
            (None, Some(nearest)) => write!(
                f,
                "{uri} matches none of {} patterns; nearest is {nearest}",
                self.patterns
            ),
        }
    }
}

/// The pattern closest to a refused URI, and the first part in which they differ.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{pattern}: {differs} {found}, expected {expected}")]
#[non_exhaustive]
pub struct Nearest {
    /// The pattern, relative ones joined with the root URL.
    pub pattern: String,
    /// The part that differs.
    pub differs: UriPart,
    /// What the pattern wants there.
    pub expected: String,
    /// What the URI has there; of a query only whether there is one.
    pub found: String,
}

impl Nearest {
    fn of(pattern: &UriPattern, uri: &WebUrl) -> Option<Self> {
        let differs = UriPart::ALL
            .into_iter()
            .find(|part| !pattern.agrees(*part, uri))?;
        let (expected, found) = (pattern.expects(differs), differs.of(uri));
        Some(Self {
            pattern: pattern.absolute(),
            differs,
            expected,
            found,
        })
    }
}

fn distance(pattern: &UriPattern, uri: &WebUrl) -> u8 {
    UriPart::ALL
        .into_iter()
        .filter(|part| !pattern.agrees(*part, uri))
        .map(UriPart::weight)
        .sum()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;
    use crate::config::redirect_uris::tests::valid;

    #[test]
    fn a_refusal_names_the_nearest_pattern_and_the_part_that_differs() {
        use UriPart as Part;
        let patterns = [
            "http://localhost:5000/*",
            "https://app.example/auth/*",
            "https://app.example/bye?x=1",
            "https://app.example/auth/callback/keycloak",
        ];
        let cases = [
            (
                "http://localhost:5001/auth/callback",
                patterns[0],
                Part::Port,
                "5000",
                "5001",
            ),
            (
                "http://localhost/auth/callback",
                patterns[0],
                Part::Port,
                "5000",
                "80",
            ),
            (
                "http://127.0.0.1:5000/x",
                patterns[0],
                Part::Host,
                "localhost",
                "127.0.0.1",
            ),
            (
                "https://localhost:5000/x",
                patterns[0],
                Part::Scheme,
                "http",
                "https",
            ),
            (
                "https://app.example/authx",
                patterns[1],
                Part::Path,
                "/auth/*",
                "/authx",
            ),
            (
                "https://app.example/bye",
                patterns[2],
                Part::Query,
                "x=1",
                "none",
            ),
            (
                "https://app.example/bye?x=secret",
                patterns[2],
                Part::Query,
                "x=1",
                "present",
            ),
            (
                "https://app.example/",
                patterns[1],
                Part::Path,
                "/auth/*",
                "/",
            ),
            (
                "https://app.example",
                patterns[1],
                Part::Path,
                "/auth/*",
                "(empty)",
            ),
            (
                "https://app.example:8443/auth/callback/keycloak",
                patterns[3],
                Part::Port,
                "443",
                "8443",
            ),
            (
                "http://app.example/auth/x",
                patterns[1],
                Part::Scheme,
                "https",
                "http",
            ),
        ];
        let valid = valid(&patterns, "http://localhost:5000");
        for (uri, pattern, differs, expected, found) in cases {
            let refused = valid.check(uri).unwrap_err();
            let nearest = *refused.nearest.unwrap();
            assert_eq!(
                (nearest.pattern.as_str(), nearest.differs),
                (pattern, differs),
                "{uri}"
            );
            assert_eq!(
                (nearest.expected.as_str(), nearest.found.as_str()),
                (expected, found),
                "{uri}"
            );
        }
    }

    #[test]
    fn a_refusal_is_one_line_without_secrets() {
        let one = valid(&["/*"], "http://localhost:5000/");
        let two = valid(&["/*", "https://app.example/*"], "http://localhost:5000/");
        let none = valid(&[], "http://localhost:5000/");
        let cases = [
            (
                &one,
                "http://localhost:5001/cb",
                "http://localhost:5001/cb does not match http://localhost:5000/*: port 5001, expected 5000",
            ),
            (
                &two,
                "http://localhost:5001/cb?code=secret",
                "http://localhost:5001/cb?… matches none of 2 patterns; nearest is http://localhost:5000/*: port 5001, expected 5000",
            ),
            (
                &none,
                "http://localhost:5000/cb",
                "http://localhost:5000/cb is not allowed, and nothing is",
            ),
            (
                &one,
                "http://me:secret@localhost:5000/\r\n",
                "http://…@localhost:5000/\\r\\n contains a control character",
            ),
        ];
        for (valid, uri, message) in cases {
            let refused = valid.check(uri).unwrap_err();
            assert_eq!(refused.to_string(), message);
            assert!(!format!("{refused:?}").contains("secret"));
        }
    }
}
