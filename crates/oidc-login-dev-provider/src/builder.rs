//! The settings of a provider.

use std::{collections::BTreeMap, fmt, net::SocketAddr, sync::Arc, time::Duration};

use oidc_login_core::seams::{HttpClient, ReqwestClient};
use time::OffsetDateTime;

use crate::{
    Client, ConfigError, DevProvider, ExpiresIn, PushedRequests, RefreshRotation, RefreshTokens,
    SigningKeys, User,
    issuer::Issuer,
    provider::{Provider, Settings},
    seams::{Clock, Random, system_clock, system_random},
};

/// The settings of a [`DevProvider`]. Begun by [`DevProvider::builder`].
#[derive(Clone)]
#[must_use]
pub struct DevProviderBuilder {
    pub(crate) issuer: String,
    users: Vec<User>,
    clients: Vec<Client>,
    code_lifetime: Duration,
    access_token_lifetime: Duration,
    id_token_lifetime: Duration,
    refresh_token_lifetime: Duration,
    session_lifetime: Duration,
    refresh_tokens: RefreshTokens,
    refresh_rotation: RefreshRotation,
    expires_in: ExpiresIn,
    pushed_requests: PushedRequests,
    keys: Option<SigningKeys>,
    clock: Clock,
    random: Random,
    http: Option<Arc<dyn HttpClient>>,
    pub(crate) listen_on: Option<SocketAddr>,
}

impl Default for DevProviderBuilder {
    fn default() -> Self {
        Self {
            issuer: "http://localhost:5001".into(),
            users: Vec::new(),
            clients: Vec::new(),
            code_lifetime: Duration::from_secs(60),
            access_token_lifetime: Duration::from_secs(5 * 60),
            id_token_lifetime: Duration::from_secs(5 * 60),
            refresh_token_lifetime: Duration::from_secs(30 * 60),
            session_lifetime: Duration::from_secs(10 * 60 * 60),
            refresh_tokens: RefreshTokens::default(),
            refresh_rotation: RefreshRotation::default(),
            expires_in: ExpiresIn::default(),
            pushed_requests: PushedRequests::default(),
            keys: None,
            clock: system_clock(),
            random: system_random(),
            http: None,
            listen_on: None,
        }
    }
}

/// Clients and users hide their secrets and passwords; clock, chance and network are not shown.
impl fmt::Debug for DevProviderBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DevProviderBuilder")
            .field("issuer", &self.issuer)
            .field("users", &self.users)
            .field("clients", &self.clients)
            .finish_non_exhaustive()
    }
}

impl DevProviderBuilder {
    /// The provider's name and address, kept exactly as written; `http://localhost:5001` by default.
    ///
    /// It may have a path (`http://localhost:5001/realms/dev`). With port 0, [`DevProviderBuilder::bind`] takes a free port and puts it in.
    pub fn issuer(mut self, issuer: impl Into<String>) -> Self {
        self.issuer = issuer.into();
        self
    }

    /// Adds a user. Without any there are `alice` (password `alice`, role `admin`) and `bob` (password `bob`, no role).
    pub fn user(mut self, user: User) -> Self {
        self.users.push(user);
        self
    }

    /// Adds a client. There must be one.
    pub fn client(mut self, client: Client) -> Self {
        self.clients.push(client);
        self
    }

    /// How long a code can be exchanged; 60 seconds by default.
    pub fn code_lifetime(mut self, lifetime: Duration) -> Self {
        self.code_lifetime = lifetime;
        self
    }

    /// How long an access token is valid; 5 minutes by default, as in Keycloak.
    pub fn access_token_lifetime(mut self, lifetime: Duration) -> Self {
        self.access_token_lifetime = lifetime;
        self
    }

    /// How long an ID token is valid; 5 minutes by default.
    pub fn id_token_lifetime(mut self, lifetime: Duration) -> Self {
        self.id_token_lifetime = lifetime;
        self
    }

    /// How long a refresh token can be used; 30 minutes by default. A rotated one starts anew.
    pub fn refresh_token_lifetime(mut self, lifetime: Duration) -> Self {
        self.refresh_token_lifetime = lifetime;
        self
    }

    /// Who gets a refresh token; [`RefreshTokens::Always`] by default.
    pub fn refresh_tokens(mut self, refresh_tokens: RefreshTokens) -> Self {
        self.refresh_tokens = refresh_tokens;
        self
    }

    /// What becomes of a used refresh token; [`RefreshRotation::Rotate`] by default.
    pub fn refresh_rotation(mut self, refresh_rotation: RefreshRotation) -> Self {
        self.refresh_rotation = refresh_rotation;
        self
    }

    /// Whether it says how long an access token lives; [`ExpiresIn::Told`] by default.
    pub fn expires_in(mut self, expires_in: ExpiresIn) -> Self {
        self.expires_in = expires_in;
        self
    }

    /// Whether authorization requests can be pushed, and must be; [`PushedRequests::Off`] by default.
    pub fn pushed_requests(mut self, pushed_requests: PushedRequests) -> Self {
        self.pushed_requests = pushed_requests;
        self
    }

    /// How long people stay signed in at the provider; 10 hours by default.
    pub fn session_lifetime(mut self, lifetime: Duration) -> Self {
        self.session_lifetime = lifetime;
        self
    }

    /// The signing keys; new ones at each start by default.
    pub fn keys(mut self, keys: SigningKeys) -> Self {
        self.keys = Some(keys);
        self
    }

    /// Where the time comes from; the system by default. A test moves it by hand.
    pub fn clock(mut self, now: impl Fn() -> OffsetDateTime + Send + Sync + 'static) -> Self {
        self.clock = Arc::new(now);
        self
    }

    /// Where random bytes come from; the system by default. Called with the bytes to fill.
    ///
    /// # Security
    ///
    /// Codes, tokens and sessions can be guessed if these bytes can. Signatures and keys always use the system's.
    pub fn random(mut self, fill: impl Fn(&mut [u8]) + Send + Sync + 'static) -> Self {
        self.random = Arc::new(fill);
        self
    }

    /// Another way to the apps that are told of a sign-out ([`Client::backchannel_logout_uri`]), for tests; over the network
    /// by default, for 5 seconds at most.
    pub fn http_client(mut self, client: impl HttpClient) -> Self {
        self.http = Some(Arc::new(client));
        self
    }

    /// Lets it listen on this address, also on one that other machines reach.
    ///
    /// # Security
    ///
    /// Anybody who reaches it can sign in as any of its users, if they guess a password; those are then no longer shown on the sign-in page.
    /// It is made for neither the open network nor many users.
    pub fn dangerous_listen_on(mut self, address: SocketAddr) -> Self {
        self.listen_on = Some(address);
        self
    }

    /// Checks the settings and makes the provider; nothing listens yet.
    ///
    /// # Errors
    ///
    /// When a setting is wrong: the error names it, with what was given and what is allowed.
    pub fn build(self) -> Result<DevProvider, ConfigError> {
        let issuer = Issuer::parse(&self.issuer)?;
        if issuer.port() == 0 {
            let allowed = "a port from 1 to 65535; only `bind` can choose a free one for port 0";
            return Err(ConfigError::new("issuer", &self.issuer, allowed));
        }
        self.build_as(issuer)
    }

    pub(crate) fn build_as(self, issuer: Issuer) -> Result<DevProvider, ConfigError> {
        for (setting, lifetime) in [
            ("code_lifetime", self.code_lifetime),
            ("access_token_lifetime", self.access_token_lifetime),
            ("id_token_lifetime", self.id_token_lifetime),
            ("refresh_token_lifetime", self.refresh_token_lifetime),
            ("session_lifetime", self.session_lifetime),
        ] {
            check_lifetime(setting, lifetime)?;
        }
        let settings = Settings {
            issuer,
            users: checked_users(self.users)?,
            clients: registered_clients(self.clients)?,
            code_lifetime: self.code_lifetime,
            access_token_lifetime: self.access_token_lifetime,
            id_token_lifetime: self.id_token_lifetime,
            refresh_token_lifetime: self.refresh_token_lifetime,
            refresh_tokens: self.refresh_tokens,
            refresh_rotation: self.refresh_rotation,
            expires_in: self.expires_in,
            session_lifetime: self.session_lifetime,
            pushed_requests: self.pushed_requests,
            listen_on: self.listen_on,
        };
        let http = match self.http {
            None if settings.has_backchannel_logout() => Some(over_the_network()?),
            given => given,
        };
        let keys = self.keys.map_or_else(SigningKeys::generate, Ok)?;
        Ok(DevProvider(Arc::new(Provider::new(
            settings,
            keys,
            self.clock,
            self.random,
            http,
        ))))
    }
}

fn over_the_network() -> Result<Arc<dyn HttpClient>, ConfigError> {
    let client = ReqwestClient::builder().timeout(Duration::from_secs(5));
    let client = client.build().map_err(|error| {
        ConfigError::new(
            "http_client",
            error.to_string(),
            "a machine with a usable TLS set-up",
        )
    })?;
    Ok(Arc::new(client))
}

const YEAR: Duration = Duration::from_secs(366 * 24 * 60 * 60);

fn check_lifetime(setting: &str, lifetime: Duration) -> Result<(), ConfigError> {
    let whole = lifetime.subsec_nanos() == 0 && !lifetime.is_zero() && lifetime <= YEAR;
    whole.then_some(()).ok_or_else(|| {
        ConfigError::new(
            setting,
            format!("{lifetime:?}"),
            "whole seconds, from 1 second to 366 days",
        )
    })
}

fn checked_users(users: Vec<User>) -> Result<Vec<Arc<User>>, ConfigError> {
    let users = if users.is_empty() {
        default_users()
    } else {
        users
    };
    for (at, user) in users.iter().enumerate() {
        user.check()?;
        if users[..at]
            .iter()
            .any(|before| before.username == user.username)
        {
            return Err(ConfigError::new(
                "user.username",
                &user.username,
                "each user name once",
            ));
        }
        if users[..at].iter().any(|before| before.sub == user.sub) {
            return Err(ConfigError::new(
                format!("user({}).sub", user.username),
                &user.sub,
                "a sub that no other user has",
            ));
        }
    }
    Ok(users.into_iter().map(Arc::new).collect())
}

fn default_users() -> Vec<User> {
    vec![
        User::new("alice", "alice").role("admin"),
        User::new("bob", "bob"),
    ]
}

fn registered_clients(
    clients: Vec<Client>,
) -> Result<BTreeMap<String, crate::client::RegisteredClient>, ConfigError> {
    let mut registered = BTreeMap::new();
    for client in clients {
        let id = client.id.clone();
        if registered.insert(id.clone(), client.register()?).is_some() {
            return Err(ConfigError::new(
                "client.client_id",
                id,
                "each client id once",
            ));
        }
    }
    if registered.is_empty() {
        let allowed = "at least one client; nobody could sign in otherwise";
        return Err(ConfigError::new("client", "", allowed));
    }
    Ok(registered)
}
