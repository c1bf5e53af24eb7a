//! The provider's part of a logout (OpenID Connect RP-Initiated Logout 1.0).

use super::context::RequestContext;
use crate::{
    config::WebUrl,
    protocol::end_session::{EndSessionRequest, MAX_URL},
    session::Login,
};

impl RequestContext {
    /// Where the browser goes to sign out at the provider as well; `None` where that has no such
    /// endpoint, or cannot be asked for it.
    ///
    /// Without a login, which may have ended by itself, the provider is not told whose session it
    /// is, and asks its user.
    pub(super) async fn end_session_url(
        &self,
        login: Option<&Login>,
        target: Option<&str>,
    ) -> Option<String> {
        let inner = self.inner();
        let client = &inner.client;
        let metadata = match inner.provider.metadata().await {
            Ok(metadata) => metadata,
            Err(error) => {
                tracing::warn!(%error, "signed out here only: the provider cannot be asked");
                return None;
            }
        };
        let endpoint = metadata.value.end_session_endpoint.as_ref()?;
        let returns_here = client.returns_from_logout();
        let state = returns_here.then(|| self.seal_logout_target(target));
        let own = client.post_logout_redirect_uri.as_ref();
        let own = own.map(WebUrl::as_str);
        let logout_hint = login.and_then(|login| self.logout_hint(login));
        let request = EndSessionRequest {
            endpoint,
            client_id: &client.client_id,
            id_token_hint: login.map(Login::id_token),
            logout_hint: logout_hint.as_deref(),
            post_logout_redirect_uri: target.filter(|_| !returns_here).or(own),
            state: state.as_deref(),
            extra: &client.end_session_parameters,
        };
        let url = request.url();
        if url.as_str().len() <= MAX_URL {
            return Some(url.into());
        }
        tracing::info!(
            length = url.as_str().len(),
            "the ID token makes the sign-out's URL longer than providers read, it is left out"
        );
        Some(request.without_id_token().url().into())
    }

    fn logout_hint(&self, login: &Login) -> Option<String> {
        let claim = self.inner().client.logout_hint_claim.as_deref()?;
        let hint = login.claims().as_map().get(claim)?.as_str()?.to_owned();
        (!hint.is_empty()).then_some(hint)
    }
}
