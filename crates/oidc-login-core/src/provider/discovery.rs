//! Discovery: on first need, then in the background, the last good document kept.

use std::sync::Arc;

use time::OffsetDateTime;

use super::{Provider, ProviderEndpoint, cached::Fetched};
use crate::{
    config::MetadataSource,
    error::{LoginError, LoginErrorKind},
    protocol::metadata::{DiscoveryError, Metadata},
};

impl Provider {
    /// The provider's metadata.
    ///
    /// # Errors
    /// When the provider was never reached, or its document cannot be used.
    pub(crate) async fn metadata(self: &Arc<Self>) -> Result<Arc<Fetched<Metadata>>, LoginError> {
        let now = self.clock.now();
        let Some(known) = self.metadata.known() else {
            let fetch = self.fetch_metadata();
            return self.metadata.newer_than(None, now, fetch).await;
        };
        let max_age = self.config.refresh_interval;
        if self.metadata.is_refresh_due(&known, max_age, now) {
            let (provider, seen) = (self.clone(), known.clone());
            self.spawn.spawn(Box::pin(async move {
                if let Err(error) = provider.refresh_documents(&seen).await {
                    tracing::warn!(%error, evidence = ?error.evidence(), "what is known of the provider cannot be refreshed, the last good documents stay");
                }
            }));
        }
        Ok(known)
    }

    /// The provider's metadata, if it ever came; nobody is asked for it.
    pub(crate) fn known_metadata(&self) -> Option<Arc<Fetched<Metadata>>> {
        self.metadata.known()
    }

    /// When the metadata came, if it ever did, and why the last try failed, if it did. Where it
    /// never came it is asked for, in the background.
    pub(crate) fn metadata_seen(
        self: &Arc<Self>,
    ) -> (Option<OffsetDateTime>, Option<LoginErrorKind>) {
        let since = self.metadata.known().map(|known| known.at);
        if since.is_none() && !self.metadata.is_being_fetched() {
            let provider = self.clone();
            self.spawn.spawn(Box::pin(async move {
                if let Err(error) = provider.metadata().await {
                    tracing::warn!(%error, "the provider is not known yet");
                }
            }));
        }
        (since, self.metadata.last_failure())
    }

    /// Metadata and keys once more: a key that the provider withdrew is not trusted for ever.
    async fn refresh_documents(&self, seen: &Arc<Fetched<Metadata>>) -> Result<(), LoginError> {
        let now = self.clock.now();
        let fetch = self.fetch_metadata();
        let metadata = self.metadata.newer_than(Some(seen), now, fetch).await?;
        if let Some(keys) = self.keys.known() {
            self.newer_keys(&metadata.value, &keys).await?;
        }
        Ok(())
    }

    async fn fetch_metadata(&self) -> Result<Metadata, LoginError> {
        let issuer = self.issuer();
        let stated = match &self.config.metadata {
            MetadataSource::Discovery(stated) => stated,
            MetadataSource::Stated(metadata) => return Ok(Metadata::clone(metadata)),
        };
        let url = Metadata::discovery_url(issuer);
        let response = self.get(ProviderEndpoint::Discovery, &url).await?;
        let metadata = Metadata::from_json(response.body(), issuer, self.config.transport)
            .map_err(|error| invalid(&url, error))?;
        tracing::debug!(issuer, "discovered the provider");
        Ok(stated.over(metadata))
    }
}

const MANY_TENANTS: &str = "the address serves many tenants, each with an issuer of its own: \
    configure your tenant's, with its id in place of the name in braces";

fn invalid(url: &str, error: DiscoveryError) -> LoginError {
    let login_error = LoginError::new(LoginErrorKind::DiscoveryInvalid)
        .with_evidence("discovery document", url)
        .with_evidence("what is wrong", &error);
    let login_error = match &error {
        DiscoveryError::Issuer { found, expected } => {
            let login_error = login_error
                .with_evidence("configured issuer", expected)
                .with_evidence("issuer in the document", found);
            // Microsoft Entra ID's common, organizations and consumers.
            if found.contains('{') {
                login_error.with_evidence("likely cause", MANY_TENANTS)
            } else {
                login_error
            }
        }
        _ => login_error,
    };
    login_error.with_source(error)
}
