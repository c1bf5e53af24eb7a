//! The layer.

use oidc_login_core::RelyingParty;
use tower_layer::Layer;

use crate::service::OidcService;

/// Adds login, logout and sessions to an app.
///
/// Belongs around the outermost router, added after its routes. It answers the endpoints below the
/// client's base path (`/auth`), and lets every other request through with the login, and a
/// `tower_sessions::Session` for the app's own values, in its extensions.
#[derive(Clone, Debug)]
pub struct OidcLayer {
    relying_party: RelyingParty,
}

impl OidcLayer {
    /// The layer for a client: a [`ClientConfig`](crate::ClientConfig) with every default, or a
    /// [`RelyingParty`] made by its builder.
    pub fn new(relying_party: impl Into<RelyingParty>) -> Self {
        Self {
            relying_party: relying_party.into(),
        }
    }

    /// The relying party at work in it.
    pub fn relying_party(&self) -> &RelyingParty {
        &self.relying_party
    }
}

impl<S> Layer<S> for OidcLayer {
    type Service = OidcService<S>;

    fn layer(&self, inner: S) -> Self::Service {
        OidcService::new(inner, self.relying_party.clone())
    }
}
