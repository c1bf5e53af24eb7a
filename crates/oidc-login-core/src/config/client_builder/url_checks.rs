//! The URLs of a client, checked.

use super::ClientConfigBuilder;
use crate::{
    config::{
        Endpoint, Endpoints, RedirectUri, ReturnTo, RootUrl, ValidPostLogoutRedirectUris,
        ValidRedirectUris, WebUrl,
    },
    error::ConfigError,
};

impl ClientConfigBuilder {
    pub(super) fn checked_root_url(&self) -> Result<RootUrl, ConfigError> {
        const ALLOWED: &str = "the app's own address, such as http://localhost:5000/; https for any other host than localhost";
        let text = self
            .root_url
            .as_deref()
            .ok_or_else(|| ConfigError::missing("root URL", ALLOWED))?;
        let parsed = if self.http_on_any_host {
            RootUrl::dangerously_allow_http(text)
        } else {
            RootUrl::parse(text)
        };
        parsed.map_err(|error| ConfigError::new("root URL", text, ALLOWED).with_source(error))
    }

    pub(super) fn own_redirect_uri(
        &self,
        root_url: &RootUrl,
        endpoints: &Endpoints,
    ) -> Result<WebUrl, ConfigError> {
        let refused = |uri: &str| {
            ConfigError::new(
                "redirect URI",
                uri,
                "a URL on the root URL's origin, without a query",
            )
        };
        let uri = match &self.redirect_uri {
            RedirectUri::Uri(uri) => uri.clone(),
            RedirectUri::Fixed | RedirectUri::FromHost => {
                format!(
                    "{}{}",
                    root_url.origin(),
                    endpoints.path(Endpoint::Callback)
                )
            }
        };
        let url = WebUrl::parse(&uri).map_err(|defect| refused(&uri).with_source(defect))?;
        if url.origin() != root_url.origin() || url.query().is_some() {
            return Err(refused(&uri));
        }
        Ok(url)
    }

    pub(super) fn patterns(
        &self,
        root_url: &RootUrl,
        own_redirect_uri: &WebUrl,
    ) -> Result<ValidRedirectUris, ConfigError> {
        if self.any_redirect_uri {
            if !self.valid_redirect_uris.is_empty() {
                return Err(ConfigError::new(
                    "valid redirect URIs",
                    self.valid_redirect_uris.join(" "),
                    "none beside dangerous().allow_any_redirect_uri(); or leave that out",
                ));
            }
            return Ok(ValidRedirectUris::dangerously_allow_all());
        }
        let names_a_host = |pattern: &String| !pattern.starts_with('/');
        if self.redirect_uri == RedirectUri::FromHost
            && !self.valid_redirect_uris.iter().any(names_a_host)
        {
            return Err(ConfigError::new(
                "valid redirect URIs",
                self.valid_redirect_uris.join(" "),
                "at least one pattern with a host, since the redirect URI comes from the host of the request",
            ));
        }
        if self.valid_redirect_uris.is_empty() {
            return Ok(ValidRedirectUris::from_own(own_redirect_uri));
        }
        let valid = ValidRedirectUris::new(&self.valid_redirect_uris, root_url).map_err(|error| {
            ConfigError::new(
                "valid redirect URIs",
                self.valid_redirect_uris.join(" "),
                "exact URLs, or URLs with one * at the end of the path; relative ones begin with a slash",
            )
            .with_source(error)
        })?;
        for warning in valid.warnings() {
            tracing::warn!(%warning, "valid redirect URIs");
        }
        Ok(valid)
    }

    /// What `+` stands for: where any redirect URI is valid, our own origin all the same.
    pub(super) fn redirect_uris_for_logout(
        &self,
        root_url: &RootUrl,
        valid: &ValidRedirectUris,
    ) -> Result<ValidRedirectUris, ConfigError> {
        if !self.any_redirect_uri {
            return Ok(valid.clone());
        }
        let own = format!("{}/*", root_url.origin());
        ValidRedirectUris::new([&own], root_url).map_err(|error| {
            ConfigError::new("root URL", own.clone(), "one that patterns can begin with")
                .with_source(error)
        })
    }

    pub(super) fn checked_post_logout_redirect_uri(
        &self,
        root_url: &RootUrl,
        logout_callback: &str,
        valid: &ValidPostLogoutRedirectUris,
    ) -> Result<Option<WebUrl>, ConfigError> {
        let refused = |uri: &str| {
            ConfigError::new(
                "post logout redirect URI",
                uri,
                "a URL that matches the valid post logout redirect URIs",
            )
        };
        let Some(uri) = self.post_logout_redirect_uri.as_deref() else {
            if self.valid_post_logout_redirect_uris.is_empty() {
                return Ok(Some(root_url.web_url().clone()));
            }
            let callback = format!("{}{logout_callback}", root_url.origin());
            let usual = [root_url.web_url().as_str(), &callback];
            return Ok(usual.into_iter().find_map(|uri| valid.check(uri).ok()));
        };
        let url = if uri.starts_with('/') {
            root_url.join(uri)
        } else {
            WebUrl::parse(uri)
        };
        let url = url.map_err(|defect| refused(uri).with_source(defect))?;
        valid
            .check(url.as_str())
            .map(Some)
            .map_err(|error| refused(uri).with_source(error))
    }

    pub(super) fn checked_home_url(&self, root_url: &RootUrl) -> Result<ReturnTo, ConfigError> {
        let path = match root_url.path() {
            "" => "/",
            path => path,
        };
        let home = self.home_url.as_deref().unwrap_or(path);
        ReturnTo::parse(home, root_url).map_err(|error| {
            ConfigError::new("home URL", home, "a path on the root URL's origin").with_source(error)
        })
    }
}
