//! The right to change a login, which one node has at a time.

use std::time::Duration;

use crate::{
    relying_party::Inner,
    session::{Lease, Leased, LoadedLogin, SessionId, SessionKey, StoreError},
};

/// Time between two looks at a lease that somebody else has: at first, and at most.
const FIRST_LOOK: Duration = Duration::from_millis(20);
const LONGEST_LOOK: Duration = Duration::from_millis(500);
/// Time for everything besides requests to the provider.
const SLACK: Duration = Duration::from_secs(5);
/// How long each may take of what makes the claims new at a refresh, userinfo and the app's hook: who
/// waits for the tokens waits for them too.
pub(super) const CLAIMS_LIMIT: Duration = Duration::from_secs(5);

/// The pauses of somebody who waits for a lease, longer and longer, until one should have run out.
pub(super) struct Pauses {
    next: Duration,
    left: Duration,
}

impl Iterator for Pauses {
    type Item = Duration;

    fn next(&mut self) -> Option<Duration> {
        self.left = self.left.checked_sub(self.next)?;
        let pause = self.next;
        self.next = (pause * 2).min(LONGEST_LOOK);
        Some(pause)
    }
}

impl Inner {
    /// How long the provider may take to answer a refresh.
    pub(super) fn refresh_limit(&self) -> Duration {
        self.provider.request_timeout() + SLACK
    }

    /// Longer than a refresh takes, with keys fetched anew to check its ID token, and claims.
    pub(super) fn lease_time(&self) -> Duration {
        self.refresh_limit() + self.provider.request_timeout() + 2 * CLAIMS_LIMIT + SLACK
    }

    /// Long enough for the lease of a node that died to run out.
    pub(super) fn pauses(&self) -> Pauses {
        Pauses {
            next: FIRST_LOOK,
            left: self.lease_time() + SLACK,
        }
    }

    /// Takes the lease of a login for a change that asks the store alone, and waits while somebody
    /// else has it; `None` when the login has ended.
    pub(super) async fn hold(&self, key: &SessionKey) -> Result<Option<Lease>, StoreError> {
        let mut pauses = self.pauses();
        loop {
            match self.logins.lease(key, SLACK).await? {
                Leased::Held(lease) => return Ok(Some(lease)),
                Leased::Gone => return Ok(None),
                Leased::Busy => {
                    let pause = pauses.next();
                    let busy = || StoreError::new("somebody else changes this login");
                    self.timer.sleep(pause.ok_or_else(busy)?).await;
                }
            }
        }
    }

    /// Gives a lease back, so that nobody waits for its end.
    pub(super) async fn give_back(&self, key: &SessionKey, lease: Lease) {
        if let Err(error) = self.logins.release(key, lease).await {
            tracing::debug!(%error, "a lease cannot be given back, it runs out by itself");
        }
    }

    /// The login as it is now.
    pub(super) async fn present(&self, id: &SessionId) -> Result<Option<LoadedLogin>, StoreError> {
        let (store, records) = (&*self.logins, &self.login_records);
        let now = self.clock.now();
        self.decoded.ask(store, records, id, now).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_and_end() {
        let pauses = Pauses {
            next: FIRST_LOOK,
            left: Duration::from_secs(3),
        };
        let pauses: Vec<_> = pauses.map(|pause| pause.as_millis()).collect();
        assert_eq!(pauses, [20, 40, 80, 160, 320, 500, 500, 500, 500]);
    }
}
