//! Each setting of a client, checked.

use std::time::Duration;

use super::ClientConfigBuilder;
use crate::{
    config::{
        ClientAuthentication, Endpoint, Endpoints, OWN_PARAMETERS, RedirectUri, ReturnTo, RootUrl,
        ValidPostLogoutRedirectUris, ValidRedirectUris, WebUrl,
    },
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
        Ok((client_id, authentication))
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
