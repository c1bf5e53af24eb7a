//! The provider's keys, fetched again when a token names one we do not know.

use std::sync::Arc;

use super::{Provider, ProviderEndpoint, cached::Fetched};
use crate::{
    error::{LoginError, LoginErrorKind},
    protocol::{key_set::KeySet, metadata::Metadata},
};

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

    /// Other keys than the ones seen, for a token of our own token request that they do not fit.
    ///
    /// Such a token comes once per login, so this needs no budget of its own.
    pub(crate) async fn newer_keys(
        &self,
        metadata: &Metadata,
        seen: &Arc<Fetched<KeySet>>,
    ) -> Result<Arc<Fetched<KeySet>>, LoginError> {
        let now = self.clock.now();
        self.keys
            .newer_than(Some(seen), now, self.fetch_keys(metadata))
            .await
    }

    /// Other keys than the ones seen, for a token that anybody may have sent; `None` when its
    /// budget of once a minute is used up, so that strangers cannot make us flood the provider.
    pub(crate) async fn newer_keys_for_stranger(
        &self,
        metadata: &Metadata,
        seen: &Arc<Fetched<KeySet>>,
    ) -> Option<Arc<Fetched<KeySet>>> {
        if !self.for_strangers.take(self.clock.now()) {
            return None;
        }
        match self.newer_keys(metadata, seen).await {
            Ok(newer) => Some(newer),
            Err(error) => {
                tracing::warn!(%error, "the provider's keys cannot be fetched again");
                None
            }
        }
    }

    async fn fetch_keys(&self, metadata: &Metadata) -> Result<KeySet, LoginError> {
        let url = metadata.jwks_uri.as_str();
        let response = self.get(ProviderEndpoint::Keys, url).await?;
        let keys = KeySet::from_json(response.body()).map_err(|error| {
            LoginError::new(LoginErrorKind::DiscoveryInvalid)
                .with_evidence("keys (jwks_uri)", url)
                .with_evidence("what is wrong", &error)
                .with_source(error)
        })?;
        tracing::debug!(keys = keys.keys().len(), "fetched the provider's keys");
        Ok(keys)
    }
}
