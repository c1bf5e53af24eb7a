//! The parts of a URI that a pattern is about.

use std::fmt;

use super::{WebUrl, shown_url::shown};

/// A part of a URI.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum UriPart {
    /// `http` or `https`.
    Scheme,
    /// The host, compared without regard to case.
    Host,
    /// The port, or the scheme's default.
    Port,
    /// The path, compared with regard to case.
    Path,
    /// The query, compared only by a pattern without `*`.
    Query,
}

impl UriPart {
    pub(super) const ALL: [Self; 5] = [
        Self::Scheme,
        Self::Host,
        Self::Port,
        Self::Path,
        Self::Query,
    ];

    /// This part of `uri` as it may be shown.
    pub(super) fn of(self, uri: &WebUrl) -> String {
        let or_empty = |text: &str| {
            if text.is_empty() {
                "(empty)".to_owned()
            } else {
                shown(text)
            }
        };
        match self {
            Self::Scheme => uri.url().scheme().to_owned(),
            Self::Host => uri.host().to_owned(),
            Self::Port => uri
                .url()
                .port_or_known_default()
                .unwrap_or_default()
                .to_string(),
            Self::Path => or_empty(uri.path()),
            Self::Query => uri.query().map_or("none", |_| "present").to_owned(),
        }
    }

    /// How far apart two URIs are that differ here: another host is further away than another path.
    pub(super) fn weight(self) -> u8 {
        match self {
            Self::Host => 8,
            Self::Scheme => 4,
            Self::Path => 3,
            Self::Port => 2,
            Self::Query => 1,
        }
    }
}

impl fmt::Display for UriPart {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Scheme => "scheme",
            Self::Host => "host",
            Self::Port => "port",
            Self::Path => "path",
            Self::Query => "query",
        })
    }
}
