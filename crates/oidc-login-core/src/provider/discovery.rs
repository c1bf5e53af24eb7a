//! Discovery: on first need, then in the background, the last good document kept.

use std::sync::Arc;

use time::Duration;

use super::{Provider, cached::Fetched};
use crate::{
    error::{LoginError, LoginErrorKind},
    protocol::metadata::{DiscoveryError, Metadata},
};

/// After this time the next login asks for the document again, without waiting for it.
const MAX_AGE: Duration = Duration::HOUR;

impl Provider {
    /// The provider's metadata.
    ///
    /// # Errors
    /// When the provider was never reached, or its document cannot be used.
    pub(crate) async fn metadata(self: &Arc<Self>) -> Result<Arc<Fetched<Metadata>>, LoginError> {
        let Some(known) = self.metadata.known() else {
            return self.metadata.newer_than(None, self.fetch_metadata()).await;
        };
        if self.clock.now() - known.at >= MAX_AGE && self.metadata.begin_refresh() {
            let (provider, seen) = (self.clone(), known.clone());
            self.spawn.spawn(Box::pin(async move {
                let fetch = provider.fetch_metadata();
                if let Err(error) = provider.metadata.newer_than(Some(&seen), fetch).await {
                    tracing::warn!(%error, evidence = ?error.evidence(), "discovery failed, the last good document stays");
                }
                provider.metadata.end_refresh();
            }));
        }
        Ok(known)
    }

    async fn fetch_metadata(&self) -> Result<Fetched<Metadata>, LoginError> {
        let issuer = self.issuer();
        let url = Metadata::discovery_url(issuer);
        let response = self.get("discovery document", &url).await?;
        let value =
            Metadata::from_json(response.body(), issuer).map_err(|error| invalid(&url, error))?;
        tracing::debug!(issuer, "discovered the provider");
        Ok(Fetched {
            value,
            at: self.clock.now(),
        })
    }
}

fn invalid(url: &str, error: DiscoveryError) -> LoginError {
    let login_error = LoginError::new(LoginErrorKind::DiscoveryInvalid)
        .with_evidence("discovery document", url)
        .with_evidence("what is wrong", &error);
    let login_error = match &error {
        DiscoveryError::Issuer { found, expected } => login_error
            .with_evidence("configured issuer", expected)
            .with_evidence("issuer in the document", found),
        _ => login_error,
    };
    login_error.with_source(error)
}
