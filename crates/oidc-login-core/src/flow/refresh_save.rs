//! New tokens on their way into the store, which may just be down.

use std::{sync::Arc, time::Duration};

use super::{
    refresh::Refreshed,
    refresh_flights::Unsaved,
    refresh_task::{RefreshTask, Step, store_failed},
};
use crate::{
    error::LoginError,
    session::{Expected, Leased, LoadedLogin, Login, Put, StoreError},
};

/// Pauses between the tries to save new tokens: half a minute together.
const SAVES: [Duration; 8] = [
    Duration::from_millis(100),
    Duration::from_millis(400),
    Duration::from_secs(1),
    Duration::from_secs(2),
    Duration::from_secs(4),
    Duration::from_secs(6),
    Duration::from_secs(8),
    Duration::from_secs(9),
];

impl RefreshTask {
    /// One try to save new tokens in place of the ones they came from.
    pub(super) async fn save(&self, unsaved: &Unsaved) -> Result<Step, StoreError> {
        let inner = self.inner();
        let (before, login, now) = (&unsaved.before, &unsaved.login, inner.clock.now());
        let deadline = inner.lifetimes.idle_until(now, login.ends_at());
        let expected = Expected::Held(before.version, unsaved.lease);
        let record = inner.login_records.write(&self.id, login);
        let put = inner.logins.put_if(&self.key, record, deadline, expected);
        Ok(match put.await? {
            Put::Stored(version) => {
                inner.decoded.put(self.key, version, login.clone(), now);
                Step::Done(Refreshed::Now(LoadedLogin {
                    key: self.key,
                    login: login.clone(),
                    version,
                    ends_idle_at: deadline.unix_timestamp(),
                }))
            }
            Put::Gone => {
                inner.decoded.remove(&self.key);
                self.ended(login)
            }
            Put::Stale => match inner.present(&self.id).await? {
                None => self.ended(login),
                // An earlier try was stored, and only its answer was lost.
                Some(loaded) if loaded.login.access_token() == login.access_token() => {
                    Step::Done(Refreshed::Now(loaded))
                }
                Some(_) => {
                    tracing::warn!("another node took a refresh over, its tokens count");
                    Step::Wait
                }
            },
        })
    }

    /// Who ended the login had the tokens from before.
    fn ended(&self, login: &Arc<Login>) -> Step {
        tracing::info!("a login ended while it was refreshed, its new tokens are dropped");
        self.rp.revoke_later(login.clone());
        Step::Done(Refreshed::Ended)
    }

    /// Tries again until the store is back. What it never took stays for the next refresh, or for
    /// whoever ends the login.
    pub(super) async fn keep_saving(&self, unsaved: Unsaved) {
        let inner = self.inner();
        for pause in SAVES {
            inner.timer.sleep(pause).await;
            if self.save(&unsaved).await.is_ok() {
                inner.refreshes.forget(self.key, self.now());
                inner.give_back(&self.key, unsaved.lease).await;
                return;
            }
        }
        tracing::error!("refreshed tokens cannot be saved, they count in this process only");
    }

    /// Tokens of an earlier refresh go first: the refresh token in the store may be used up.
    pub(super) async fn save_at_last(&self, unsaved: Unsaved) -> Result<Step, LoginError> {
        let inner = self.inner();
        let leased = inner.logins.lease(&self.key, inner.lease_time()).await;
        let lease = match leased.map_err(store_failed)? {
            Leased::Busy => return Ok(Step::Wait),
            Leased::Gone => None,
            Leased::Held(lease) => Some(lease),
        };
        let step = match lease {
            None => self.ended(&unsaved.login),
            Some(lease) => {
                let step = self.save(&Unsaved { lease, ..unsaved }).await;
                inner.give_back(&self.key, lease).await;
                step.map_err(store_failed)?
            }
        };
        inner.refreshes.forget(self.key, self.now());
        Ok(match step {
            // It may be due once more.
            Step::Done(Refreshed::Now(loaded)) if self.is_wanted(&loaded.login) => Step::Wait,
            step => step,
        })
    }
}
