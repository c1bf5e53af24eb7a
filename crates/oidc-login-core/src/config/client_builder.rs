//! Settings of a client, checked when it is built.

mod checks;

use std::{path::PathBuf, time::Duration};

use super::{
    AccessTokenRoles, AssertionAudience, ClientAuthentication, ClientConfig, ClientSecret,
    Endpoint, Endpoints, FrontchannelLogout, ProviderConfig, PushedAuthorizationRequests,
    RedirectUri, ResponseMode, TokenRevocation, TrustedProxies, UserInfo,
    ValidPostLogoutRedirectUris, provider::ProviderConfigBuilder,
};
use crate::{error::ConfigError, protocol::SigningAlgorithm};

/// Settings of a [`ClientConfig`].
#[derive(Clone, Debug, Default)]
#[must_use]
pub struct ClientConfigBuilder {
    provider: Option<ProviderConfig>,
    provider_settings: ProviderConfigBuilder,
    client: Option<(String, ClientAuthentication)>,
    assertion_audience: AssertionAudience,
    root_url: Option<String>,
    home_url: Option<String>,
    redirect_uri: RedirectUri,
    valid_redirect_uris: Vec<String>,
    valid_post_logout_redirect_uris: Vec<String>,
    post_logout_redirect_uri: Option<String>,
    logout_hint_claim: Option<String>,
    end_session_parameters: Vec<(String, String)>,
    response_mode: ResponseMode,
    pushed_authorization_requests: PushedAuthorizationRequests,
    scopes: Option<Vec<String>>,
    authorization_parameters: Vec<(String, String)>,
    token_parameters: Vec<(String, String)>,
    login_parameters: Vec<String>,
    base_path: Option<String>,
    trusted_proxies: TrustedProxies,
    algorithms: Option<Vec<SigningAlgorithm>>,
    logout_token_algorithms: Option<Vec<SigningAlgorithm>>,
    leeway: Option<Duration>,
    role_claims: Option<Vec<String>>,
    access_token_roles: AccessTokenRoles,
    trusted_audiences: Vec<String>,
    userinfo: UserInfo,
    frontchannel_logout: FrontchannelLogout,
    token_revocation: TokenRevocation,
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

    /// A confidential client, with its secret sent however the provider wants it
    /// ([`ClientAuthentication::ClientSecret`]). In Keycloak, *Client authentication* is On.
    ///
    /// The secret itself, or a [`ClientSecret`] from an environment variable or a file.
    pub fn confidential_client(
        self,
        client_id: impl Into<String>,
        secret: impl Into<ClientSecret>,
    ) -> Self {
        let authentication = ClientAuthentication::ClientSecret(secret.into());
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

    /// Whom client assertions are for, with `client_secret_jwt` and `private_key_jwt`. Default:
    /// [`AssertionAudience::Issuer`].
    pub fn assertion_audience(mut self, audience: AssertionAudience) -> Self {
        self.assertion_audience = audience;
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
    /// among them, our own endpoint if that is; else (`-`, say) none: the browser stays at the provider,
    /// which would refuse it.
    pub fn post_logout_redirect_uri(mut self, uri: impl Into<String>) -> Self {
        self.post_logout_redirect_uri = Some(uri.into());
        self
    }

    /// The claim of the login that goes to the provider as `logout_hint` when its user signs out, as
    /// `login_hint` does for Microsoft Entra ID, which then asks for no account. Default: none
    /// (RP-Initiated Logout §2). A login without such a text sends none.
    pub fn logout_hint_claim(mut self, claim: impl Into<String>) -> Self {
        self.logout_hint_claim = Some(claim.into());
        self
    }

    /// One more parameter of every logout at the provider, such as `ui_locales`, or what a provider
    /// wants of its own (RP-Initiated Logout §2).
    pub fn end_session_parameter(
        mut self,
        name: impl Into<String>,
        value: impl Into<String>,
    ) -> Self {
        self.end_session_parameters
            .push((name.into(), value.into()));
        self
    }

    /// The scopes to ask for. Default: `openid profile email`; `openid` is always sent.
    ///
    /// Some providers give a refresh token only for `offline_access`, and some of those only with
    /// `prompt=consent` ([OpenID Connect Core §11]).
    ///
    /// [OpenID Connect Core §11]: https://openid.net/specs/openid-connect-core-1_0.html#OfflineAccess
    pub fn scopes(mut self, scopes: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.scopes = Some(scopes.into_iter().map(Into::into).collect());
        self
    }

    /// How the provider's answer comes back. Default: [`ResponseMode::Query`].
    pub fn response_mode(mut self, mode: ResponseMode) -> Self {
        self.response_mode = mode;
        self
    }

    /// Whether authorization requests are pushed to the provider (RFC 9126). Default:
    /// [`PushedAuthorizationRequests::Auto`].
    pub fn pushed_authorization_requests(mut self, pushed: PushedAuthorizationRequests) -> Self {
        self.pushed_authorization_requests = pushed;
        self
    }

    /// One more parameter of every authorization request, such as `ui_locales`; `resource` may be set
    /// more than once (RFC 8707). A login's own parameter of the same name takes its place.
    ///
    /// The answer is held to a `max_age`, and to an `acr` that `claims` calls essential, as with
    /// [`LoginParameters`](crate::protocol::LoginParameters).
    pub fn authorization_parameter(
        mut self,
        name: impl Into<String>,
        value: impl Into<String>,
    ) -> Self {
        self.authorization_parameters
            .push((name.into(), value.into()));
        self
    }

    /// One more parameter of every token request, of a code and of a refresh token: `resource` or
    /// `audience`, say. A login's own parameter of the same name takes its place when its code is
    /// exchanged.
    pub fn token_parameter(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.token_parameters.push((name.into(), value.into()));
        self
    }

    /// What a login takes from the query of `/auth/login` and sends to the provider: `login_hint` or
    /// `ui_locales`, say. Default: nothing; what else stands there is ignored.
    ///
    /// # Security
    /// Whoever writes the link chooses the values. They go before those that are set for every login:
    /// with `max_age` or `acr_values` here, anybody can ask for less than the app does.
    pub fn login_parameters(mut self, names: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.login_parameters = names.into_iter().map(Into::into).collect();
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

    /// The algorithms an ID token may be signed with, and a userinfo answer where it is signed.
    /// Default: all we know, which are all asymmetric.
    pub fn id_token_signing_algorithms(
        mut self,
        algorithms: impl IntoIterator<Item = SigningAlgorithm>,
    ) -> Self {
        self.algorithms = Some(algorithms.into_iter().collect());
        self
    }

    /// The algorithms a logout token may be signed with: what the provider has registered for this
    /// client's ID tokens. Default: those set for ID tokens, or RS256, which providers register when
    /// nothing was asked for (OpenID Connect Registration §2, `id_token_signed_response_alg`).
    ///
    /// # Security
    /// Anybody can send a logout token, and a provider's keys may be used for other clients with
    /// other algorithms. The fewer, the better.
    pub fn logout_token_signing_algorithms(
        mut self,
        algorithms: impl IntoIterator<Item = SigningAlgorithm>,
    ) -> Self {
        self.logout_token_algorithms = Some(algorithms.into_iter().collect());
        self
    }

    /// How far the provider's clock may be off. Default: 60 seconds.
    pub fn clock_leeway(mut self, leeway: Duration) -> Self {
        self.leeway = Some(leeway);
        self
    }

    /// Who else may be among the audience of an ID token, besides our client id. Default: nobody
    /// (OpenID Connect Core §3.1.3.7).
    pub fn trusted_audiences(
        mut self,
        audiences: impl IntoIterator<Item = impl Into<String>>,
    ) -> Self {
        self.trusted_audiences = audiences.into_iter().map(Into::into).collect();
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

    /// Whether the provider's userinfo endpoint is asked for claims. Default: [`UserInfo::Auto`],
    /// when claims of a requested scope are missing in the ID token.
    pub fn userinfo(mut self, userinfo: UserInfo) -> Self {
        self.userinfo = userinfo;
        self
    }

    /// Whether the provider's sign-out page may end sessions here. Default:
    /// [`FrontchannelLogout::Off`].
    pub fn frontchannel_logout(mut self, frontchannel_logout: FrontchannelLogout) -> Self {
        self.frontchannel_logout = frontchannel_logout;
        self
    }

    /// Whether the tokens of a user who signs out are revoked. Default:
    /// [`TokenRevocation::AtLogout`].
    pub fn token_revocation(mut self, token_revocation: TokenRevocation) -> Self {
        self.token_revocation = token_revocation;
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
        Ok(ClientConfig {
            client_id,
            authentication,
            assertion_audience: self.assertion_audience.clone(),
            home_url: self.checked_home_url(&root_url)?,
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
            provider: match self.provider {
                Some(provider) if self.provider_settings.is_empty() => provider,
                Some(provider) => {
                    return Err(ConfigError::new(
                        "provider",
                        provider.issuer(),
                        "either a provider, or an issuer and its settings",
                    ));
                }
                None => self.provider_settings.build()?,
            },
        })
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

    /// Accepts an issuer, and endpoints, with http on any host.
    ///
    /// # Security
    /// See [`DangerousProvider::allow_http_issuer`](super::DangerousProvider::allow_http_issuer).
    pub fn allow_http_issuer(mut self) -> ClientConfigBuilder {
        self.0.provider_settings = self.0.provider_settings.dangerous().allow_http_issuer();
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
mod tests;
