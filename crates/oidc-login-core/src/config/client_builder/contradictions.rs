//! Settings that contradict each other: one of them would be ignored, and nobody would know which.

use super::ClientConfigBuilder;
use crate::{
    config::{
        AccessTokenRoles, AssertionAudience, ClientAuthentication, Endpoint, Endpoints,
        MetadataSource, ProviderConfig, PushedAuthorizationRequests, ReturnTo, UserInfo, WebUrl,
    },
    error::ConfigError,
};

impl ClientConfigBuilder {
    /// A secret or keys that a later call left without use, and an audience without assertions.
    pub(super) fn check_authentication(
        &self,
        authentication: &ClientAuthentication,
    ) -> Result<(), ConfigError> {
        if let Some(credential) = self.unused_credential {
            return Err(ConfigError::new(
                "client authentication",
                authentication.name(),
                format!("one that uses the {credential}, which are set too; or leave them out"),
            ));
        }
        let makes_assertions = match authentication {
            ClientAuthentication::None
            | ClientAuthentication::ClientSecretBasic(_)
            | ClientAuthentication::ClientSecretPost(_) => false,
            // The provider's metadata may choose client_secret_jwt.
            ClientAuthentication::ClientSecret(_)
            | ClientAuthentication::ClientSecretJwt(..)
            | ClientAuthentication::PrivateKeyJwt(_) => true,
        };
        if makes_assertions || self.assertion_audience == AssertionAudience::Issuer {
            return Ok(());
        }
        Err(ConfigError::new(
            "assertion audience",
            format!("{:?}", self.assertion_audience),
            format!(
                "to leave it out, as the client authentication {} makes no assertions; or client_secret_jwt or private_key_jwt",
                authentication.name()
            ),
        ))
    }

    /// Roles that are to be read from the access token, and nowhere in it.
    pub(super) fn check_roles(&self) -> Result<(), ConfigError> {
        let nowhere = self.role_claims.as_ref().is_some_and(Vec::is_empty);
        if !nowhere || self.access_token_roles == AccessTokenRoles::Ignored {
            return Ok(());
        }
        Err(ConfigError::missing(
            "role claims",
            "at least one, as access token roles are Verified; or leave those Ignored",
        ))
    }

    /// What every login needs of a provider that is said not to have it.
    pub(super) fn check_stated_metadata(
        &self,
        provider: &ProviderConfig,
    ) -> Result<(), ConfigError> {
        let MetadataSource::Stated(metadata) = &provider.metadata else {
            return Ok(());
        };
        let cannot = |setting, value, endpoint, instead| {
            let allowed = format!(
                "{instead}, as the provider's settings are without discovery and name no {endpoint}; or name one"
            );
            Err(ConfigError::new(setting, value, allowed))
        };
        if self.pushed_authorization_requests == PushedAuthorizationRequests::Required
            && metadata.pushed_authorization_request_endpoint.is_none()
        {
            let endpoint = "pushed_authorization_request_endpoint";
            let setting = "pushed authorization requests";
            return cannot(setting, "Required", endpoint, "Auto or Never");
        }
        if self.userinfo == UserInfo::Always && metadata.userinfo_endpoint.is_none() {
            return cannot("userinfo", "Always", "userinfo_endpoint", "Auto or Off");
        }
        Ok(())
    }
}

/// A callback, or a page to go to after login, that is another endpoint of ours.
pub(super) fn check_paths(
    endpoints: &Endpoints,
    own_redirect_uri: &WebUrl,
    home_url: &ReturnTo,
) -> Result<(), ConfigError> {
    match endpoints.of(own_redirect_uri.path()) {
        None | Some(Endpoint::Callback | Endpoint::Unknown) => {}
        Some(_) => {
            return Err(ConfigError::new(
                "redirect URI",
                own_redirect_uri.as_str(),
                "a path of its own, as another endpoint below the base path has this one; or another base path",
            ));
        }
    }
    let home = endpoints.clone().with_callback(own_redirect_uri.path());
    if home.of(home_url.path()).is_some() {
        return Err(ConfigError::new(
            "home URL",
            home_url.as_str(),
            "a page of the app, as the base path is for the login's own endpoints; or another base path",
        ));
    }
    Ok(())
}

#[cfg(all(test, feature = "tokio"))]
mod tests;
