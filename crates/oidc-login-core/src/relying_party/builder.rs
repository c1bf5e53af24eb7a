//! Settings of a client at work.

use std::{future::Future, sync::Arc, time::Duration};

use tower_sessions_core::{Session, SessionStore};

use super::{RelyingParty, stores::StoreSettings};
use crate::{
    config::{BackgroundRefresh, ClientConfig, Lifetimes, SilentLogin, StoreEntries},
    flow::DetailSetting,
    hooks::{HookError, Hooks, LoginDecision},
    page::{DefaultPages, Pages},
    seams::{Clock, Random, Spawn, SystemClock, SystemRandom, Timer},
    session::{Login, LoginStore, SessionSecrets},
    verified_claims::VerifiedClaims,
};

/// Settings of a [`RelyingParty`].
#[must_use]
pub struct RelyingPartyBuilder {
    pub(super) client: ClientConfig,
    pub(super) secrets: Option<SessionSecrets>,
    pub(super) logins: Option<Arc<dyn LoginStore>>,
    pub(super) values: Option<Arc<dyn SessionStore>>,
    pub(super) stores: StoreSettings,
    pub(super) store_entries: Option<StoreEntries>,
    pub(super) app_sessions: bool,
    pub(super) logins_only: bool,
    pub(super) lifetimes: Lifetimes,
    pub(super) pages: Arc<dyn Pages>,
    pub(super) detail: DetailSetting,
    pub(super) hooks: Hooks,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) random: Arc<dyn Random>,
    pub(super) spawn: Option<Arc<dyn Spawn>>,
    pub(super) timer: Option<Arc<dyn Timer>>,
    pub(super) refresh_margin: Duration,
    pub(super) background_refresh: BackgroundRefresh,
    pub(super) silent_login: SilentLogin,
    pub(super) fixed_login: Option<Arc<Login>>,
}

/// Stores, hooks and secrets are not shown.
impl std::fmt::Debug for RelyingPartyBuilder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RelyingPartyBuilder")
            .field("client", &self.client)
            .field("lifetimes", &self.lifetimes)
            .field("has_login_store", &self.logins.is_some())
            .field("has_session_store", &self.values.is_some())
            .finish_non_exhaustive()
    }
}

impl RelyingParty {
    /// Settings to fill in; every one has a default.
    ///
    /// ```
    /// # use oidc_login_core as oidc_login;
    /// use std::time::Duration;
    /// use oidc_login::{
    ///     LoginDecision, RelyingParty,
    ///     config::{ClientConfig, Lifetimes},
    ///     session::SessionSecrets,
    /// };
    ///
    /// # fn relying_party(client: ClientConfig, secrets: &str) -> Result<RelyingParty, oidc_login::ConfigError> {
    /// let (hour, day) = (Duration::from_secs(3600), Duration::from_secs(24 * 3600));
    /// let relying_party = RelyingParty::builder(client)
    ///     .session_secrets(SessionSecrets::from_base64(secrets)?)
    ///     .lifetimes(Lifetimes::new(hour, day)?)
    ///     .on_login(async |login, _session| {
    ///         Ok(match login.claims().verified_email() {
    ///             Some(_) => LoginDecision::Allow,
    ///             None => LoginDecision::Deny("your e-mail address is not verified".to_owned()),
    ///         })
    ///     })
    ///     .build()?;
    /// # Ok(relying_party)
    /// # }
    /// ```
    pub fn builder(client: ClientConfig) -> RelyingPartyBuilder {
        RelyingPartyBuilder {
            client,
            secrets: None,
            logins: None,
            values: None,
            stores: StoreSettings::default(),
            store_entries: None,
            app_sessions: false,
            logins_only: false,
            lifetimes: Lifetimes::default(),
            pages: Arc::new(DefaultPages),
            detail: DetailSetting::default(),
            hooks: Hooks::default(),
            clock: Arc::new(SystemClock),
            random: Arc::new(SystemRandom),
            spawn: default_spawn(),
            timer: default_timer(),
            refresh_margin: Duration::from_secs(60),
            background_refresh: BackgroundRefresh::default(),
            silent_login: SilentLogin::default(),
            fixed_login: None,
        }
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
        self.app_sessions = true;
        self
    }

    /// The app keeps no values of its own in sessions, only logins: requests carry no
    /// `tower_sessions::Session`, and none is kept beside a login. Handlers find the user in
    /// `Claims` and the like, as ever.
    ///
    /// Saves a part of each request, and a quarter of a kilobyte of each session. A handler that asks
    /// for a `tower_sessions::Session` all the same gets its refusal, a 500; what
    /// [`on_login`](Self::on_login) puts into one is dropped with a warning in the log.
    ///
    /// # Security
    /// A `SessionManagerLayer` of the app's around this layer is refused as with our own sessions: what
    /// it kept would outlive the user's sign-out. Use [`app_sessions`](Self::app_sessions) for that.
    pub fn logins_only(mut self) -> Self {
        self.logins_only = true;
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
    /// roles are read from that, and besides from the access token where
    /// [`AccessTokenRoles::Verified`](crate::config::AccessTokenRoles::Verified) is set.
    ///
    /// An error refuses the login, and so does a hook that takes longer than 30 seconds. At a refresh
    /// it is logged and the claims stay as they were, and the same happens to one that panics or takes
    /// longer than five seconds: the new tokens are in hand, and must not be lost for it.
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
    ///
    /// ```
    /// # use oidc_login_core as oidc_login;
    /// # use oidc_login::{LoginDecision, RelyingPartyBuilder};
    /// # #[derive(Clone)]
    /// # struct Users;
    /// # impl Users { async fn is_blocked(&self, _: (&str, &str)) -> Result<bool, std::io::Error> { Ok(false) } }
    /// # fn settings(relying_party: RelyingPartyBuilder, users: Users) -> RelyingPartyBuilder {
    /// relying_party.on_login(move |login, _session| {
    ///     let users = users.clone();
    ///     async move {
    ///         if users.is_blocked((login.issuer(), login.subject())).await? {
    ///             return Ok(LoginDecision::Deny("this account is closed".to_owned()));
    ///         }
    ///         Ok(LoginDecision::Allow)
    ///     }
    /// })
    /// # }
    /// ```
    ///
    /// An error refuses the login, with [`HookFailed`](crate::error::LoginErrorKind::HookFailed), and so
    /// does a hook that takes longer than 30 seconds: nobody is signed in without its word. It is
    /// dropped then, wherever it waits.
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

    /// Called when a user has signed out here, after the session ended. The answer waits for the hook,
    /// but no longer than ten seconds: then the hook is dropped, wherever it waits, and the sign-out
    /// goes on. That is logged, and so is an error, or a panic. What takes longer goes into a task of
    /// the app's own.
    ///
    /// ```
    /// # use oidc_login_core::RelyingPartyBuilder;
    /// # fn settings(relying_party: RelyingPartyBuilder) -> RelyingPartyBuilder {
    /// relying_party.on_logout(|login| async move {
    ///     tracing::info!(sub = login.subject(), "signed out");
    ///     Ok(())
    /// })
    /// # }
    /// ```
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

    /// How long before its end an access token is refreshed when a handler asks for one; of a token
    /// that lives shortly, half its life at most. Default: one minute.
    pub fn refresh_margin(mut self, margin: Duration) -> Self {
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
    /// question. Default: [`SilentLogin::Off`]. Refused where every login of the client asks one
    /// (`prompt` with `login` or `select_account`).
    pub fn silent_login(mut self, silent_login: SilentLogin) -> Self {
        self.silent_login = silent_login;
        self
    }
}

#[cfg(feature = "tokio")]
#[allow(clippy::unnecessary_wraps)] // there is none without the feature
fn default_spawn() -> Option<Arc<dyn Spawn>> {
    Some(Arc::new(crate::seams::TokioSpawn))
}

#[cfg(feature = "tokio")]
#[allow(clippy::unnecessary_wraps)] // there is none without the feature
fn default_timer() -> Option<Arc<dyn Timer>> {
    Some(Arc::new(crate::seams::TokioTimer))
}

#[cfg(not(feature = "tokio"))]
fn default_spawn() -> Option<Arc<dyn Spawn>> {
    None
}

#[cfg(not(feature = "tokio"))]
fn default_timer() -> Option<Arc<dyn Timer>> {
    None
}
