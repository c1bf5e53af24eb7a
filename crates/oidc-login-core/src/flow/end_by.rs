//! Sessions that are ended from outside: by another session of their user, an administrator, or the
//! provider.

use crate::{
    relying_party::{Inner, Sessions},
    session::{EndBy, SessionKey, StoreError},
};

impl Inner {
    /// Ends the logins that a logout means, and what the app kept with them. Returns the sessions
    /// that were found; some may have been over before.
    ///
    /// A login that is still on its way is refused when it comes, in every process.
    pub(super) async fn end_by(&self, logout: EndBy<'_>) -> Result<Vec<SessionKey>, StoreError> {
        let ended = self.logins.end_by(logout).await?;
        for key in &ended {
            self.clean_up_after(key).await;
        }
        Ok(ended)
    }

    /// Ends one login, and what the app kept with it; says whether there was one.
    pub(super) async fn end_one(&self, key: &SessionKey) -> Result<bool, StoreError> {
        let was_alive = self.logins.end(key).await?;
        self.clean_up_after(key).await;
        Ok(was_alive)
    }

    async fn clean_up_after(&self, key: &SessionKey) {
        self.decoded.remove(key);
        // Before the values go: from here on what a request still writes for it is dropped.
        self.ended.mark(*key, self.clock.now());
        if self.sessions == Sessions::Own
            && let Err(error) = self.values.delete(&key.app_session_id()).await
        {
            tracing::warn!(%error, "a login has ended, but its values are still there");
        }
    }
}
