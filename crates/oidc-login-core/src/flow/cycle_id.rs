//! `cycle_id` of the app's session: the login moves to the new id with it.

use super::context::RequestContext;
use crate::session::{Expected, LoginIndex, Put, SessionId, StoreError, at};

impl RequestContext {
    /// Moves a login to a new id. Only if it was still alive at the old one is it alive at the new.
    pub(super) async fn move_login(&self, id: &SessionId) -> Result<bool, StoreError> {
        let inner = self.inner();
        let loaded = self.loaded().await?;
        let Some(from) = loaded.and_then(|loaded| self.presented.id(loaded.key)) else {
            return Ok(true);
        };
        // Tokens that somebody refreshes right now would stay behind.
        let Some(lease) = inner.hold(&from.key()).await? else {
            return Ok(false);
        };
        let moved = self.move_held(from, id).await;
        if !matches!(moved, Ok(true)) {
            inner.give_back(&from.key(), lease).await;
        }
        moved
    }

    async fn move_held(&self, from: &SessionId, to: &SessionId) -> Result<bool, StoreError> {
        let inner = self.inner();
        let (old, new, now) = (from.key(), to.key(), inner.clock.now());
        let Some(present) = inner.present(from).await? else {
            return Ok(false);
        };
        let unsaved = inner.refreshes.unsaved(&old, now);
        let login = unsaved.map_or(present.login, |unsaved| unsaved.login);
        let index = LoginIndex {
            about: inner.about(&login, old).await?,
            renews: Some(old),
            ..inner.keys.index_of(&login)
        };
        let record = inner.login_records.write(to, &login);
        let expected = Expected::New(&index);
        let put = inner
            .logins
            .put_if(&new, record, at(present.ends_idle_at), expected);
        let Put::Stored(version) = put.await? else {
            return Ok(false);
        };
        let was_alive = inner.logins.end(&old).await?.is_some();
        inner.decoded.remove(&old);
        if was_alive {
            inner.decoded.put(new, version, login, now);
        } else {
            inner.logins.end(&new).await?;
        }
        Ok(was_alive)
    }
}
