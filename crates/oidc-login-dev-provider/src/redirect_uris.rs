//! The redirect URIs of a client.

use oidc_login_core::config::{RootUrl, ValidRedirectUris, WebUrl};

use crate::ConfigError;

/// Where a client may have the browser sent, judged by the same patterns as at the relying party.
pub(crate) struct RedirectUris {
    written: Vec<String>,
    valid: ValidRedirectUris,
}

impl RedirectUris {
    pub(crate) fn new(
        setting: &str,
        root_url: Option<&RootUrl>,
        written: Vec<String>,
    ) -> Result<Self, ConfigError> {
        let relative = written.iter().find(|pattern| pattern.starts_with('/'));
        if let (None, Some(relative)) = (root_url, relative) {
            return Err(ConfigError::new(
                setting,
                relative,
                "a whole URL, or a `root_url` that it starts at",
            ));
        }
        let unused = RootUrl::parse("http://localhost").expect("localhost may be http");
        let valid = ValidRedirectUris::new(&written, root_url.unwrap_or(&unused))
            .map_err(|error| ConfigError::new(setting, &error.pattern, error.kind.to_string()))?;
        Ok(Self { written, valid })
    }

    /// `Err` says why this address is none of them.
    pub(crate) fn check(&self, uri: &str) -> Result<WebUrl, String> {
        self.valid.check(uri).map_err(|refused| refused.to_string())
    }

    /// The patterns as the settings have them.
    pub(crate) fn written(&self) -> &[String] {
        &self.written
    }
}
