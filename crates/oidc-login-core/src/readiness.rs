//! Whether the relying party can sign users in, for a load balancer that asks.

use std::time::Duration;

use time::OffsetDateTime;

use crate::{error::LoginErrorKind, relying_party::RelyingParty, session::SessionKey};

/// How long the stores may take to give a sign of life.
const PATIENCE: Duration = Duration::from_secs(1);

/// What the relying party knows of its provider and its stores; nothing in it is secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Readiness {
    /// The provider, as last seen.
    pub provider: ProviderReadiness,
    /// The stores, asked now.
    pub store: StoreReadiness,
}

/// The provider, as last seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ProviderReadiness {
    /// Its metadata is known, so logins can begin.
    Known {
        /// When the metadata came.
        since: OffsetDateTime,
        /// Why the last try to renew it failed, if it did; the last good document stays in use.
        last_failure: Option<LoginErrorKind>,
    },
    /// Its metadata was never seen. It is being asked.
    Unknown {
        /// Why the last try failed, if there was one.
        last_failure: Option<LoginErrorKind>,
    },
}

/// The stores, asked now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum StoreReadiness {
    /// Each of them answered.
    Answers,
    /// One of them did not, or not in time.
    Fails,
}

impl Readiness {
    /// Whether users can sign in: the provider's metadata is known, and the stores answer.
    ///
    /// A provider that is down later does not count, as users who are signed in need it for nothing.
    pub fn is_ready(&self) -> bool {
        self.provider.is_known() && self.store == StoreReadiness::Answers
    }
}

impl ProviderReadiness {
    /// Whether its metadata is known.
    pub fn is_known(&self) -> bool {
        matches!(self, Self::Known { .. })
    }

    /// Why the last try to get or renew its metadata failed, if it did.
    pub fn last_failure(&self) -> Option<LoginErrorKind> {
        match self {
            Self::Known { last_failure, .. } | Self::Unknown { last_failure } => *last_failure,
        }
    }
}

impl RelyingParty {
    /// Whether users can sign in, and if not, whose fault that is.
    ///
    /// Costs one look-up in each store, and takes at most a second. The provider is asked in the
    /// background as long as its metadata was never seen, at most every two seconds, and is never
    /// waited for.
    ///
    /// # Security
    /// The answer tells a stranger what is down: let only the load balancer see it.
    pub async fn readiness(&self) -> Readiness {
        Readiness {
            provider: self.provider_readiness(),
            store: self.store_readiness().await,
        }
    }

    fn provider_readiness(&self) -> ProviderReadiness {
        match self.0.provider.metadata_seen() {
            (None, last_failure) => ProviderReadiness::Unknown { last_failure },
            (Some(since), last_failure) => ProviderReadiness::Known {
                since,
                last_failure,
            },
        }
    }

    async fn store_readiness(&self) -> StoreReadiness {
        let inner = &self.0;
        let nobody = SessionKey::of_nobody();
        let ask = async {
            let logins = inner.logins.load(&nobody, None).await;
            let logins = logins.map_err(|error| error.to_string());
            let values = inner.values.exist(nobody).await;
            logins.and(values.map_err(|error| error.to_string()))
        };
        let failed = match inner.patience.at_most(PATIENCE).wait(ask).await {
            Ok(Ok(_)) => return StoreReadiness::Answers,
            Ok(Err(failed)) => failed,
            Err(late) => late.to_string(),
        };
        tracing::warn!(failed, "not ready: a session store does not answer");
        StoreReadiness::Fails
    }
}
