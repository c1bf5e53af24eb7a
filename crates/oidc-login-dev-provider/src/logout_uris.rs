//! Where clients are told of a logout, in the back channel and in frames.

use oidc_login_core::config::RootUrl;
use url::Url;

use crate::{Client, ConfigError};

/// Where an app wants to be told that a person signed out.
#[derive(Clone, Default)]
pub(crate) struct LogoutUris {
    frontchannel: Option<String>,
    frontchannel_names_session: bool,
    backchannel: Option<String>,
}

/// The same, checked.
#[derive(Default)]
pub(crate) struct RegisteredLogoutUris {
    pub(crate) frontchannel: Option<Url>,
    /// Whether `iss` and `sid` go with it.
    pub(crate) frontchannel_names_session: bool,
    pub(crate) backchannel: Option<Url>,
}

impl Client {
    /// What the sign-out page frames, with `iss` and `sid`; nothing by default. A relative one starts at the root URL,
    /// [Front-Channel Logout §2](https://openid.net/specs/openid-connect-frontchannel-1_0.html#RPLogout).
    pub fn frontchannel_logout_uri(mut self, uri: impl Into<String>) -> Self {
        self.logout_uris.frontchannel = Some(uri.into());
        self.logout_uris.frontchannel_names_session = true;
        self
    }

    /// The same without `iss` and `sid`, as for a client that is not registered with `frontchannel_logout_session_required`.
    pub fn frontchannel_logout_uri_without_session(mut self, uri: impl Into<String>) -> Self {
        self.logout_uris.frontchannel = Some(uri.into());
        self.logout_uris.frontchannel_names_session = false;
        self
    }

    /// Where a logout token is posted; nowhere by default. A relative one starts at the root URL,
    /// [Back-Channel Logout §2.2](https://openid.net/specs/openid-connect-backchannel-1_0.html#BCRegistration).
    pub fn backchannel_logout_uri(mut self, uri: impl Into<String>) -> Self {
        self.logout_uris.backchannel = Some(uri.into());
        self
    }
}

impl LogoutUris {
    pub(crate) fn register(
        &self,
        setting: impl Fn(&str) -> String,
        root_url: Option<&RootUrl>,
    ) -> Result<RegisteredLogoutUris, ConfigError> {
        let checked = |name: &str, uri: &Option<String>| match uri {
            Some(uri) => absolute(uri, root_url).map(Some).ok_or_else(|| {
                let allowed =
                    "an http or https URL without fragment; a relative one needs a `root_url`";
                ConfigError::new(setting(name), uri, allowed)
            }),
            None => Ok(None),
        };
        Ok(RegisteredLogoutUris {
            frontchannel: checked("frontchannel_logout_uri", &self.frontchannel)?,
            frontchannel_names_session: self.frontchannel_names_session,
            backchannel: checked("backchannel_logout_uri", &self.backchannel)?,
        })
    }
}

fn absolute(uri: &str, root_url: Option<&RootUrl>) -> Option<Url> {
    let url = if uri.starts_with('/') {
        let root_url = root_url?;
        let path = root_url.path().trim_end_matches('/');
        Url::parse(&format!("{}{path}{uri}", root_url.origin()))
    } else {
        Url::parse(uri)
    };
    let is_web = |url: &Url| matches!(url.scheme(), "http" | "https") && url.fragment().is_none();
    url.ok().filter(is_web)
}
