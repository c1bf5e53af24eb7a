//! How a registered client proves that it is itself.

use oidc_login_core::protocol::key_set::KeySet;

use super::Client;
use crate::ConfigError;

/// How a confidential client proves at the token endpoint that it is itself,
/// [OIDC Core §9](https://openid.net/specs/openid-connect-core-1_0.html#ClientAuthentication).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum ClientAuthentication {
    /// `client_secret_basic`: in the `Authorization` header.
    SecretBasic,
    /// `client_secret_post`: in the form.
    SecretPost,
    /// `client_secret_jwt`: as the key of an assertion.
    SecretJwt,
    /// `private_key_jwt`: an assertion by a key that only the client has.
    PrivateKeyJwt,
}

impl ClientAuthentication {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::SecretBasic => "client_secret_basic",
            Self::SecretPost => "client_secret_post",
            Self::SecretJwt => "client_secret_jwt",
            Self::PrivateKeyJwt => "private_key_jwt",
        }
    }
}

impl Client {
    pub(super) fn check_authentication(&self, setting: &str) -> Result<(), ConfigError> {
        let is_by_key = self.authentication == Some(ClientAuthentication::PrivateKeyJwt);
        let allowed = match (self.authentication, &self.secret, &self.jwks) {
            (Some(_), None, None) => {
                "a client made by `Client::confidential`; a public client has nothing to authenticate with"
            }
            (Some(_), Some(_), _) if is_by_key => "a client made by `Client::with_public_keys`",
            (Some(_), None, Some(_)) if !is_by_key => {
                "private_key_jwt, as the client has keys and no secret"
            }
            _ => return Ok(()),
        };
        let method = self
            .authentication
            .map_or("none", ClientAuthentication::name);
        Err(ConfigError::new(setting, method, allowed))
    }

    pub(super) fn key_set(&self, setting: String) -> Result<Option<KeySet>, ConfigError> {
        let Some(jwks) = &self.jwks else {
            return Ok(None);
        };
        let set = KeySet::from_json(jwks.as_bytes()).ok();
        let usable = |set: &KeySet| set.keys().iter().any(|key| key.unusable().is_none());
        let set = set.filter(usable).ok_or_else(|| {
            let allowed = "a JWK set with a public key that verifies signatures";
            ConfigError::redacted(setting, allowed)
        })?;
        Ok(Some(set))
    }
}
