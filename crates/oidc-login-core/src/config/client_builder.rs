//! Settings of a client, checked when it is built.

mod build;
mod checks;
mod contradictions;
mod dangerous;
mod logout;
mod requests;
mod tokens;
mod url_checks;

pub use self::dangerous::Dangerous;

use std::{path::PathBuf, time::Duration};

use super::{
    AccessTokenRoles, AssertionAudience, ClientAuthentication, ClientSecret, FrontchannelLogout,
    ProviderConfig, PushedAuthorizationRequests, RedirectUri, ResponseMode, TokenRevocation,
    TrustedProxies, UserInfo, provider::ProviderConfigBuilder,
};
use crate::protocol::SigningAlgorithm;

/// Settings of a [`ClientConfig`](super::ClientConfig).
#[derive(Clone, Debug, Default)]
#[must_use]
pub struct ClientConfigBuilder {
    provider: Option<ProviderConfig>,
    provider_settings: ProviderConfigBuilder,
    client: Option<(String, ClientAuthentication)>,
    /// A secret or keys that a later call replaced by something of another kind.
    unused_credential: Option<&'static str>,
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
    pub fn public_client(self, client_id: impl Into<String>) -> Self {
        self.client(client_id, ClientAuthentication::None)
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
    ///
    /// Of this, [`public_client`](Self::public_client) and
    /// [`confidential_client`](Self::confidential_client) the last one counts. A secret or keys that
    /// it would leave without use are an error of [`build`](Self::build).
    pub fn client(
        mut self,
        client_id: impl Into<String>,
        authentication: ClientAuthentication,
    ) -> Self {
        let before = self.client.as_ref().and_then(|(_, way)| way.credential());
        let given = self.unused_credential.or(before);
        self.unused_credential = given.filter(|given| Some(*given) != authentication.credential());
        self.client = Some((client_id.into(), authentication));
        self
    }

    /// Whom client assertions are for, with `client_secret_jwt` and `private_key_jwt`. Default:
    /// [`AssertionAudience::Issuer`]. Another one is refused where the client makes no assertions.
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

    /// Where to go after login when nothing was asked for: a page of the app's. Default: the root URL's
    /// path.
    pub fn home_url(mut self, path: impl Into<String>) -> Self {
        self.home_url = Some(path.into());
        self
    }

    /// Where the redirect URI comes from. Default: [`RedirectUri::Fixed`].
    pub fn redirect_uri(mut self, redirect_uri: RedirectUri) -> Self {
        self.redirect_uri = redirect_uri;
        self
    }

    /// The same patterns as in the provider's console. Default: exactly our own redirect URI. None beside
    /// [`allow_any_redirect_uri`](Dangerous::allow_any_redirect_uri).
    pub fn valid_redirect_uris(
        mut self,
        patterns: impl IntoIterator<Item = impl Into<String>>,
    ) -> Self {
        self.valid_redirect_uris = patterns.into_iter().map(Into::into).collect();
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

    /// Settings that drop a guarantee.
    pub fn dangerous(self) -> Dangerous {
        Dangerous(self)
    }
}

#[cfg(all(test, feature = "tokio"))]
mod tests;
