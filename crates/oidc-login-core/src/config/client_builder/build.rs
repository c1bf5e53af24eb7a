//! From settings to a client.

use super::{ClientConfigBuilder, contradictions::check_paths};
use crate::{
    config::{ClientConfig, Endpoint, Endpoints, RedirectUri, ValidPostLogoutRedirectUris},
    error::ConfigError,
};

impl ClientConfigBuilder {
    /// Checks the settings.
    ///
    /// # Errors
    /// For the first setting that is missing or cannot work, or that another one would leave without
    /// effect; it names the setting, its value, and what is allowed.
    pub fn build(self) -> Result<ClientConfig, ConfigError> {
        let root_url = self.checked_root_url()?;
        let mut endpoints = Endpoints::new(
            self.base_path.as_deref().unwrap_or(Endpoints::DEFAULT_BASE),
            &root_url,
        )?;
        let own_redirect_uri = self.own_redirect_uri(&root_url, &endpoints)?;
        let home_url = self.checked_home_url(&root_url)?;
        check_paths(&endpoints, &own_redirect_uri, &home_url)?;
        endpoints = endpoints.with_callback(own_redirect_uri.path());
        let valid_redirect_uris = self.patterns(&root_url, &own_redirect_uri)?;
        if self.redirect_uri != RedirectUri::FromHost {
            valid_redirect_uris
                .check(own_redirect_uri.as_str())
                .map_err(|refused| {
                    ConfigError::new(
                        "valid redirect URIs",
                        self.valid_redirect_uris.join(" "),
                        format!(
                            "patterns that match the app's own redirect URI {}",
                            own_redirect_uri.as_str()
                        ),
                    )
                    .with_source(refused)
                })?;
        }
        let valid_post_logout_redirect_uris = ValidPostLogoutRedirectUris::new(
            &self.valid_post_logout_redirect_uris,
            &root_url,
            &self.redirect_uris_for_logout(&root_url, &valid_redirect_uris)?,
        )
        .map_err(|error| {
            ConfigError::new(
                "valid post logout redirect URIs",
                self.valid_post_logout_redirect_uris.join(" "),
                "patterns as for the valid redirect URIs, + for those, - for none",
            )
            .with_source(error)
        })?;
        let post_logout_redirect_uri = self.checked_post_logout_redirect_uri(
            &root_url,
            &endpoints.path(Endpoint::LogoutCallback),
            &valid_post_logout_redirect_uris,
        )?;
        let (client_id, authentication) = self.checked_client()?;
        self.check_roles()?;
        let provider = self.checked_provider()?;
        self.check_stated_metadata(&provider)?;
        Ok(ClientConfig {
            client_id,
            authentication,
            assertion_audience: self.assertion_audience.clone(),
            home_url,
            redirect_uri: self.redirect_uri.clone(),
            own_redirect_uri,
            valid_redirect_uris,
            valid_post_logout_redirect_uris,
            post_logout_redirect_uri,
            logout_hint_claim: self.logout_hint_claim.clone(),
            end_session_parameters: self.checked_end_session_parameters()?,
            response_mode: self.response_mode,
            pushed_authorization_requests: self.pushed_authorization_requests,
            scopes: self.checked_scopes()?,
            parameters: self.checked_parameters()?,
            login_parameters: self.checked_login_parameters()?,
            endpoints,
            root_url,
            algorithms: self.checked_algorithms()?,
            logout_token_algorithms: self.checked_logout_token_algorithms()?,
            leeway: self.checked_leeway()?,
            role_claims: self.checked_role_claims()?,
            access_token_roles: self.access_token_roles,
            trusted_proxies: self.trusted_proxies,
            trusted_audiences: self.trusted_audiences.clone(),
            userinfo: self.userinfo,
            frontchannel_logout: self.frontchannel_logout,
            token_revocation: self.token_revocation,
            provider,
        })
    }
}
