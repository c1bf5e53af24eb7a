//! Settings of a client, checked when it is built.

use std::{path::PathBuf, time::Duration};

use super::{
    AccessTokenRoles, ClientConfig, Endpoint, Endpoints, ProviderConfig, RedirectUri, ReturnTo,
    RootUrl, TrustedProxies, ValidPostLogoutRedirectUris, ValidRedirectUris, WebUrl,
    provider::ProviderConfigBuilder,
};
use crate::{
    error::ConfigError,
    protocol::{
        AllowedAlgorithms, ClientSecret, SigningAlgorithm, claim_path::ClaimPath,
        token_request::ClientAuthentication,
    },
};

const DEFAULT_SCOPES: [&str; 3] = ["openid", "profile", "email"];
const DEFAULT_ROLE_CLAIMS: [&str; 2] = ["realm_access.roles", "roles"];
const MAX_LEEWAY: Duration = Duration::from_secs(600);
/// What the flow itself sets in an authorization request.
const PROTECTED_PARAMETERS: [&str; 10] = [
    "client_id",
    "code_challenge",
    "code_challenge_method",
    "nonce",
    "redirect_uri",
    "request",
    "request_uri",
    "response_mode",
    "response_type",
    "state",
];

/// Settings of a [`ClientConfig`].
#[derive(Clone, Debug, Default)]
#[must_use]
pub struct ClientConfigBuilder {
    provider: Option<ProviderConfig>,
    provider_settings: ProviderConfigBuilder,
    client: Option<(String, ClientAuthentication)>,
    root_url: Option<String>,
    home_url: Option<String>,
    redirect_uri: RedirectUri,
    valid_redirect_uris: Vec<String>,
    valid_post_logout_redirect_uris: Vec<String>,
    post_logout_redirect_uri: Option<String>,
    scopes: Option<Vec<String>>,
    authorization_parameters: Vec<(String, String)>,
    base_path: Option<String>,
    trusted_proxies: TrustedProxies,
    algorithms: Option<Vec<SigningAlgorithm>>,
    leeway: Option<Duration>,
    role_claims: Option<Vec<String>>,
    access_token_roles: AccessTokenRoles,
    any_redirect_uri: bool,
    http_on_any_host: bool,
}

impl ClientConfigBuilder {
    /// The provider, where several clients share one.
    pub fn provider(mut self, provider: ProviderConfig) -> Self {
        self.provider = Some(provider);
        self
    }

    /// The provider by its issuer alone: the very text that the provider uses.
    pub fn issuer(mut self, issuer: impl Into<String>) -> Self {
        self.provider_settings = self.provider_settings.issuer(issuer);
        self
    }

    /// A file with certificates (PEM) of authorities to trust besides the platform's.
    pub fn ca_file(mut self, path: impl Into<PathBuf>) -> Self {
        self.provider_settings = self.provider_settings.ca_file(path);
        self
    }

    /// A public client: PKCE and no secret. In Keycloak, *Client authentication* is Off.
    pub fn public_client(mut self, client_id: impl Into<String>) -> Self {
        self.client = Some((client_id.into(), ClientAuthentication::None));
        self
    }

    /// A confidential client, with its secret in the `Authorization` header
    /// (`client_secret_basic`). In Keycloak, *Client authentication* is On.
    pub fn confidential_client(
        self,
        client_id: impl Into<String>,
        secret: impl Into<String>,
    ) -> Self {
        let authentication =
            ClientAuthentication::ClientSecretBasic(ClientSecret::new(secret.into()));
        self.client(client_id, authentication)
    }

    /// A client with a stated way of authentication.
    pub fn client(
        mut self,
        client_id: impl Into<String>,
        authentication: ClientAuthentication,
    ) -> Self {
        self.client = Some((client_id.into(), authentication));
        self
    }

    /// The address under which browsers reach the app, such as `http://localhost:5000/`: the base
    /// of relative URLs, and the origin of the redirect URI.
    pub fn root_url(mut self, url: impl Into<String>) -> Self {
        self.root_url = Some(url.into());
        self
    }

    /// Where to go after login when nothing was asked for. Default: the root URL's path.
    pub fn home_url(mut self, path: impl Into<String>) -> Self {
        self.home_url = Some(path.into());
        self
    }

    /// Where the redirect URI comes from. Default: [`RedirectUri::Fixed`].
    pub fn redirect_uri(mut self, redirect_uri: RedirectUri) -> Self {
        self.redirect_uri = redirect_uri;
        self
    }

    /// The same patterns as in the provider's console. Default: exactly our own redirect URI.
    pub fn valid_redirect_uris(
        mut self,
        patterns: impl IntoIterator<Item = impl Into<String>>,
    ) -> Self {
        self.valid_redirect_uris = patterns.into_iter().map(Into::into).collect();
        self
    }

    /// Where a logout may lead: patterns, `+` for the valid redirect URIs, `-` for nowhere.
    /// Default: `+`.
    pub fn valid_post_logout_redirect_uris(
        mut self,
        patterns: impl IntoIterator<Item = impl Into<String>>,
    ) -> Self {
        self.valid_post_logout_redirect_uris = patterns.into_iter().map(Into::into).collect();
        self
    }

    /// Where the provider sends the browser after logout; relative ones start at the root URL.
    /// With the path of our own endpoint, `/auth/logout/callback`, the `state` that comes back is
    /// compared and the target asked for is reached.
    ///
    /// Default: the root URL, as written. Where valid post-logout redirect URIs are set and it is not
    /// among them (`-`, say), none: the browser stays at the provider, which would refuse it.
    pub fn post_logout_redirect_uri(mut self, uri: impl Into<String>) -> Self {
        self.post_logout_redirect_uri = Some(uri.into());
        self
    }

    /// The scopes to ask for. Default: `openid profile email`; `openid` is always sent.
    pub fn scopes(mut self, scopes: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.scopes = Some(scopes.into_iter().map(Into::into).collect());
        self
    }

    /// One more parameter of every authorization request, such as `ui_locales`.
    pub fn authorization_parameter(
        mut self,
        name: impl Into<String>,
        value: impl Into<String>,
    ) -> Self {
        self.authorization_parameters
            .push((name.into(), value.into()));
        self
    }

    /// The base path of our endpoints. Default: `/auth`.
    pub fn base_path(mut self, path: impl Into<String>) -> Self {
        self.base_path = Some(path.into());
        self
    }

    /// The proxies in front of the app. Default: none.
    pub fn trusted_proxies(mut self, proxies: TrustedProxies) -> Self {
        self.trusted_proxies = proxies;
        self
    }

    /// The algorithms an ID token may be signed with. Default: all we know, which are all
    /// asymmetric.
    pub fn id_token_signing_algorithms(
        mut self,
        algorithms: impl IntoIterator<Item = SigningAlgorithm>,
    ) -> Self {
        self.algorithms = Some(algorithms.into_iter().collect());
        self
    }

    /// How far the provider's clock may be off. Default: 60 seconds.
    pub fn clock_leeway(mut self, leeway: Duration) -> Self {
        self.leeway = Some(leeway);
        self
    }

    /// Where in the claims the roles stand. Default: `realm_access.roles` and `roles`.
    pub fn role_claims(mut self, paths: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.role_claims = Some(paths.into_iter().map(Into::into).collect());
        self
    }

    /// Whether roles are also read from the access token. Default: no.
    pub fn access_token_roles(mut self, roles: AccessTokenRoles) -> Self {
        self.access_token_roles = roles;
        self
    }

    /// Settings that drop a guarantee.
    pub fn dangerous(self) -> Dangerous {
        Dangerous(self)
    }

    /// Checks the settings.
    ///
    /// # Errors
    /// For the first setting that is missing or cannot work; it names the setting, its value, and
    /// what is allowed.
    pub fn build(self) -> Result<ClientConfig, ConfigError> {
        let root_url = self.checked_root_url()?;
        let mut endpoints = Endpoints::new(
            self.base_path.as_deref().unwrap_or(Endpoints::DEFAULT_BASE),
            &root_url,
        )?;
        let own_redirect_uri = self.own_redirect_uri(&root_url, &endpoints)?;
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
            &valid_redirect_uris,
        )
        .map_err(|error| {
            ConfigError::new(
                "valid post logout redirect URIs",
                self.valid_post_logout_redirect_uris.join(" "),
                "patterns as for the valid redirect URIs, + for those, - for none",
            )
            .with_source(error)
        })?;
        let post_logout_redirect_uri =
            self.checked_post_logout_redirect_uri(&root_url, &valid_post_logout_redirect_uris)?;
        let (client_id, authentication) = self.checked_client()?;
        Ok(ClientConfig {
            client_id,
            authentication,
            home_url: self.checked_home_url(&root_url)?,
            redirect_uri: self.redirect_uri.clone(),
            own_redirect_uri,
            valid_redirect_uris,
            valid_post_logout_redirect_uris,
            post_logout_redirect_uri,
            scopes: self.checked_scopes()?,
            authorization_parameters: self.checked_parameters()?,
            endpoints,
            root_url,
            algorithms: self.checked_algorithms()?,
            leeway: self.checked_leeway()?,
            role_claims: self.checked_role_claims()?,
            access_token_roles: self.access_token_roles,
            trusted_proxies: self.trusted_proxies,
            provider: match self.provider {
                Some(provider) => provider,
                None => self.provider_settings.build()?,
            },
        })
    }

    fn checked_root_url(&self) -> Result<RootUrl, ConfigError> {
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

    fn own_redirect_uri(
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

    fn patterns(
        &self,
        root_url: &RootUrl,
        own_redirect_uri: &WebUrl,
    ) -> Result<ValidRedirectUris, ConfigError> {
        if self.any_redirect_uri {
            return Ok(ValidRedirectUris::dangerously_allow_all());
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

    fn checked_post_logout_redirect_uri(
        &self,
        root_url: &RootUrl,
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
            let is_valid = self.valid_post_logout_redirect_uris.is_empty()
                || valid.check(root_url.web_url().as_str()).is_ok();
            return Ok(is_valid.then(|| root_url.web_url().clone()));
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

    fn checked_client(&self) -> Result<(String, ClientAuthentication), ConfigError> {
        const ALLOWED: &str = "the client id registered at the provider";
        let (client_id, authentication) = self
            .client
            .clone()
            .ok_or_else(|| ConfigError::missing("client id", ALLOWED))?;
        if client_id.is_empty() || client_id.chars().any(char::is_control) {
            return Err(ConfigError::new("client id", client_id, ALLOWED));
        }
        let secret = match &authentication {
            ClientAuthentication::None => return Ok((client_id, authentication)),
            ClientAuthentication::ClientSecretBasic(secret)
            | ClientAuthentication::ClientSecretPost(secret) => secret,
        };
        if secret.secret().is_empty() {
            return Err(ConfigError::new(
                "client secret",
                "",
                "the secret the provider shows for this client; public_client() for a client without one",
            ));
        }
        Ok((client_id, authentication))
    }

    fn checked_home_url(&self, root_url: &RootUrl) -> Result<ReturnTo, ConfigError> {
        let home = self.home_url.as_deref().unwrap_or(root_url.path());
        ReturnTo::parse(home, root_url).map_err(|error| {
            ConfigError::new("home URL", home, "a path on the root URL's origin").with_source(error)
        })
    }

    fn checked_scopes(&self) -> Result<Vec<String>, ConfigError> {
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

    fn checked_parameters(&self) -> Result<Vec<(String, String)>, ConfigError> {
        let protected = self.authorization_parameters.iter().find(|(name, _)| {
            name.is_empty() || name == "scope" || PROTECTED_PARAMETERS.contains(&name.as_str())
        });
        match protected {
            None => Ok(self.authorization_parameters.clone()),
            Some((name, _)) => Err(ConfigError::new(
                "authorization parameters",
                name.as_str(),
                "parameters that the login does not set itself, such as ui_locales or prompt",
            )),
        }
    }

    fn checked_algorithms(&self) -> Result<AllowedAlgorithms, ConfigError> {
        let allowed = self
            .algorithms
            .as_ref()
            .map_or_else(AllowedAlgorithms::default, |list| {
                list.iter().copied().collect()
            });
        if allowed.is_empty() {
            return Err(ConfigError::missing(
                "ID token signing algorithms",
                "at least one of RS256, RS384, RS512, PS256, PS384, PS512, ES256, ES384, ES512, EdDSA",
            ));
        }
        Ok(allowed)
    }

    fn checked_leeway(&self) -> Result<Duration, ConfigError> {
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

    fn checked_role_claims(&self) -> Result<Vec<ClaimPath>, ConfigError> {
        match &self.role_claims {
            Some(paths) => paths.iter().map(|path| path.parse()).collect(),
            None => DEFAULT_ROLE_CLAIMS
                .iter()
                .map(|path| path.parse())
                .collect(),
        }
    }
}

/// Settings that drop a guarantee; each says which.
#[derive(Debug)]
#[must_use]
pub struct Dangerous(ClientConfigBuilder);

impl Dangerous {
    /// Accepts any redirect URI, Keycloak's lone `*`.
    ///
    /// # Security
    /// With [`RedirectUri::FromHost`] whoever chooses the host of a request chooses where the code
    /// goes; only the provider's own list is left.
    pub fn allow_any_redirect_uri(mut self) -> ClientConfigBuilder {
        self.0.any_redirect_uri = true;
        self.0
    }

    /// Accepts a root URL with http on a host that is not loopback.
    ///
    /// # Security
    /// Cookies and codes then cross the network in the clear.
    pub fn allow_http_root_url(mut self) -> ClientConfigBuilder {
        self.0.http_on_any_host = true;
        self.0
    }
}

#[cfg(all(test, feature = "tokio"))]
mod tests {
    use super::*;

    fn tutorial() -> ClientConfigBuilder {
        ClientConfig::builder()
            .issuer("http://localhost:8080/realms/myRealm")
            .public_client("flask-app")
            .root_url("http://localhost:5000/")
            .valid_redirect_uris(["/*"])
    }

    #[test]
    fn the_tutorials_client_is_built() {
        let client = tutorial().build().unwrap();
        assert_eq!(client.redirect_uri(), "http://localhost:5000/auth/callback");
        assert_eq!(client.scopes, ["openid", "profile", "email"]);
        assert_eq!(
            client.post_logout_redirect_uri.as_ref().map(WebUrl::as_str),
            Some("http://localhost:5000/")
        );
        assert!(!client.returns_from_logout());
    }

    #[test]
    fn a_wrong_setting_is_named_with_its_value() {
        for (setting, value, builder) in [
            (
                "root URL",
                "http://app.test/",
                tutorial().root_url("http://app.test/"),
            ),
            (
                "root URL",
                "nothing",
                ClientConfigBuilder {
                    root_url: None,
                    ..tutorial()
                },
            ),
            (
                "issuer",
                "nothing",
                ClientConfig::builder()
                    .public_client("a")
                    .root_url("http://localhost/"),
            ),
            (
                "client id",
                "nothing",
                ClientConfigBuilder {
                    client: None,
                    ..tutorial()
                },
            ),
            ("client id", "", tutorial().public_client("")),
            ("client secret", "", tutorial().confidential_client("a", "")),
            (
                "valid redirect URIs",
                "*",
                tutorial().valid_redirect_uris(["*"]),
            ),
            (
                "valid redirect URIs",
                "/other/*",
                tutorial().valid_redirect_uris(["/other/*"]),
            ),
            (
                "valid post logout redirect URIs",
                "- /",
                tutorial().valid_post_logout_redirect_uris(["-", "/"]),
            ),
            (
                "post logout redirect URI",
                "https://evil.test/",
                tutorial().post_logout_redirect_uri("https://evil.test/"),
            ),
            (
                "scopes",
                "openid profile",
                tutorial().scopes(["openid profile"]),
            ),
            ("base path", "auth", tutorial().base_path("auth")),
            (
                "home URL",
                "//evil.test",
                tutorial().home_url("//evil.test"),
            ),
            (
                "redirect URI",
                "https://evil.test/cb",
                tutorial().redirect_uri(RedirectUri::Uri("https://evil.test/cb".into())),
            ),
            (
                "authorization parameters",
                "state",
                tutorial().authorization_parameter("state", "x"),
            ),
            ("role claim", "a..b", tutorial().role_claims(["a..b"])),
            (
                "clock leeway",
                "601 s",
                tutorial().clock_leeway(Duration::from_secs(601)),
            ),
            (
                "ID token signing algorithms",
                "nothing",
                tutorial().id_token_signing_algorithms([]),
            ),
        ] {
            let error = builder.build().unwrap_err();
            assert_eq!(
                (error.setting(), error.value()),
                (setting, value),
                "{error}"
            );
            assert!(!error.allowed().is_empty());
        }
    }

    #[test]
    fn dangerous_settings_are_accepted_only_there() {
        let http = tutorial()
            .root_url("http://app.test/")
            .dangerous()
            .allow_http_root_url();
        assert!(http.build().is_ok());
        let any = tutorial().dangerous().allow_any_redirect_uri();
        assert!(any.build().is_ok());
    }

    #[test]
    fn an_own_redirect_uri_moves_the_callback() {
        let uri = RedirectUri::Uri("http://localhost:5000/oidc_callback".into());
        let client = tutorial().redirect_uri(uri).build().unwrap();
        assert_eq!(
            client.endpoints().of("/oidc_callback"),
            Some(Endpoint::Callback)
        );
        assert_eq!(
            client.endpoints().of("/auth/callback"),
            Some(Endpoint::Unknown)
        );
    }

    #[test]
    fn nothing_secret_is_printed() {
        let builder = tutorial().confidential_client("a", "hush");
        assert!(!format!("{builder:?} {:?}", builder.clone().build()).contains("hush"));
    }
}
