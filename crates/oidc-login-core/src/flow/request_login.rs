//! Who makes a request: the login, looked up when somebody asks, and once.

use std::sync::Arc;

use time::OffsetDateTime;

use super::context::{RequestContext, unavailable};
use crate::{
    config::{BackgroundRefresh, Endpoint},
    error::LoginError,
    session::{LoadedLogin, Login, StoreError, at},
};

impl RequestContext {
    /// Who makes this request, if the user is signed in.
    ///
    /// # Errors
    /// When the session store does not answer.
    pub async fn login(&self) -> Result<Option<Arc<Login>>, LoginError> {
        self.mark_asked();
        let loaded = self.loaded().await.map_err(unavailable)?;
        Ok(loaded.map(|loaded| loaded.login.clone()))
    }

    /// The same where it takes no waiting. `None` says nothing: then [`login`](Self::login) looks.
    pub(super) fn login_now(&self) -> Option<&Arc<Login>> {
        self.mark_asked();
        Some(&self.loaded_now()?.login)
    }

    /// When the login of this request ends if nobody uses it.
    ///
    /// # Errors
    /// When the session store does not answer.
    pub async fn idle_until(&self) -> Result<Option<OffsetDateTime>, LoginError> {
        self.mark_asked();
        let loaded = self.loaded().await.map_err(unavailable)?;
        Ok(loaded.map(|loaded| at(loaded.ends_idle_at)))
    }

    /// The login of this request, unless the request itself ended it.
    pub(super) async fn loaded(&self) -> Result<Option<&LoadedLogin>, StoreError> {
        if let Some(loaded) = self.loaded_now() {
            return Ok(Some(loaded));
        }
        if self.is_over() {
            return Ok(None);
        }
        if let Some(known) = self.login.get() {
            return Ok(known.as_ref());
        }
        // Boxed, so that the future of every request need not have room for it.
        let loaded = Box::pin(self.load()).await?;
        Ok(self.remember(loaded))
    }

    /// The same where it takes no waiting. `None` says nothing: then [`loaded`](Self::loaded) looks.
    pub(super) fn loaded_now(&self) -> Option<&LoadedLogin> {
        if self.is_over() {
            return None;
        }
        if let Some(refreshed) = self.refreshed.get() {
            return Some(refreshed);
        }
        match self.login.get() {
            Some(known) => known.as_ref(),
            None => self.remember(Some(self.load_now()?)),
        }
    }

    /// Whoever asks at the same time loads too; the first answer counts for the whole request.
    fn remember(&self, loaded: Option<LoadedLogin>) -> Option<&LoadedLogin> {
        let loaded = self.login.get_or_init(|| loaded).as_ref();
        if let Some(loaded) = loaded
            && self.inner().background_refresh == BackgroundRefresh::OnRequests
        {
            self.refresh_in_background(loaded);
        }
        loaded
    }

    /// From here on the request sees the login with its new tokens and claims.
    pub(super) fn replace_loaded(&self, loaded: LoadedLogin) {
        // A long request that refreshes again asks the store for the present one itself.
        let _ = self.refreshed.set(Box::new(loaded));
    }

    /// The usual case without waiting: one session, which this process knows, and which need not be
    /// renewed. `None` says nothing: then [`load`](Self::load) looks.
    fn load_now(&self) -> Option<LoadedLogin> {
        let (inner, only) = (self.inner(), self.presented.only()?);
        if inner.fixed_login.is_some() {
            return None;
        }
        let now = inner.clock.unix_timestamp();
        let loaded = inner.decoded.load_now(only.key(), now)?;
        let counts = self.is_ours(&loaded.login) && self.renewed_until(&loaded, now).is_none();
        counts.then_some(loaded)
    }

    async fn load(&self) -> Result<Option<LoadedLogin>, StoreError> {
        let inner = self.inner();
        if let Some(login) = &inner.fixed_login {
            return Ok(Some(LoadedLogin::fixed(login.clone())));
        }
        let now = inner.clock.now();
        let mut found = None;
        for id in self.presented.ids() {
            let (store, records) = (&*inner.logins, &inner.login_records);
            let loaded = inner.decoded.load(store, records, id, now).await?;
            let Some(loaded) = loaded.filter(|loaded| self.is_ours(&loaded.login)) else {
                continue;
            };
            if found.replace(loaded).is_some() {
                tracing::warn!("the browser sent two sessions that are both alive; neither counts");
                return Ok(None);
            }
        }
        if let Some(loaded) = &mut found {
            self.renew_idle(loaded, now).await?;
        }
        Ok(found)
    }

    /// A store may be shared with other clients.
    fn is_ours(&self, login: &Login) -> bool {
        let client = &self.inner().client;
        login.client_id() == client.client_id && login.issuer() == client.provider.issuer()
    }

    /// The new end of an idle session, where this request moves it.
    fn renewed_until(&self, loaded: &LoadedLogin, now: i64) -> Option<i64> {
        let ends_at = loaded.login.record().ends_at;
        let lifetimes = &self.inner().lifetimes;
        lifetimes
            .renewed_until(now, ends_at, loaded.ends_idle_at)
            .filter(|_| self.endpoint() != Some(Endpoint::Session))
    }

    async fn renew_idle(
        &self,
        loaded: &mut LoadedLogin,
        now: OffsetDateTime,
    ) -> Result<(), StoreError> {
        let inner = self.inner();
        let Some(renewed) = self.renewed_until(loaded, now.unix_timestamp()) else {
            return Ok(());
        };
        inner.logins.touch(&loaded.key, at(renewed)).await?;
        loaded.ends_idle_at = renewed;
        Ok(())
    }
}
