//! The provider's keys, fetched again when a token names one we do not know.

use std::sync::Arc;

use super::{Provider, ProviderEndpoint, cached::Fetched};
use crate::{
    error::{LoginError, LoginErrorKind},
    protocol::{key_set::KeySet, metadata::Metadata},
};

/// Where a token came from, and so how often it may make us ask for keys.
#[derive(Clone, Copy, Debug)]
pub(crate) enum TokenSource {
    /// The answer to a request of ours: that is once per login, so it needs no budget.
    OwnRequest,
    /// Anybody may have sent it: once a minute, so that strangers cannot make us flood the provider.
    Anybody,
}

impl Provider {
    /// The keys as last seen; fetched if they never were.
    pub(crate) async fn keys(
        &self,
        metadata: &Metadata,
    ) -> Result<Arc<Fetched<KeySet>>, LoginError> {
        if let Some(known) = self.keys.known() {
            return Ok(known);
        }
        let now = self.clock.now();
        let fetch = self.fetch_keys(metadata);
        self.keys.newer_than(None, now, fetch).await
    }

    /// Verifies something that the provider signed, once more with newer keys where they may help.
    pub(crate) async fn verify<T, E>(
        &self,
        metadata: &Metadata,
        source: TokenSource,
        verify: impl Fn(&KeySet) -> Result<T, E>,
        fresh_keys_may_help: impl Fn(&E) -> bool,
    ) -> Result<Result<T, E>, LoginError> {
        let keys = self.keys(metadata).await?;
        let verified = verify(&keys.value);
        let asks_again = matches!(&verified, Err(refused) if fresh_keys_may_help(refused))
            && self.may_ask_again(source);
        if !asks_again {
            return Ok(verified);
        }
        Ok(match self.newer_keys(metadata, &keys).await {
            Ok(newer) => verify(&newer.value),
            Err(error) => {
                tracing::warn!(%error, "the provider's keys cannot be fetched again");
                verified
            }
        })
    }

    fn may_ask_again(&self, source: TokenSource) -> bool {
        match source {
            TokenSource::OwnRequest => true,
            TokenSource::Anybody => self.for_strangers.take(self.clock.now()),
        }
    }

    /// Other keys than the ones seen.
    pub(super) async fn newer_keys(
        &self,
        metadata: &Metadata,
        seen: &Arc<Fetched<KeySet>>,
    ) -> Result<Arc<Fetched<KeySet>>, LoginError> {
        let now = self.clock.now();
        self.keys
            .newer_than(Some(seen), now, self.fetch_keys(metadata))
            .await
    }

    async fn fetch_keys(&self, metadata: &Metadata) -> Result<KeySet, LoginError> {
        let url = metadata.jwks_uri.as_str();
        let response = self.get(ProviderEndpoint::Keys, url).await?;
        let keys = KeySet::from_json(response.body()).map_err(|error| {
            LoginError::new(LoginErrorKind::KeysInvalid)
                .with_evidence("keys (jwks_uri)", url)
                .with_evidence("what is wrong", &error)
                .with_source(error)
        })?;
        tracing::debug!(keys = keys.keys().len(), "fetched the provider's keys");
        Ok(keys)
    }
}
