//! `GET|POST /auth/logout`: ends the session here, then at the provider.

use std::sync::Arc;

use bytes::Bytes;
use http::{HeaderMap, HeaderName, Response, StatusCode};
use serde::{Deserialize, Serialize};
use tokio::sync::oneshot;

use super::{
    app_session,
    context::{RequestContext, unavailable},
    respond::{html, redirect, set},
};
use crate::{
    config::{Endpoint, ReturnTo, WebUrl},
    error::{LoginError, LoginErrorKind},
    page::ConfirmLogoutPage,
    protocol::{end_session::EndSessionRequest, parameters::Parameters},
    session::{Login, seal::Purpose},
};

/// How long a confirmation page, and the provider's part of a logout, may take, in seconds.
const LIFETIME: i64 = 600;
const TOKEN: &str = "confirm";
const CLEAR_SITE_DATA: HeaderName = HeaderName::from_static("clear-site-data");

/// What is sealed into the confirmation page's form and into `state`.
#[derive(Serialize, Deserialize)]
struct SealedTarget {
    target: Option<String>,
    expires_at: i64,
}

impl RequestContext {
    pub(super) async fn serve_logout(
        self: &Arc<Self>,
        headers: &HeaderMap,
        body: &Bytes,
    ) -> Result<Response<Bytes>, LoginError> {
        let query = Parameters::parse(self.uri.query().unwrap_or_default().as_bytes());
        let form = Parameters::parse(body);
        if let Some(sealed) = form
            .get(TOKEN)
            .once()
            .and_then(|token| self.confirmed(token))
        {
            return self.log_out(sealed.target).await;
        }
        let asked = form
            .get("return_to")
            .once()
            .or(query.get("return_to").once());
        let target = asked.and_then(|asked| self.logout_target(asked));
        if self.is_same_origin(headers) {
            self.log_out(target).await
        } else {
            self.ask_before_logout(target).await
        }
    }

    /// Our own session first: the provider may never send the browser back.
    async fn log_out(
        self: &Arc<Self>,
        target: Option<String>,
    ) -> Result<Response<Bytes>, LoginError> {
        let Some(login) = self.sign_out_here().await? else {
            return Ok(redirect(
                target
                    .as_deref()
                    .unwrap_or(self.inner().client.home_url.as_str()),
            ));
        };
        let mut response = redirect(&self.end_session_url(&login, target).await);
        // Chromium's back button shows pages from memory although they are `no-store`.
        set(response.headers_mut(), CLEAR_SITE_DATA, r#""cache""#);
        Ok(response)
    }

    /// Ends the session of this request and tells the app; says whose login it was. All of it is
    /// done, also where the client hangs up meanwhile.
    pub(super) async fn sign_out_here(self: &Arc<Self>) -> Result<Option<Arc<Login>>, LoginError> {
        let (context, (done, signed_out)) = (self.clone(), oneshot::channel());
        self.inner().spawn.spawn(Box::pin(async move {
            // Whoever hung up needs no answer.
            let _ = done.send(context.sign_out().await);
        }));
        let signed_out = signed_out.await;
        signed_out.unwrap_or_else(|_| Err(LoginErrorKind::Internal.into()))
    }

    async fn sign_out(&self) -> Result<Option<Arc<Login>>, LoginError> {
        let ended = self.end_session().await.map_err(unavailable)?;
        if let Some(session) = self.app_session()
            && let Err(error) = app_session::end(session).await
        {
            tracing::warn!(%error, "the app's session cannot be emptied");
        }
        let Some(login) = &ended else {
            return Ok(None);
        };
        if let Some(hook) = &self.inner().hooks.on_logout
            && let Err(error) = hook(login.clone()).await
        {
            tracing::error!(%error, "on_logout failed");
        }
        self.rp.revoke_later(login.clone());
        tracing::info!(issuer = login.issuer(), "a user signed out");
        Ok(ended)
    }

    /// Where the browser goes to sign out at the provider as well; home, where that has no such
    /// endpoint or does not answer.
    async fn end_session_url(&self, login: &Login, target: Option<String>) -> String {
        let inner = self.inner();
        let client = &inner.client;
        let metadata = inner.provider.metadata().await;
        let endpoint = match &metadata {
            Ok(metadata) => metadata.value.end_session_endpoint.as_ref(),
            Err(error) => {
                tracing::warn!(%error, "signed out here only: the provider cannot be asked");
                None
            }
        };
        let Some(endpoint) = endpoint else {
            return target.unwrap_or_else(|| client.home_url.as_str().to_owned());
        };
        let returns_here = client.returns_from_logout();
        let state = returns_here.then(|| self.seal(Purpose::LogoutState, &[], target.clone()));
        let own = client.post_logout_redirect_uri.as_ref();
        let own = own.map(WebUrl::as_str);
        let target = target.as_deref().filter(|_| !returns_here);
        EndSessionRequest {
            endpoint,
            client_id: &client.client_id,
            id_token_hint: Some(login.id_token()),
            post_logout_redirect_uri: target.or(own),
            state: state.as_deref(),
        }
        .url()
        .into()
    }

    /// A sign-out that somebody else's page could have asked for changes nothing before the user
    /// says so.
    async fn ask_before_logout(
        &self,
        target: Option<String>,
    ) -> Result<Response<Bytes>, LoginError> {
        let login = self.login().await?;
        let client = &self.inner().client;
        let Some(login) = login else {
            return Ok(redirect(
                target.as_deref().unwrap_or(client.home_url.as_str()),
            ));
        };
        let context = self.confirmation_context();
        let token = self.seal(Purpose::LogoutConfirmation, &[&context], target);
        let claims = login.claims();
        let page = ConfirmLogoutPage {
            action: &client.endpoints.path(Endpoint::Logout),
            fields: &[(TOKEN, &token)],
            signed_in_as: claims.preferred_username().or(claims.name()),
            home: client.home_url.as_str(),
        };
        Ok(html(
            StatusCode::OK,
            self.inner().pages.confirm_logout(&page),
        ))
    }

    pub(super) fn serve_logout_callback(&self) -> Response<Bytes> {
        let query = Parameters::parse(self.uri.query().unwrap_or_default().as_bytes());
        let state = query.get("state").once();
        let sealed = state.and_then(|state| self.open(Purpose::LogoutState, &[], state));
        if sealed.is_none() {
            tracing::info!("the browser returned from a logout with no state of ours");
        }
        let target = sealed.and_then(|sealed| sealed.target);
        redirect(
            target
                .as_deref()
                .unwrap_or(self.inner().client.home_url.as_str()),
        )
    }

    /// The address a logout leads to, if the post-logout patterns allow it.
    fn logout_target(&self, asked: &str) -> Option<String> {
        let client = &self.inner().client;
        let absolute = match ReturnTo::parse(asked, &client.root_url) {
            Ok(path) => format!("{}{}", client.root_url.origin(), path.as_str()),
            Err(_) => asked.to_owned(),
        };
        match client.valid_post_logout_redirect_uris.check(&absolute) {
            Ok(url) => Some(url.as_str().to_owned()),
            Err(refused) => {
                tracing::info!(%refused, "the target of a logout is refused, the usual one takes its place");
                None
            }
        }
    }

    fn confirmed(&self, token: &str) -> Option<SealedTarget> {
        self.open(
            Purpose::LogoutConfirmation,
            &[&self.confirmation_context()],
            token,
        )
    }

    /// Binds the confirmation to the session it was asked in.
    fn confirmation_context(&self) -> String {
        use std::fmt::Write as _;
        let mut context = String::new();
        for key in self.presented.keys() {
            for byte in key.as_bytes() {
                let _ = write!(context, "{byte:02x}");
            }
        }
        context
    }

    fn seal(&self, purpose: Purpose, context: &[&str], target: Option<String>) -> String {
        let inner = self.inner();
        let expires_at = inner.clock.now().unix_timestamp() + LIFETIME;
        let sealed = SealedTarget { target, expires_at };
        let plain = postcard::to_allocvec(&sealed).expect("texts and numbers always serialize");
        inner.keys.seal(purpose, context, &plain, &*inner.random)
    }

    fn open(&self, purpose: Purpose, context: &[&str], sealed: &str) -> Option<SealedTarget> {
        let inner = self.inner();
        let plain = inner.keys.open(purpose, context, sealed)?;
        let sealed: SealedTarget = postcard::from_bytes(&plain).ok()?;
        let is_valid = sealed.expires_at > inner.clock.now().unix_timestamp();
        is_valid.then_some(sealed)
    }
}
