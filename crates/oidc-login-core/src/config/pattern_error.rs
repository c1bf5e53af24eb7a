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
