//! The client's side of the configuration: what the provider's console asks for.

use std::time::Duration;

use super::{
    AssertionAudience, ClientAuthentication, Endpoint, Endpoints, FrontchannelLogout,
    ProviderConfig, PushedAuthorizationRequests, ReturnTo, RootUrl, TokenRevocation,
    TrustedProxies, UserInfo, ValidPostLogoutRedirectUris, ValidRedirectUris, WebUrl,
    client_builder::ClientConfigBuilder,
};
use crate::protocol::{AllowedAlgorithms, LoginParameters, claim_path::ClaimPath};

/// What the query of a sign-in link says to us.
pub(crate) const OWN_PARAMETERS: [&str; 3] = ["at_root", "return_to", "with"];

/// A client: our registration at a provider.
#[derive(Clone, Debug)]
pub struct ClientConfig {
    pub(crate) provider: ProviderConfig,
    pub(crate) client_id: String,
    pub(crate) authentication: ClientAuthentication,
    pub(crate) assertion_audience: AssertionAudience,
    pub(crate) root_url: RootUrl,
    pub(crate) home_url: ReturnTo,
    pub(crate) redirect_uri: RedirectUri,
    pub(crate) own_redirect_uri: WebUrl,
    pub(crate) valid_redirect_uris: ValidRedirectUris,
    pub(crate) valid_post_logout_redirect_uris: ValidPostLogoutRedirectUris,
    pub(crate) post_logout_redirect_uri: Option<WebUrl>,
    pub(crate) logout_hint_claim: Option<String>,
    pub(crate) end_session_parameters: Vec<(String, String)>,
    pub(crate) response_mode: ResponseMode,
    pub(crate) pushed_authorization_requests: PushedAuthorizationRequests,
    pub(crate) scopes: Vec<String>,
    pub(crate) parameters: LoginParameters,
    /// What a login may take from the query of its link.
    pub(crate) login_parameters: Vec<String>,
    pub(crate) endpoints: Endpoints,
    pub(crate) trusted_proxies: TrustedProxies,
    pub(crate) algorithms: AllowedAlgorithms,
    pub(crate) logout_token_algorithms: AllowedAlgorithms,
    pub(crate) leeway: Duration,
    pub(crate) role_claims: Vec<ClaimPath>,
    pub(crate) access_token_roles: AccessTokenRoles,
    pub(crate) trusted_audiences: Vec<String>,
    pub(crate) userinfo: UserInfo,
    pub(crate) frontchannel_logout: FrontchannelLogout,
    pub(crate) token_revocation: TokenRevocation,
}

/// Where the redirect URI of a login comes from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum RedirectUri {
    /// The root URL and the callback's path.
    #[default]
    Fixed,
    /// The host of the request, for apps with several hosts; the valid redirect URIs must then
    /// name those hosts.
    FromHost,
    /// This one, on the root URL's origin. Its path is the callback's path.
    Uri(String),
}

/// How the provider's answer comes back.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum ResponseMode {
    /// In the query of the redirect URI (`response_mode=query`).
    #[default]
    Query,
    /// In a form that the browser posts ([Form Post Response Mode]), so that no code stands in a
    /// URL. The provider has to list it in `response_modes_supported`.
    ///
    /// The browser sends no cookie of ours with a form from another site. What it posts is sealed
    /// into a cookie and read by a request of its own site, a moment later.
    ///
    /// [Form Post Response Mode]: https://openid.net/specs/oauth-v2-form-post-response-mode-1_0.html
    FormPost,
}

/// Whether roles are also read from a JWT access token.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum AccessTokenRoles {
    /// Only the ID token has roles.
    #[default]
    Ignored,
    /// Also the access token of our own token request, after its signature, `iss`, `exp` and
    /// `azp` (or `client_id`) were checked. Keycloak puts roles only there by default.
    Verified,
}

impl ClientConfig {
    /// Settings to fill in: the provider, the client and the root URL have to be there, everything else has a default.
    ///
    /// ```
    /// # use oidc_login_core as oidc_login;
    /// use oidc_login::config::{ClientConfig, ClientSecret, UserInfo};
    ///
    /// # fn client() -> Result<ClientConfig, oidc_login::ConfigError> {
    /// let client = ClientConfig::builder()
    ///     .issuer("https://login.example.com/realms/staff")
    ///     .confidential_client("intranet", ClientSecret::from_file("/run/secrets/oidc"))
    ///     .root_url("https://intranet.example.com/")
    ///     .scopes(["openid", "profile", "groups"])
    ///     .userinfo(UserInfo::Always)
    ///     .build()?;
    /// assert_eq!(client.redirect_uri(), "https://intranet.example.com/auth/callback");
    /// # Ok(client)
    /// # }
    /// ```
    pub fn builder() -> ClientConfigBuilder {
        ClientConfigBuilder::default()
    }

    /// The provider.
    pub fn provider(&self) -> &ProviderConfig {
        &self.provider
    }

    /// Our identifier at the provider.
    pub fn client_id(&self) -> &str {
        &self.client_id
    }

    /// The base of relative URLs, and our origin.
    pub fn root_url(&self) -> &RootUrl {
        &self.root_url
    }

    /// The redirect URI of the fixed kind: what to enter in the provider's console.
    pub fn redirect_uri(&self) -> &str {
        self.own_redirect_uri.as_str()
    }

    /// The patterns a redirect URI must match.
    pub fn valid_redirect_uris(&self) -> &ValidRedirectUris {
        &self.valid_redirect_uris
    }

    /// The paths of our endpoints.
    pub fn endpoints(&self) -> &Endpoints {
        &self.endpoints
    }

    /// Whether the provider sends the browser back to our own endpoint after its logout.
    pub(crate) fn returns_from_logout(&self) -> bool {
        let own = self.endpoints.path(Endpoint::LogoutCallback);
        let uri = self.post_logout_redirect_uri.as_ref();
        uri.is_some_and(|uri| uri.path() == own)
    }
}
