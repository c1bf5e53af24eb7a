//! From settings to a client at work.

use std::sync::Arc;

use super::{Inner, RelyingParty, RelyingPartyBuilder, Sessions, stores::Stores};
use crate::{
    error::ConfigError,
    flow::{CallbackFlights, LayoutCheck, RefreshFlights, ToldMethod},
    provider::Provider,
    seams::{Spawn, SpawnInSpan, Timer},
    session::{
        EndedSessions, LoginRecords, MarkBudget, RecordSeal, SessionSecrets, Values,
        cookies::CookieNames, seal::Keys,
    },
};

impl RelyingPartyBuilder {
    /// Checks the settings.
    ///
    /// # Errors
    /// Without a runtime: neither the feature `tokio` nor [`spawn`](Self::spawn) and
    /// [`timer`](Self::timer). With a store timeout of nothing. With
    /// a store of the
    /// app's and no session secrets, unless the root URL is on loopback: the app's processes share
    /// the store and need the same keys. With a setting that another one would leave without effect: a
    /// session store, or [`StoreFailure::Anonymous`](crate::config::StoreFailure::Anonymous), in an app
    /// that gives us nothing to keep there ([`app_sessions`](Self::app_sessions),
    /// [`logins_only`](Self::logins_only)), or both of those; a silent login where every login asks.
    pub fn build(self) -> Result<RelyingParty, ConfigError> {
        self.check_secrets()?;
        self.check_stores()?;
        self.check_silent_login()?;
        let sessions = self.checked_sessions()?;
        let needed = "one is needed without the feature `tokio`";
        let timer = self.timer.clone();
        let timer = timer.ok_or_else(|| ConfigError::missing("timer", needed))?;
        let spawn = self
            .spawn
            .clone()
            .ok_or_else(|| ConfigError::missing("spawn", needed))?;
        Ok(self.assemble(spawn, timer, sessions))
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
    pub(super) fn assemble_on_tokio(self) -> RelyingParty {
        use crate::seams::{TokioSpawn, TokioTimer};
        let sessions = Sessions::default();
        self.assemble(Arc::new(TokioSpawn), Arc::new(TokioTimer), sessions)
    }

    fn assemble(
        self,
        spawn: Arc<dyn Spawn>,
        timer: Arc<dyn Timer>,
        sessions: Sessions,
    ) -> RelyingParty {
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
            refresh_margin: self
                .refresh_margin
                .try_into()
                .unwrap_or(time::Duration::MAX),
            background_refresh: self.background_refresh,
            silent_login: self.silent_login,
            ended: EndedSessions::new(),
            unsigned_marks: MarkBudget::default(),
            fixed_login: self.fixed_login,
            layout: LayoutCheck::default(),
            sessions,
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
