//! Registered clients, and what they may do.

mod authentication;

use std::fmt;

use oidc_login_core::{config::RootUrl, protocol::key_set::KeySet};

pub use self::authentication::ClientAuthentication;
use crate::{
    ConfigError, SigningAlgorithm,
    consent::Consent,
    logout_uris::{LogoutUris, RegisteredLogoutUris},
    redirect_uris::RedirectUris,
    scope,
};

/// A registered client: the app that sends people here to sign in.
///
/// ```
/// use oidc_login_dev_provider::Client;
///
/// let app = Client::public("flask-app")
///     .name("Flask app")
///     .root_url("http://localhost:5000/")
///     .valid_redirect_uris(["/auth/callback"])
///     .valid_post_logout_redirect_uris(["/*"]);
/// # let _ = app;
/// ```
#[derive(Clone)]
#[must_use]
pub struct Client {
    pub(crate) id: String,
    pub(crate) secret: Option<String>,
    /// Its public keys, as registered.
    pub(crate) jwks: Option<String>,
    pub(crate) authentication: Option<ClientAuthentication>,
    pub(crate) assertion_algorithm: Option<String>,
    pub(crate) assertion_audience: Option<String>,
    pub(crate) name: String,
    pub(crate) root_url: Option<String>,
    pub(crate) redirect_uris: Vec<String>,
    pub(crate) post_logout_redirect_uris: Vec<String>,
    pub(crate) id_token_signed_response_alg: SigningAlgorithm,
    pub(crate) default_scopes: Vec<String>,
    pub(crate) require_pkce: bool,
    pub(crate) consent: Consent,
    pub(crate) audience: Vec<String>,
    pub(crate) roles_in_id_token: bool,
    pub(crate) claims_in_id_token: bool,
    pub(crate) userinfo_signed_response_alg: Option<SigningAlgorithm>,
    pub(crate) logout_uris: LogoutUris,
}

impl Client {
    /// A client without a secret. It must use PKCE.
    pub fn public(client_id: impl Into<String>) -> Self {
        let id = client_id.into();
        Self {
            secret: None,
            jwks: None,
            authentication: None,
            assertion_algorithm: None,
            assertion_audience: None,
            name: id.clone(),
            root_url: None,
            redirect_uris: Vec::new(),
            post_logout_redirect_uris: vec!["+".into()],
            id_token_signed_response_alg: SigningAlgorithm::default(),
            default_scopes: vec![scope::ROLES.into()],
            require_pkce: true,
            consent: Consent::ByRegistration,
            audience: vec![id.clone()],
            roles_in_id_token: true,
            claims_in_id_token: true,
            userinfo_signed_response_alg: None,
            logout_uris: LogoutUris::default(),
            id,
        }
    }

    /// A client with a secret. It may use PKCE.
    pub fn confidential(client_id: impl Into<String>, secret: impl Into<String>) -> Self {
        Self {
            secret: Some(secret.into()),
            require_pkce: false,
            ..Self::public(client_id)
        }
    }

    /// A client that signs assertions (`private_key_jwt`), with its public keys as a JWK set. It may use PKCE.
    pub fn with_public_keys(client_id: impl Into<String>, jwks: impl Into<String>) -> Self {
        Self {
            jwks: Some(jwks.into()),
            authentication: Some(ClientAuthentication::PrivateKeyJwt),
            require_pkce: false,
            ..Self::public(client_id)
        }
    }

    /// The name people read on the sign-in page; the client id by default.
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.name = name.into();
        self
    }

    /// Where relative redirect URIs start.
    pub fn root_url(mut self, root_url: impl Into<String>) -> Self {
        self.root_url = Some(root_url.into());
        self
    }

    /// Where the answer to a sign-in may be sent: exact, or one `*` at the end of the path; relative ones start at the root URL.
    ///
    /// Without any, no sign-in is possible: [`DevProviderBuilder::build`](crate::DevProviderBuilder::build) refuses that.
    pub fn valid_redirect_uris<S: Into<String>>(
        mut self,
        uris: impl IntoIterator<Item = S>,
    ) -> Self {
        self.redirect_uris = uris.into_iter().map(Into::into).collect();
        self
    }

    /// Where the browser may be sent after sign-out; `+`, the default, stands for the valid redirect URIs, and `-` for none.
    pub fn valid_post_logout_redirect_uris<S: Into<String>>(
        mut self,
        uris: impl IntoIterator<Item = S>,
    ) -> Self {
        self.post_logout_redirect_uris = uris.into_iter().map(Into::into).collect();
        self
    }

    /// The algorithm of its ID tokens; RS256 by default.
    pub fn id_token_signed_response_alg(mut self, algorithm: SigningAlgorithm) -> Self {
        self.id_token_signed_response_alg = algorithm;
        self
    }

    /// Scopes it gets without asking; `roles` by default, as in Keycloak.
    pub fn default_scopes<S: Into<String>>(mut self, scopes: impl IntoIterator<Item = S>) -> Self {
        self.default_scopes = scopes.into_iter().map(Into::into).collect();
        self
    }

    /// Demands PKCE of a confidential client too.
    pub fn require_pkce(mut self) -> Self {
        self.require_pkce = true;
        self
    }

    /// Accepts the secret in one way only; by default it may be in the header or in the form, or sign an assertion.
    pub fn client_authentication(mut self, method: ClientAuthentication) -> Self {
        self.authentication = Some(method);
        self
    }

    /// Accepts assertions signed by this algorithm only (`token_endpoint_auth_signing_alg`), as `PS256`; by default any that goes with the keys or the secret.
    pub fn assertion_algorithm(mut self, algorithm: impl Into<String>) -> Self {
        self.assertion_algorithm = Some(algorithm.into());
        self
    }

    /// Accepts assertions for this audience only; by default for the issuer or the token endpoint.
    pub fn assertion_audience(mut self, audience: impl Into<String>) -> Self {
        self.assertion_audience = Some(audience.into());
        self
    }

    /// The `aud` of its access tokens; the client id by default.
    pub fn audience<S: Into<String>>(mut self, audience: impl IntoIterator<Item = S>) -> Self {
        self.audience = audience.into_iter().map(Into::into).collect();
        self
    }

    /// Leaves the roles out of its ID tokens, as Keycloak does by default: they are in the access token only.
    pub fn roles_in_access_token_only(mut self) -> Self {
        self.roles_in_id_token = false;
        self
    }

    /// Leaves everything about the user but `sub` out of its ID tokens, as some providers do: it is in userinfo.
    pub fn claims_in_userinfo_only(mut self) -> Self {
        self.claims_in_id_token = false;
        self
    }

    /// Signs what userinfo answers to it ([OIDC Core §5.3.2](https://openid.net/specs/openid-connect-core-1_0.html#UserInfoResponse)); plain JSON by default.
    pub fn userinfo_signed_response_alg(mut self, algorithm: SigningAlgorithm) -> Self {
        self.userinfo_signed_response_alg = Some(algorithm);
        self
    }

    pub(crate) fn register(self) -> Result<RegisteredClient, ConfigError> {
        if self.id.is_empty() || !self.id.chars().all(|c| (' '..='~').contains(&c)) {
            return Err(ConfigError::new(
                "client.client_id",
                &self.id,
                "printable ASCII, at least one character",
            ));
        }
        let setting = |field: &str| format!("client({}).{field}", self.id);
        if self.secret.as_deref() == Some("") {
            return Err(ConfigError::redacted(
                setting("secret"),
                "a secret that is not empty; `Client::public` has none",
            ));
        }
        self.check_authentication(&setting("client_authentication"))?;
        let jwks = self.key_set(setting("jwks"))?;
        if let Some(unknown) = self
            .default_scopes
            .iter()
            .find(|scope| !scope::SUPPORTED.contains(&scope.as_str()))
        {
            return Err(ConfigError::new(
                setting("default_scopes"),
                unknown,
                scope::SUPPORTED.join(", "),
            ));
        }
        if self.redirect_uris.is_empty() {
            let allowed = "at least one, for example `http://localhost:5000/auth/callback` or `http://localhost:5000/*`";
            return Err(ConfigError::new(
                setting("valid_redirect_uris"),
                "",
                allowed,
            ));
        }
        let root_url = self
            .root_url
            .as_deref()
            .map(RootUrl::parse)
            .transpose()
            .map_err(|error| {
                ConfigError::new(setting("root_url"), &error.root_url, error.kind.to_string())
            })?;
        let root_url = root_url.as_ref();
        let redirect_uris = RedirectUris::new(
            &setting("valid_redirect_uris"),
            root_url,
            self.redirect_uris.clone(),
        )?;
        let post_logout_redirect_uris = RedirectUris::new(
            &setting("valid_post_logout_redirect_uris"),
            root_url,
            self.post_logout_patterns(),
        )?;
        let logout_uris = self.logout_uris.register(setting, root_url)?;
        Ok(RegisteredClient {
            jwks,
            logout_uris,
            redirect_uris,
            post_logout_redirect_uris,
            settings: self,
        })
    }
}

impl Client {
    /// With `+` replaced by the valid redirect URIs.
    fn post_logout_patterns(&self) -> Vec<String> {
        match self.post_logout_redirect_uris.as_slice() {
            [] => self.redirect_uris.clone(),
            [none] if none == "-" => Vec::new(),
            patterns => patterns
                .iter()
                .flat_map(|pattern| match pattern.as_str() {
                    "+" => self.redirect_uris.clone(),
                    _ => vec![pattern.clone()],
                })
                .collect(),
        }
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("id", &self.id)
            .field("secret", &self.secret.as_ref().map(|_| "[redacted]"))
            .field("valid_redirect_uris", &self.redirect_uris)
            .finish_non_exhaustive()
    }
}

/// A client whose settings were checked.
pub(crate) struct RegisteredClient {
    pub(crate) jwks: Option<KeySet>,
    pub(crate) settings: Client,
    pub(crate) redirect_uris: RedirectUris,
    pub(crate) post_logout_redirect_uris: RedirectUris,
    pub(crate) logout_uris: RegisteredLogoutUris,
}
