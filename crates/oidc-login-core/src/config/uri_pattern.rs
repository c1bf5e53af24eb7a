//! One pattern: an exact URL, or one with a `*` at the end of its path.

use super::{PatternErrorKind, PatternWarning, RootUrl, UriPart, UrlDefect, WebUrl};

/// One entry of the list, parsed once so that comparing allocates nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct UriPattern {
    /// Absolute, without the star.
    url: WebUrl,
    tail: Tail,
    port: Port,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Tail {
    Exact,
    Star,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Port {
    AsWritten,
    Any,
}

impl UriPattern {
    pub(super) fn parse(pattern: &str, root_url: &RootUrl) -> Result<Self, PatternErrorKind> {
        let (address, tail) = split_star(pattern)?;
        let url = absolute(address, root_url)?;
        let root_is_insecure = !root_url.is_https() && !root_url.is_loopback();
        if !url.is_https() && !url.is_loopback() && !root_is_insecure {
            return Err(PatternErrorKind::NotHttps);
        }
        let is_native_app = !url.is_https() && url.is_loopback();
        let port = if is_native_app && !url.has_written_port() {
            Port::Any
        } else {
            Port::AsWritten
        };
        Ok(Self { url, tail, port })
    }

    /// Matches `url` and nothing else.
    pub(super) fn exactly(url: &WebUrl) -> Self {
        Self {
            url: url.clone(),
            tail: Tail::Exact,
            port: Port::AsWritten,
        }
    }

    pub(super) fn matches(&self, uri: &WebUrl) -> bool {
        UriPart::ALL.iter().all(|part| self.agrees(*part, uri))
    }

    pub(super) fn agrees(&self, part: UriPart, uri: &WebUrl) -> bool {
        match part {
            UriPart::Scheme => self.url.url().scheme() == uri.url().scheme(),
            UriPart::Host => self.url.host() == uri.host(),
            UriPart::Port => self.port == Port::Any || self.url.url().port() == uri.url().port(),
            UriPart::Path => self.path_agrees(uri.path()),
            UriPart::Query => self.tail == Tail::Star || self.url.query() == uri.query(),
        }
    }

    /// `/auth/*` is `/auth` and everything below it, `/auth*` is everything that begins so.
    fn path_agrees(&self, path: &str) -> bool {
        let ours = self.url.path();
        match self.tail {
            Tail::Exact => path == ours,
            Tail::Star => path.starts_with(ours) || ours.strip_suffix('/') == Some(path),
        }
    }

    /// The whole pattern, relative ones joined with the root URL.
    pub(super) fn absolute(&self) -> String {
        format!("{}{}", self.url, self.star())
    }

    /// What this pattern wants in a part, for people.
    pub(super) fn expects(&self, part: UriPart) -> String {
        match part {
            UriPart::Path => format!("{}{}", self.url.path(), self.star()),
            UriPart::Query => self.url.query().unwrap_or("none").to_owned(),
            _ => part.of(&self.url),
        }
    }

    pub(super) fn origin(&self) -> &str {
        self.url.origin()
    }

    /// How much of the path's beginning is the same, to rank patterns that differ alike.
    pub(super) fn common_path(&self, uri: &WebUrl) -> usize {
        self.url
            .path()
            .bytes()
            .zip(uri.path().bytes())
            .take_while(|(ours, theirs)| ours == theirs)
            .count()
    }

    /// What Keycloak will make of `pattern`, which is this one as it was written, where that
    /// differs from what we do.
    pub(super) fn warnings(&self, pattern: &str, root_url: &RootUrl) -> Vec<PatternWarning> {
        let pattern = || pattern.to_owned();
        let mut warnings = Vec::new();
        if pattern().starts_with('/') && root_url.as_str().ends_with('/') {
            let keycloak_reads = format!("{root_url}{}", pattern());
            warnings.push(PatternWarning::KeycloakJoinsAsText {
                pattern: pattern(),
                keycloak_reads,
            });
        }
        let authority = self.url.authority();
        let scheme = self.url.url().scheme();
        if authority.contains(|letter: char| letter.is_ascii_uppercase())
            || !self.url.as_str().starts_with(scheme)
        {
            warnings.push(PatternWarning::KeycloakComparesCase {
                pattern: pattern(),
                origin: self.origin().to_owned(),
            });
        }
        if self.url.has_written_port() && self.url.url().port().is_none() {
            warnings.push(PatternWarning::KeycloakKeepsDefaultPort {
                pattern: pattern(),
                origin: self.origin().to_owned(),
            });
        }
        warnings
    }

    fn star(&self) -> &'static str {
        match self.tail {
            Tail::Exact => "",
            Tail::Star => "*",
        }
    }
}

fn absolute(address: &str, root_url: &RootUrl) -> Result<WebUrl, PatternErrorKind> {
    let url = if address.starts_with("//") {
        Err(UrlDefect::DoubleSlash)
    } else if address.starts_with('/') {
        root_url.join(address)
    } else if address.contains("://") {
        WebUrl::parse(address)
    } else {
        return Err(PatternErrorKind::NoLeadingSlash);
    };
    url.map_err(PatternErrorKind::Url)
}

fn split_star(pattern: &str) -> Result<(&str, Tail), PatternErrorKind> {
    match pattern.split_once('*') {
        None if pattern.is_empty() => Err(PatternErrorKind::Empty),
        None => Ok((pattern, Tail::Exact)),
        Some(("", "")) => Err(PatternErrorKind::LoneStar),
        Some((address, rest)) => {
            if let Some(part) = star_before_path(address, rest) {
                return Err(PatternErrorKind::StarOutsidePath(part));
            }
            if pattern.contains('?') {
                return Err(PatternErrorKind::StarWithQuery);
            }
            if !rest.is_empty() {
                return Err(PatternErrorKind::StarNotLast);
            }
            Ok((address, Tail::Star))
        }
    }
}

/// The part in front of the path that the star sits in, if it does.
fn star_before_path(address: &str, rest: &str) -> Option<UriPart> {
    if address.starts_with('/') {
        return None;
    }
    let Some((_, authority)) = address.split_once("://") else {
        return rest.contains("://").then_some(UriPart::Scheme);
    };
    if authority.contains(['/', '?', '#']) {
        return None;
    }
    let in_port = authority
        .rsplit(']')
        .next()
        .is_some_and(|after_address| after_address.contains(':'));
    Some(if in_port {
        UriPart::Port
    } else {
        UriPart::Host
    })
}
