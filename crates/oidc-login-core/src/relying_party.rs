//! The relying party: one client at one provider, with its sessions.

mod build;
mod builder;
mod contradictions;
mod stores;

use std::sync::Arc;

use url::Url;

use crate::{
    config::{BackgroundRefresh, ClientConfig, Lifetimes, SilentLogin, StoreFailure},
    error::LoginError,
    flow::{CallbackFlights, DetailSetting, LayoutCheck, RefreshFlights, ToldMethod},
    hooks::Hooks,
    page::Pages,
    provider::Provider,
    seams::{Clock, Random, Spawn, Timer},
    session::{
        CookieSeal, DecodedLogins, EndedSessions, Login, LoginLinks, LoginRecords, LoginStore,
        LoginTrails, MarkBudget, Patience, PendingCookies, PostedAnswers, Values,
        cookies::CookieNames, seal::Keys,
    },
};

pub use self::builder::RelyingPartyBuilder;

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
#[non_exhaustive]
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
    /// None: the app keeps no values of its own, and requests carry no `tower_sessions::Session`.
    LoginsOnly,
}

impl RelyingParty {
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
        PostedAnswers(self.cookie_seal())
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
        PendingCookies(self.cookie_seal())
    }

    fn cookie_seal(&self) -> CookieSeal<'_> {
        CookieSeal {
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

impl std::fmt::Debug for RelyingParty {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RelyingParty")
            .field("client", &self.0.client)
            .finish_non_exhaustive()
    }
}

#[cfg(all(test, feature = "tokio"))]
mod tests;
