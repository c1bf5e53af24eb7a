//! The relying party: one client at one provider, with its sessions.

mod stores;

use std::{future::Future, sync::Arc};

use tower_sessions_core::{Session, SessionStore};
use url::Url;

use crate::{
    config::{BackgroundRefresh, ClientConfig, Lifetimes, SilentLogin, StoreEntries, StoreFailure},
    error::{ConfigError, LoginError},
    flow::{CallbackFlights, DetailSetting, LayoutCheck, RefreshFlights, ToldMethod},
    hooks::{HookError, Hooks, LoginDecision},
    page::{DefaultPages, Pages},
    provider::Provider,
    seams::{Clock, Random, Spawn, SpawnInSpan, SystemClock, SystemRandom, Timer},
    session::{
        DecodedLogins, EndedSessions, Login, LoginLinks, LoginRecords, LoginStore, LoginTrails,
        MarkBudget, Patience, PendingCookies, PostedAnswers, RecordSeal, SessionSecrets, Values,
        cookies::CookieNames, seal::Keys,
    },
    verified_claims::VerifiedClaims,
};

use self::stores::{StoreSettings, Stores};

/// A client at work. Cheap to clone; all clones are one.
#[derive(Clone)]
pub struct RelyingParty(pub(crate) Arc<Inner>);

pub(crate) struct Inner {
    pub(crate) client: ClientConfig,
    pub(crate) provider: Arc<Provider>,
    pub(crate) told_method: ToldMethod,
    pub(crate) keys: Arc<Keys>,
    pub(crate) names: CookieNames,
    pub(crate) logins: Arc<dyn LoginStore>,
    pub(crate) login_records: LoginRecords,
    pub(crate) values: Values,
    /// How long a store may take.
    pub(crate) patience: Patience,
    pub(crate) store_failure: StoreFailure,
    pub(crate) decoded: Arc<DecodedLogins>,
    pub(crate) flights: CallbackFlights,
    pub(crate) refreshes: RefreshFlights,
    pub(crate) refresh_margin: time::Duration,
    pub(crate) background_refresh: BackgroundRefresh,
    pub(crate) silent_login: SilentLogin,
    /// Whether the layer sits where it sees its own endpoints.
    pub(crate) layout: LayoutCheck,
    /// Who makes every request, in an app's own tests.
    pub(crate) fixed_login: Option<Arc<Login>>,
    pub(crate) ended: EndedSessions,
    /// What nobody signed for may leave in the store.
    pub(crate) unsigned_marks: MarkBudget,
    pub(crate) sessions: Sessions,
    pub(crate) lifetimes: Lifetimes,
    pub(crate) pages: Arc<dyn Pages>,
    pub(crate) detail: DetailSetting,
    pub(crate) hooks: Hooks,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) random: Arc<dyn Random>,
    pub(crate) spawn: Arc<dyn Spawn>,
    pub(crate) timer: Arc<dyn Timer>,
}

/// Whose session layer is at work.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Sessions {
    /// Ours: one cookie for the login and the app's values.
    ///
    /// `flush` and `delete` on a `tower_sessions::Session` end the login as well; `clear` empties the
    /// app's values only; `cycle_id` gives both a new id. Parallel writers overwrite each other's
    /// values, the last one wins; what comes after the end of a session is dropped.
    #[default]
    Own,
    /// The app's own `SessionManagerLayer`, outside of ours. The login has its own cookie.
    App,
}

/// Settings of a [`RelyingParty`].
#[must_use]
pub struct RelyingPartyBuilder {
    client: ClientConfig,
    secrets: Option<SessionSecrets>,
    logins: Option<Arc<dyn LoginStore>>,
    values: Option<Arc<dyn SessionStore>>,
    stores: StoreSettings,
    store_entries: Option<StoreEntries>,
    sessions: Sessions,
    lifetimes: Lifetimes,
    pages: Arc<dyn Pages>,
    detail: DetailSetting,
    hooks: Hooks,
    clock: Arc<dyn Clock>,
    random: Arc<dyn Random>,
    spawn: Option<Arc<dyn Spawn>>,
    timer: Option<Arc<dyn Timer>>,
    refresh_margin: time::Duration,
    background_refresh: BackgroundRefresh,
    silent_login: SilentLogin,
    fixed_login: Option<Arc<Login>>,
}

impl RelyingParty {
    /// Settings to fill in; every one has a default.
    pub fn builder(client: ClientConfig) -> RelyingPartyBuilder {
        RelyingPartyBuilder {
            client,
            secrets: None,
            logins: None,
            values: None,
            stores: StoreSettings::default(),
            store_entries: None,
            sessions: Sessions::default(),
            lifetimes: Lifetimes::default(),
            pages: Arc::new(DefaultPages),
            detail: DetailSetting::default(),
            hooks: Hooks::default(),
            clock: Arc::new(SystemClock),
            random: Arc::new(SystemRandom),
            spawn: default_spawn(),
            timer: default_timer(),
            refresh_margin: time::Duration::MINUTE,
            background_refresh: BackgroundRefresh::default(),
            silent_login: SilentLogin::default(),
            fixed_login: None,
        }
    }

    #[cfg(feature = "test")]
    pub(crate) fn always_signed_in(client: ClientConfig, login: Arc<Login>) -> Self {
        let mut builder = Self::builder(client);
        builder.fixed_login = Some(login);
        builder.assemble_on_tokio()
    }

    /// The client's configuration.
    pub fn client(&self) -> &ClientConfig {
        &self.0.client
    }

    /// The provider's userinfo endpoint, for a call with an access token; `None` where the provider
    /// has none (OpenID Connect Discovery §3).
    ///
    /// # Errors
    /// When the provider was never reached, or its discovery document cannot be used.
    pub async fn userinfo_endpoint(&self) -> Result<Option<Url>, LoginError> {
        let metadata = self.0.provider.metadata().await?;
        Ok(metadata.value.userinfo_endpoint.clone())
    }

    /// Whose session layer is at work.
    pub fn sessions(&self) -> Sessions {
        self.0.sessions
    }
}

impl Inner {
    pub(crate) fn posted_answers(&self) -> PostedAnswers<'_> {
        PostedAnswers {
            names: &self.names,
            keys: &self.keys,
            client_id: &self.client.client_id,
            root_origin: self.client.root_url.origin(),
        }
    }

    pub(crate) fn login_trails(&self) -> LoginTrails<'_> {
        LoginTrails {
            names: &self.names,
            keys: &self.keys,
        }
    }

    pub(crate) fn login_links(&self) -> LoginLinks<'_> {
        LoginLinks {
            keys: &self.keys,
            client_id: &self.client.client_id,
            root_origin: self.client.root_url.origin(),
        }
    }

    pub(crate) fn pending_cookies(&self) -> PendingCookies<'_> {
        PendingCookies {
            names: &self.names,
            keys: &self.keys,
            client_id: &self.client.client_id,
            root_origin: self.client.root_url.origin(),
        }
    }
}

/// With every default, which needs the feature `tokio`.
#[cfg(feature = "tokio")]
impl From<ClientConfig> for RelyingParty {
    fn from(client: ClientConfig) -> Self {
        Self::builder(client).assemble_on_tokio()
    }
}

impl RelyingPartyBuilder {
    /// The secrets of our cookies. Default: random ones, made at start; then a login under way does
    /// not survive a restart.
    pub fn session_secrets(mut self, secrets: SessionSecrets) -> Self {
        self.secrets = Some(secrets);
        self
    }

    /// Where logins are kept. Default: the memory of this process.
    pub fn login_store(mut self, store: impl LoginStore) -> Self {
        self.logins = Some(Arc::new(store));
        self
    }

    /// Where the app's own values are kept, any store of tower-sessions. Default: the memory of
    /// this process.
    pub fn session_store(mut self, store: impl SessionStore) -> Self {
        self.values = Some(Arc::new(store));
        self
    }

    /// Whether what the stores keep is encrypted with keys that only the browsers' cookies hold.
    ///
    /// Default: encrypted in a store that the app brings, where there are session secrets, which only
    /// an app on loopback may go without. In the memory of this process it is plain: whoever reads
    /// that finds the keys there too, and each first look at a login would cost its decryption.
    ///
    /// In an app with [sessions of its own](Self::app_sessions) only the logins are encrypted; the
    /// app's session layer writes its values itself.
    ///
    /// # Security
    /// With [`StoreEntries::Plain`] a copy of the store shows every user's claims and tokens, and
    /// whoever can write into the store can sign in as anybody.
    pub fn store_entries(mut self, entries: StoreEntries) -> Self {
        self.store_entries = Some(entries);
        self
    }

    /// The app brings its own `SessionManagerLayer`, added after this layer so that it sits outside.
    ///
    /// The login keeps a cookie and a record of its own: `flush`, `clear` and `cycle_id` on the app's
    /// session do not touch it. The claims are copied into the app's session, again at the next
    /// request where it was emptied; it gets a new id at login and is emptied when its user signs out
    /// or another one signs in.
    ///
    /// The app's session cookie must be `SameSite=Lax`: browsers hold a `Strict` one, the default of
    /// `SessionManagerLayer`, back when the provider sends them here.
    pub fn app_sessions(mut self) -> Self {
        self.sessions = Sessions::App;
        self
    }

    /// How long a session lives. Default: one hour idle, eight hours at all.
    pub fn lifetimes(mut self, lifetimes: Lifetimes) -> Self {
        self.lifetimes = lifetimes;
        self
    }

    /// Pages of the app's own instead of ours.
    pub fn pages(mut self, pages: impl Pages) -> Self {
        self.pages = Arc::new(pages);
        self
    }

    /// How much an error page tells. Default: everything on loopback, little elsewhere.
    pub fn detail(mut self, detail: DetailSetting) -> Self {
        self.detail = detail;
        self
    }

    /// Called with the verified claims of a user at each login, before [`on_login`](Self::on_login),
    /// and at each refresh: add claims, rename or remove them. Handlers see what it gives back, and
    /// roles are read from that.
    ///
    /// An error refuses the login. At a refresh it is logged and the claims stay as they were, and
    /// the same happens to one that panics or takes longer than five seconds: the new tokens are in
    /// hand, and must not be lost for it.
    ///
    /// ```
    /// # use oidc_login_core::{RelyingParty, config::ClientConfig};
    /// # fn relying_party(client: ClientConfig) -> Result<RelyingParty, oidc_login_core::ConfigError> {
    /// RelyingParty::builder(client)
    ///     .on_claims(|mut claims| async move {
    ///         if let Some(groups) = claims.remove("groups")? {
    ///             claims.set("roles", groups)?;
    ///         }
    ///         Ok(claims)
    ///     })
    ///     .build()
    /// # }
    /// ```
    pub fn on_claims<F, R>(mut self, hook: F) -> Self
    where
        F: Fn(VerifiedClaims) -> R + Send + Sync + 'static,
        R: Future<Output = Result<VerifiedClaims, HookError>> + Send + 'static,
    {
        self.hooks.on_claims = Some(Arc::new(move |claims| Box::pin(hook(claims))));
        self
    }

    /// Called with every verified login, before its session exists: look the user up, create or
    /// refuse them. What it puts into the session is there from the first request on.
    pub fn on_login<F, R>(mut self, hook: F) -> Self
    where
        F: Fn(Arc<Login>, Session) -> R + Send + Sync + 'static,
        R: Future<Output = Result<LoginDecision, HookError>> + Send + 'static,
    {
        self.hooks.on_login = Some(Arc::new(move |login, session| {
            Box::pin(hook(login, session))
        }));
        self
    }

    /// Called when a user has signed out here, after the session ended. An error, or a panic, is
    /// logged; the answer waits for the hook.
    ///
    /// Not called for a session that was ended from elsewhere: by the provider, by another session of
    /// the user, or by [`end_sessions_of`](RelyingParty::end_sessions_of).
    pub fn on_logout<F, R>(mut self, hook: F) -> Self
    where
        F: Fn(Arc<Login>) -> R + Send + Sync + 'static,
        R: Future<Output = Result<(), HookError>> + Send + 'static,
    {
        self.hooks.on_logout = Some(Arc::new(move |login| Box::pin(hook(login))));
        self
    }

    /// Another clock, for tests.
    pub fn clock(mut self, clock: impl Clock) -> Self {
        self.clock = Arc::new(clock);
        self
    }

    /// Other random numbers, for tests.
    pub fn random(mut self, random: impl Random) -> Self {
        self.random = Arc::new(random);
        self
    }

    /// Another runtime than tokio; it needs a [`timer`](Self::timer) as well.
    pub fn spawn(mut self, spawn: impl Spawn) -> Self {
        self.spawn = Some(Arc::new(spawn));
        self
    }

    /// Another timer than tokio's, for another runtime, or for tests.
    pub fn timer(mut self, timer: impl Timer) -> Self {
        self.timer = Some(Arc::new(timer));
        self
    }

    /// How long before its end an access token is refreshed when a handler asks for one. Default:
    /// one minute, and of a token that lives shortly half its life at most.
    pub fn refresh_margin(mut self, margin: time::Duration) -> Self {
        self.refresh_margin = margin;
        self
    }

    /// Whether a request of a signed-in user refreshes tokens that end soon, without waiting for it.
    /// Default: [`BackgroundRefresh::Off`], who asks for a token has it refreshed.
    pub fn background_refresh(mut self, refresh: BackgroundRefresh) -> Self {
        self.background_refresh = refresh;
        self
    }

    /// Whether a visitor of an open page is signed in where the provider knows them, without a
    /// question. Default: [`SilentLogin::Off`].
    pub fn silent_login(mut self, silent_login: SilentLogin) -> Self {
        self.silent_login = silent_login;
        self
    }

    /// Checks the settings.
    ///
    /// # Errors
    /// Without a runtime: neither the feature `tokio` nor [`spawn`](Self::spawn) and
    /// [`timer`](Self::timer). With a refresh margin below zero, or a store timeout of nothing. With
    /// a store of the
    /// app's and no session secrets, unless the root URL is on loopback: the app's processes share
    /// the store and need the same keys. With both a session store and
    /// [`app_sessions`](Self::app_sessions).
    pub fn build(self) -> Result<RelyingParty, ConfigError> {
        self.check_secrets()?;
        self.check_stores()?;
        if self.sessions == Sessions::App && self.values.is_some() {
            return Err(ConfigError::new(
                "session_store",
                "a store, and app_sessions()",
                "one of them: the app's own session layer has its own store",
            ));
        }
        if self.refresh_margin.is_negative() {
            return Err(ConfigError::new(
                "refresh margin",
                format!("{} s", self.refresh_margin.whole_seconds()),
                "zero or more; one minute by default",
            ));
        }
        let needed = "one is needed without the feature `tokio`";
        let timer = self.timer.clone();
        let timer = timer.ok_or_else(|| ConfigError::missing("timer", needed))?;
        let spawn = self
            .spawn
            .clone()
            .ok_or_else(|| ConfigError::missing("spawn", needed))?;
        Ok(self.assemble(spawn, timer))
    }

    fn check_secrets(&self) -> Result<(), ConfigError> {
        let is_shared = self.logins.is_some() || self.values.is_some();
        if self.secrets.is_some() || !is_shared {
            return Ok(());
        }
        if self.client.root_url.is_loopback() {
            tracing::warn!(
                "a session store is set and no session secrets: logins under way, and whatever is encrypted, end with this process"
            );
            return Ok(());
        }
        Err(ConfigError::missing(
            "session secrets",
            "at least one, the same for every process that shares the store (openssl rand -base64 32)",
        ))
    }

    #[cfg(feature = "tokio")]
    fn assemble_on_tokio(self) -> RelyingParty {
        use crate::seams::{TokioSpawn, TokioTimer};
        self.assemble(Arc::new(TokioSpawn), Arc::new(TokioTimer))
    }

    fn assemble(self, spawn: Arc<dyn Spawn>, timer: Arc<dyn Timer>) -> RelyingParty {
        let spawn: Arc<dyn Spawn> = Arc::new(SpawnInSpan(spawn));
        let login_entries = self.entries_of(self.logins.is_some());
        let value_entries = self.entries_of(self.values.is_some());
        let Stores {
            logins,
            values,
            decoded,
            patience,
        } = self.stores(timer.clone());
        let client = self.client;
        let secrets = self.secrets.unwrap_or_else(SessionSecrets::random);
        let keys = Arc::new(Keys::new(&secrets));
        let seal = RecordSeal::new(keys.clone(), client.client_id.clone(), self.random.clone());
        let seal = Arc::new(seal);
        let provider = Provider::new(client.provider.clone(), self.clock.clone(), spawn.clone());
        RelyingParty(Arc::new(Inner {
            provider: Arc::new(provider),
            told_method: ToldMethod::default(),
            keys,
            names: CookieNames::new(&client.client_id, &client.root_url),
            logins,
            login_records: LoginRecords::new(seal.clone(), login_entries),
            values: Values::new(values, seal, value_entries),
            patience,
            store_failure: self.stores.failure,
            decoded,
            flights: CallbackFlights::new(),
            refreshes: RefreshFlights::new(),
            refresh_margin: self.refresh_margin,
            background_refresh: self.background_refresh,
            silent_login: self.silent_login,
            ended: EndedSessions::new(),
            unsigned_marks: MarkBudget::default(),
            fixed_login: self.fixed_login,
            layout: LayoutCheck::default(),
            sessions: self.sessions,
            lifetimes: self.lifetimes,
            pages: self.pages,
            detail: self.detail,
            hooks: self.hooks,
            clock: self.clock,
            random: self.random,
            spawn,
            timer,
            client,
        }))
    }
}

#[cfg(feature = "tokio")]
#[allow(clippy::unnecessary_wraps)] // there is none without the feature
fn default_spawn() -> Option<Arc<dyn Spawn>> {
    Some(Arc::new(crate::seams::TokioSpawn))
}

#[cfg(not(feature = "tokio"))]
fn default_spawn() -> Option<Arc<dyn Spawn>> {
    None
}

impl std::fmt::Debug for RelyingParty {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RelyingParty")
            .field("client", &self.0.client)
            .finish_non_exhaustive()
    }
}

#[cfg(feature = "tokio")]
#[allow(clippy::unnecessary_wraps)] // there is none without the feature
fn default_timer() -> Option<Arc<dyn Timer>> {
    Some(Arc::new(crate::seams::TokioTimer))
}

#[cfg(not(feature = "tokio"))]
fn default_timer() -> Option<Arc<dyn Timer>> {
    None
}

#[cfg(all(test, feature = "tokio"))]
mod tests;
