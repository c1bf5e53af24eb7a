use url::Url;

use crate::ConfigError;

/// Where a client may have the browser sent: exact addresses, or those below a path that ends in `*`.
pub(crate) struct RedirectUris {
    written: Vec<String>,
    patterns: Vec<Pattern>,
}

struct Pattern {
    url: Url,
    prefix: bool,
}

impl RedirectUris {
    pub(crate) fn new(
        setting: &str,
        root_url: Option<&str>,
        written: &[String],
    ) -> Result<Self, ConfigError> {
        let patterns = written
            .iter()
            .map(|pattern| Pattern::parse(setting, root_url, pattern))
            .collect::<Result<_, _>>()?;
        Ok(Self {
            written: written.to_vec(),
            patterns,
        })
    }

    /// `Err` says why this address is none of them.
    pub(crate) fn check(&self, uri: &str) -> Result<(), String> {
        let defect = |what: &str| Err(what.to_owned());
        if uri.contains(['\\', '#']) || uri.chars().any(|c| c.is_whitespace() || c.is_control()) {
            return defect("it contains a backslash, a fragment, a blank or a control character");
        }
        let Ok(url) = Url::parse(uri) else {
            return defect("it is not an absolute URL");
        };
        let path = uri
            .split_once("://")
            .and_then(|(_, rest)| rest.find('/').map(|at| &rest[at..]))
            .unwrap_or("/");
        let path = path
            .split('?')
            .next()
            .unwrap_or_default()
            .to_ascii_lowercase();
        if !url.username().is_empty() || url.password().is_some() {
            return defect("it contains a user name");
        }
        if ["//", "/.", "%2e", "%2f", "%5c", "%25", "%00", "%0a", "%0d"]
            .iter()
            .any(|part| path.contains(part))
        {
            return defect("its path has two slashes, dots or encoded separators");
        }
        match self.patterns.iter().any(|pattern| pattern.matches(&url)) {
            true => Ok(()),
            false => defect("it is not registered for this client"),
        }
    }

    /// The patterns as the settings have them.
    pub(crate) fn written(&self) -> &[String] {
        &self.written
    }
}

impl Pattern {
    fn parse(setting: &str, root_url: Option<&str>, pattern: &str) -> Result<Self, ConfigError> {
        let refused = |allowed: &str| ConfigError::new(setting, pattern, allowed);
        let absolute = match (pattern.starts_with('/'), root_url) {
            (true, Some(root)) => format!("{}{pattern}", root.trim_end_matches('/')),
            (true, None) => {
                return Err(refused("an absolute URL, or a relative one and a root URL"));
            }
            (false, _) => pattern.to_owned(),
        };
        let (absolute, prefix) = match absolute.strip_suffix('*') {
            Some(start) => (start, true),
            None => (absolute.as_str(), false),
        };
        let allowed =
            "an http or https URL without fragment, with at most one `*` at the end of its path";
        let url = Url::parse(absolute).map_err(|_| refused(allowed))?;
        let in_path = absolute
            .split_once("://")
            .is_some_and(|(_, rest)| !prefix || rest.contains('/'));
        let plain = !absolute.contains(['*', '#']) && !(prefix && absolute.contains('?'));
        match matches!(url.scheme(), "http" | "https") && in_path && plain {
            true => Ok(Self { url, prefix }),
            false => Err(refused(allowed)),
        }
    }

    fn matches(&self, url: &Url) -> bool {
        let any_port = self.url.port().is_none() && is_loopback(&self.url);
        let same_origin = self.url.scheme() == url.scheme()
            && self.url.host() == url.host()
            && (any_port || self.url.port_or_known_default() == url.port_or_known_default());
        let same_path = if self.prefix {
            url.path().starts_with(self.url.path())
                || self.url.path().strip_suffix('/') == Some(url.path())
        } else {
            self.url.path() == url.path() && self.url.query() == url.query()
        };
        same_origin && same_path
    }
}

fn is_loopback(url: &Url) -> bool {
    matches!(url.host_str(), Some("localhost" | "127.0.0.1" | "[::1]"))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn uris(patterns: &[&str]) -> RedirectUris {
        let patterns: Vec<_> = patterns.iter().map(ToString::to_string).collect();
        RedirectUris::new("uris", Some("http://localhost:5000/"), &patterns).unwrap()
    }

    #[test]
    fn verdicts() {
        let cases = [
            (
                "exact",
                "http://localhost:5000/cb",
                "http://localhost:5000/cb",
                true,
            ),
            ("relative", "/cb", "http://localhost:5000/cb", true),
            ("other path", "/cb", "http://localhost:5000/cbx", false),
            (
                "below",
                "/auth/*",
                "http://localhost:5000/auth/callback?x=1",
                true,
            ),
            (
                "the directory itself",
                "/auth/*",
                "http://localhost:5000/auth",
                true,
            ),
            ("beside", "/auth/*", "http://localhost:5000/authx", false),
            ("other port", "/*", "http://localhost:5001/", false),
            (
                "any port of loopback",
                "http://127.0.0.1/*",
                "http://127.0.0.1:4711/cb",
                true,
            ),
            (
                "no other host",
                "http://127.0.0.1/*",
                "http://localhost:4711/cb",
                false,
            ),
            ("case of the host", "/*", "HTTP://LOCALHOST:5000/cb", true),
            (
                "dots",
                "/auth/*",
                "http://localhost:5000/auth/../admin",
                false,
            ),
            (
                "encoded dots",
                "/auth/*",
                "http://localhost:5000/auth/%2e%2e/admin",
                false,
            ),
            ("fragment", "/*", "http://localhost:5000/cb#x", false),
            ("user name", "/*", "http://localhost:5000@evil.test/", false),
            (
                "backslash",
                "/*",
                "http://localhost:5000\\@evil.test/",
                false,
            ),
        ];
        for (name, pattern, uri, expected) in cases {
            assert_eq!(uris(&[pattern]).check(uri).is_ok(), expected, "{name}");
        }
    }

    #[test]
    fn traps_are_configuration_errors() {
        for pattern in [
            "*",
            "http://localhost:5000*",
            "http://*.test/",
            "auth/*",
            "javascript:alert(1)",
            "/a*b",
            "/cb#x",
        ] {
            let patterns = [pattern.to_owned()];
            assert!(
                RedirectUris::new("uris", Some("http://localhost:5000"), &patterns).is_err(),
                "{pattern}"
            );
        }
    }
}
