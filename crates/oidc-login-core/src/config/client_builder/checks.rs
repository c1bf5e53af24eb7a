//! Each setting of a client, checked; those that are URLs stand apart.

use std::time::Duration;

use super::ClientConfigBuilder;
use crate::{
    config::{ClientAuthentication, OWN_PARAMETERS, ProviderConfig},
    error::ConfigError,
    protocol::{
        AllowedAlgorithms, LoginParameters, SigningAlgorithm,
        claim_path::ClaimPath,
        extra_parameters::{Request, check_name},
    },
};

const DEFAULT_SCOPES: [&str; 3] = ["openid", "profile", "email"];
const DEFAULT_ROLE_CLAIMS: [&str; 2] = ["realm_access.roles", "roles"];
const MAX_LEEWAY: Duration = Duration::from_secs(600);
/// What a logout itself sets in its request to the provider.
const END_SESSION_PARAMETERS: [&str; 5] = [
    "client_id",
    "id_token_hint",
    "logout_hint",
    "post_logout_redirect_uri",
    "state",
];

impl ClientConfigBuilder {
    pub(super) fn checked_client(&self) -> Result<(String, ClientAuthentication), ConfigError> {
        const ALLOWED: &str = "the client id registered at the provider";
        let (client_id, authentication) = self
            .client
            .clone()
            .ok_or_else(|| ConfigError::missing("client id", ALLOWED))?;
        if client_id.is_empty() || client_id.chars().any(char::is_control) {
            return Err(ConfigError::new("client id", client_id, ALLOWED));
        }
        authentication.check()?;
        self.check_authentication(&authentication)?;
        Ok((client_id, authentication))
    }

    pub(super) fn checked_provider(&self) -> Result<ProviderConfig, ConfigError> {
        match &self.provider {
            Some(provider) if self.provider_settings.is_empty() => Ok(provider.clone()),
            Some(provider) => Err(ConfigError::new(
                "provider",
                provider.issuer(),
                "either a provider, or an issuer and its settings",
            )),
            None => self.provider_settings.clone().build(),
        }
    }

    pub(super) fn checked_scopes(&self) -> Result<Vec<String>, ConfigError> {
        let mut scopes = vec!["openid".to_owned()];
        let asked = match &self.scopes {
            Some(scopes) => scopes.clone(),
            None => DEFAULT_SCOPES.map(str::to_owned).to_vec(),
        };
        for scope in asked {
            // RFC 6749 §3.3
            let is_token = !scope.is_empty()
                && scope
                    .bytes()
                    .all(|byte| byte.is_ascii_graphic() && byte != b'"' && byte != b'\\');
            if !is_token {
                return Err(ConfigError::new(
                    "scopes",
                    scope,
                    "single scopes of printable ASCII, without blanks, quotes and backslashes",
                ));
            }
            if !scopes.contains(&scope) {
                scopes.push(scope);
            }
        }
        Ok(scopes)
    }

    pub(super) fn checked_parameters(&self) -> Result<LoginParameters, ConfigError> {
        let mut checked = LoginParameters::default();
        for (setting, request, parameters) in [
            (
                "authorization parameters",
                Request::Authorization,
                &self.authorization_parameters,
            ),
            ("token parameters", Request::Token, &self.token_parameters),
        ] {
            for (name, value) in parameters {
                checked.add(request, name, value).map_err(|error| {
                    let allowed =
                        format!("each once, and none that the login sets itself: {error}");
                    ConfigError::new(setting, name.as_str(), allowed).with_source(error)
                })?;
            }
        }
        Ok(checked)
    }

    pub(super) fn checked_login_parameters(&self) -> Result<Vec<String>, ConfigError> {
        let refused = |name: &str| {
            ConfigError::new(
                "login parameters",
                name,
                "names of parameters of the authorization request that the login does not set itself; login_hint or ui_locales, say",
            )
        };
        for name in &self.login_parameters {
            check_name(Request::Authorization, name)
                .map_err(|error| refused(name).with_source(error))?;
            if OWN_PARAMETERS.contains(&name.as_str()) {
                return Err(refused(name));
            }
        }
        Ok(self.login_parameters.clone())
    }

    pub(super) fn checked_end_session_parameters(
        &self,
    ) -> Result<Vec<(String, String)>, ConfigError> {
        let parameters = &self.end_session_parameters;
        let mut known = END_SESSION_PARAMETERS.to_vec();
        for (name, _) in parameters {
            if name.is_empty() || known.contains(&name.as_str()) {
                return Err(ConfigError::new(
                    "end session parameters",
                    name.as_str(),
                    "each once, and none that the logout sets itself; ui_locales, say",
                ));
            }
            known.push(name);
        }
        Ok(parameters.clone())
    }

    pub(super) fn checked_algorithms(&self) -> Result<AllowedAlgorithms, ConfigError> {
        match &self.algorithms {
            Some(list) => allowed("ID token signing algorithms", list),
            None => Ok(AllowedAlgorithms::default()),
        }
    }

    pub(super) fn checked_logout_token_algorithms(&self) -> Result<AllowedAlgorithms, ConfigError> {
        let registered = self.logout_token_algorithms.as_ref();
        match registered.or(self.algorithms.as_ref()) {
            Some(list) => allowed("logout token signing algorithms", list),
            None => Ok(AllowedAlgorithms::from_iter([SigningAlgorithm::Rs256])),
        }
    }

    pub(super) fn checked_leeway(&self) -> Result<Duration, ConfigError> {
        let leeway = self.leeway.unwrap_or(Duration::from_secs(60));
        if leeway > MAX_LEEWAY {
            return Err(ConfigError::new(
                "clock leeway",
                format!("{} s", leeway.as_secs()),
                "at most 600 seconds",
            ));
        }
        Ok(leeway)
    }

    pub(super) fn checked_role_claims(&self) -> Result<Vec<ClaimPath>, ConfigError> {
        match &self.role_claims {
            Some(paths) => paths.iter().map(|path| path.parse()).collect(),
            None => DEFAULT_ROLE_CLAIMS
                .iter()
                .map(|path| path.parse())
                .collect(),
        }
    }
}

fn allowed(
    setting: &'static str,
    list: &[SigningAlgorithm],
) -> Result<AllowedAlgorithms, ConfigError> {
    let allowed: AllowedAlgorithms = list.iter().copied().collect();
    if allowed.is_empty() {
        return Err(ConfigError::missing(
            setting,
            "at least one of RS256, RS384, RS512, PS256, PS384, PS512, ES256, ES384, ES512, EdDSA",
        ));
    }
    Ok(allowed)
}
