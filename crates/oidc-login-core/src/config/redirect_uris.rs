//! Valid redirect URIs: where the provider may send the browser back to.

use super::{PatternError, PatternWarning, Refused, RootUrl, WebUrl, uri_pattern::UriPattern};

/// The URIs a provider may send the browser back to, as exact URLs or with one `*` at the end of
/// the path.
///
/// A pattern starts with a slash, and then lies below the root URL, or is a whole URL. `/auth/*` is
/// `/auth` and everything below it, `/auth*` everything that begins so. A loopback host without a
/// port (`http://localhost/*`) stands for any port ([RFC 8252
/// §7.3](https://www.rfc-editor.org/rfc/rfc8252#section-7.3)), any other host for the default port.
///
/// # Security
///
/// Every URI goes through [`WebUrl`] first, so no pattern allows a URI that browsers read
/// differently than we do. Prefer exact URLs ([RFC 9700
/// §2.1](https://www.rfc-editor.org/rfc/rfc9700#section-2.1)); with a `*` the provider's list
/// should be as narrow.
///
/// # Compared with Keycloak
///
/// Keycloak's verdicts were observed on 26.5; those marked † were read from its sources, and may
/// differ between versions.
///
/// | Case | Keycloak | Here |
/// |---|---|---|
/// | `http://h:5000/auth/*` | `/auth`, `/auth/` and everything below; not `/authx` | the same |
/// | `http://h:5000/auth*` | every path that begins so, `/authx` too | the same |
/// | `http://h:5000*` | also `http://h:50000/`, `http://h:5000.evil.test/` | a configuration error: the star must be in the path |
/// | `http://localhost/*`, `http://127.0.0.1/*`, `http://[::1]/*`, no port | any port | the same, for the rest of `127.0.0.0/8` too |
/// | `https://localhost/*`, no port | port 443 † | the same ([RFC 8252 §7.3] speaks of http) |
/// | any other host without a port | the default port | the same |
/// | scheme and host | compared as text | parsed, then compared: `HTTP://LOCALHOST:5000` is `http://localhost:5000` |
/// | path | compared as text, no decoding † | the same |
/// | `http://h:5000`, exact, and `http://h:5000/` | two addresses † | the same |
/// | `/x/*` with the root URL `http://h/base` | `http://h/base/x/*` | the same |
/// | `/*` with the root URL `http://localhost:5000/` | joined as text, `http://localhost:5000//*` | joined with one slash, and a [`PatternWarning`] |
/// | `auth/*` | taken literally, never matches | a configuration error |
/// | `*` | everything | a configuration error, [`dangerously_allow_all`](Self::dangerously_allow_all) only |
/// | query in the URI, pattern with `*` | ignored | the same |
/// | query in the URI, exact pattern without one | no match † | the same |
/// | pattern with a query | exact match only; a `*` in it is a letter † | exact match only; a `*` in it is a configuration error |
/// | `#fragment`, `%00`, `%0d%0a`, `%252e%252e`, a second `/` after the host | accepted under a `*` | refused |
/// | `..`, `%2e%2e`, `..%2f`, userinfo, `\`, blanks, tabs | refused | refused, also where an exact pattern has them |
/// | `./`, `..;`, escapes that are not UTF-8, hosts such as `0x7f.1`, `[0:0::1]`, `h.` | varies † | refused |
/// | schemes other than http and https | allowed when registered † | a configuration error: this is for web applications |
/// | nothing configured | nothing is valid | exactly our own redirect URI |
///
/// [RFC 8252 §7.3]: https://www.rfc-editor.org/rfc/rfc8252#section-7.3
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ValidRedirectUris {
    allowed: Allowed,
    warnings: Vec<PatternWarning>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Allowed {
    Matching(Vec<UriPattern>),
    All,
}

impl ValidRedirectUris {
    /// Parses the patterns; relative ones start at the root URL. Without any, nothing is valid.
    ///
    /// # Errors
    ///
    /// For the first pattern that could not match, or would match more than it says.
    pub fn new(
        patterns: impl IntoIterator<Item = impl AsRef<str>>,
        root_url: &RootUrl,
    ) -> Result<Self, PatternError> {
        let mut parsed = Vec::new();
        let mut warnings = Vec::new();
        for pattern in patterns {
            let text = pattern.as_ref();
            let pattern =
                UriPattern::parse(text, root_url).map_err(|kind| PatternError::new(text, kind))?;
            warnings.extend(pattern.warnings(text, root_url));
            parsed.push(pattern);
        }
        Ok(Self {
            allowed: Allowed::Matching(parsed),
            warnings,
        })
    }

    /// Exactly our own redirect URI: what is valid when nothing was configured.
    pub fn from_own(redirect_uri: &WebUrl) -> Self {
        Self {
            allowed: Allowed::Matching(vec![UriPattern::exactly(redirect_uri)]),
            warnings: Vec::new(),
        }
    }

    /// Every http and https URL on every host, Keycloak's lone `*`.
    ///
    /// # Security
    ///
    /// Whoever chooses the redirect URI receives the code. What browsers read differently is still
    /// refused.
    pub fn dangerously_allow_all() -> Self {
        Self {
            allowed: Allowed::All,
            warnings: Vec::new(),
        }
    }

    /// Reads a URI and finds a pattern for it.
    ///
    /// # Errors
    ///
    /// [`Refused`] with the defect of the URI, or with the nearest pattern and the part that
    /// differs.
    pub fn check(&self, uri: &str) -> Result<WebUrl, Refused> {
        let url = WebUrl::parse(uri)
            .map_err(|defect| Refused::for_defect(uri, defect, self.patterns()))?;
        let is_valid = self.allowed == Allowed::All
            || self.patterns().iter().any(|pattern| pattern.matches(&url));
        if is_valid {
            Ok(url)
        } else {
            Err(Refused::by(self.patterns(), &url))
        }
    }

    /// What Keycloak will understand differently when it is given the same patterns.
    pub fn warnings(&self) -> &[PatternWarning] {
        &self.warnings
    }

    /// The origins of the patterns, for web origins `+`; none for
    /// [`dangerously_allow_all`](Self::dangerously_allow_all).
    pub fn origins(&self) -> impl Iterator<Item = &str> {
        self.patterns().iter().map(UriPattern::origin)
    }

    /// Allows what `others` allows, too.
    pub(super) fn add(&mut self, others: &Self) {
        self.warnings.extend_from_slice(&others.warnings);
        match (&mut self.allowed, &others.allowed) {
            (Allowed::Matching(ours), Allowed::Matching(theirs)) => ours.extend_from_slice(theirs),
            (allowed, _) => *allowed = Allowed::All,
        }
    }

    fn patterns(&self) -> &[UriPattern] {
        match &self.allowed {
            Allowed::Matching(patterns) => patterns,
            Allowed::All => &[],
        }
    }
}

#[cfg(test)]
pub(super) mod tests;
