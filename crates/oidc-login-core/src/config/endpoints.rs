//! The paths of our own endpoints.

use super::RootUrl;
use crate::error::ConfigError;

/// Where our endpoints are: below one base path, `/auth` by default.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Endpoints {
    base: String,
    callback: String,
}

/// One of our endpoints.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Endpoint {
    /// Starts a login.
    Login,
    /// Starts a login that somebody else asks for: what to register as `initiate_login_uri`.
    Initiate,
    /// Where the provider sends the browser with its answer.
    Callback,
    /// Ends a login.
    Logout,
    /// Where the provider sends the browser after its own logout.
    LogoutCallback,
    /// Where the provider itself says that a session is over.
    BackchannelLogout,
    /// What the provider's sign-out page frames, to say that a session is over.
    FrontchannelLogout,
    /// Who am I.
    Session,
    /// The public keys of `private_key_jwt`.
    Jwks,
    /// Below our base path, and nothing of ours.
    Unknown,
}

impl Endpoints {
    pub(crate) const DEFAULT_BASE: &str = "/auth";

    /// Endpoints below a base path, itself below the root URL's path.
    ///
    /// # Errors
    /// When the base path does not begin with a slash, ends with one, or holds anything but
    /// letters, digits, `-`, `_`, `.`, `~` between slashes.
    pub(crate) fn new(base: &str, root_url: &RootUrl) -> Result<Self, ConfigError> {
        let plain = |name: &str| {
            !name.is_empty()
                && name != "."
                && name != ".."
                && name
                    .bytes()
                    .all(|byte| byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte))
        };
        let is_path = base
            .strip_prefix('/')
            .is_some_and(|names| names.split('/').all(plain));
        if !is_path {
            return Err(ConfigError::new(
                "base path",
                base,
                "a path such as /auth: a slash first, none at the end, letters, digits and -_.~ between",
            ));
        }
        let base = format!("{}{base}", root_url.path().trim_end_matches('/'));
        Ok(Self {
            callback: format!("{base}/callback"),
            base,
        })
    }

    /// The same with another path for the callback.
    pub(crate) fn with_callback(mut self, path: &str) -> Self {
        path.clone_into(&mut self.callback);
        self
    }

    /// Which endpoint a request's path is, if it is ours.
    pub fn of(&self, path: &str) -> Option<Endpoint> {
        if path == self.callback {
            return Some(Endpoint::Callback);
        }
        let below = path.strip_prefix(self.base.as_str())?;
        Some(match below {
            "/login" => Endpoint::Login,
            "/initiate" => Endpoint::Initiate,
            "/logout" => Endpoint::Logout,
            "/logout/callback" => Endpoint::LogoutCallback,
            "/backchannel-logout" => Endpoint::BackchannelLogout,
            "/frontchannel-logout" => Endpoint::FrontchannelLogout,
            "/session" => Endpoint::Session,
            "/jwks" => Endpoint::Jwks,
            _ if below.is_empty() || below.starts_with('/') => Endpoint::Unknown,
            _ => return None,
        })
    }

    /// The path that all of them are below.
    pub(crate) fn base(&self) -> &str {
        &self.base
    }

    /// The path of an endpoint.
    pub fn path(&self, endpoint: Endpoint) -> String {
        let name = match endpoint {
            Endpoint::Callback => return self.callback.clone(),
            Endpoint::Login => "/login",
            Endpoint::Initiate => "/initiate",
            Endpoint::Logout => "/logout",
            Endpoint::LogoutCallback => "/logout/callback",
            Endpoint::BackchannelLogout => "/backchannel-logout",
            Endpoint::FrontchannelLogout => "/frontchannel-logout",
            Endpoint::Session => "/session",
            Endpoint::Jwks => "/jwks",
            Endpoint::Unknown => "",
        };
        format!("{}{name}", self.base)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn endpoints(base: &str, root: &str) -> Result<Endpoints, ConfigError> {
        Endpoints::new(base, &RootUrl::parse(root).unwrap())
    }

    #[test]
    fn paths_are_ours_only_below_the_base() {
        let ours = endpoints("/auth", "http://localhost:5000/").unwrap();
        for (path, expected) in [
            ("/auth/login", Some(Endpoint::Login)),
            ("/auth/initiate", Some(Endpoint::Initiate)),
            ("/auth/callback", Some(Endpoint::Callback)),
            ("/auth/logout", Some(Endpoint::Logout)),
            ("/auth/logout/callback", Some(Endpoint::LogoutCallback)),
            (
                "/auth/backchannel-logout",
                Some(Endpoint::BackchannelLogout),
            ),
            (
                "/auth/frontchannel-logout",
                Some(Endpoint::FrontchannelLogout),
            ),
            ("/auth/session", Some(Endpoint::Session)),
            ("/auth/jwks", Some(Endpoint::Jwks)),
            ("/auth", Some(Endpoint::Unknown)),
            ("/auth/", Some(Endpoint::Unknown)),
            ("/auth/login/", Some(Endpoint::Unknown)),
            ("/authors", None),
            ("/Auth/login", None),
            ("/", None),
        ] {
            assert_eq!(ours.of(path), expected, "{path}");
        }
    }

    #[test]
    fn the_root_urls_path_comes_first() {
        let ours = endpoints("/auth", "http://localhost:5000/base/").unwrap();
        assert_eq!(ours.path(Endpoint::Callback), "/base/auth/callback");
        assert_eq!(ours.of("/base/auth/login"), Some(Endpoint::Login));
        assert_eq!(ours.of("/auth/login"), None);
    }

    #[test]
    fn a_base_path_is_plain() {
        for base in [
            "", "/", "auth", "/auth/", "//auth", "/a b", "/a?b", "/..", "/a%2f",
        ] {
            assert!(endpoints(base, "http://localhost/").is_err(), "{base:?}");
        }
        assert!(endpoints("/a/b-c", "http://localhost/").is_ok());
    }
}
