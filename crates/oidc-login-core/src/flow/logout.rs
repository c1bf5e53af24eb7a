//! `GET|POST /auth/logout`: ends the session here, then at the provider.

use std::sync::Arc;

use bytes::Bytes;
use http::{HeaderMap, HeaderName, Response, StatusCode};
use serde::{Deserialize, Serialize};

use super::{
    context::RequestContext,
    respond::{redirect, set},
};
use crate::{
    config::{Endpoint, ReturnTo},
    error::LoginError,
    page::ConfirmLogoutPage,
    protocol::parameters::Parameters,
    session::seal::Purpose,
};

/// How long a confirmation page, and the provider's part of a logout, may take, in seconds.
const LIFETIME: i64 = 600;
/// How long after a sign-out here alone nobody is sent to the provider unasked, in seconds.
const SIGNED_OUT_FOR: i64 = 300;
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
            return self.log_out(sealed.target, headers).await;
        }
        let asked = form
            .get("return_to")
            .once()
            .or(query.get("return_to").once());
        let target = asked.and_then(|asked| self.logout_target(asked));
        if self.is_same_origin(headers) {
            self.log_out(target, headers).await
        } else {
            self.ask_before_logout(target).await
        }
    }

    /// Our own session first: the provider may never send the browser back.
    async fn log_out(
        self: &Arc<Self>,
        target: Option<String>,
        headers: &HeaderMap,
    ) -> Result<Response<Bytes>, LoginError> {
        let login = self.sign_out_here().await?;
        self.forget_trail(headers);
        // Also where the session was over already: its user meant it.
        self.begin_silence();
        let target = target.as_deref();
        let at_provider = self.end_session_url(login.as_deref(), target).await;
        let home = self.inner().client.home_url.as_str();
        if at_provider.is_none() {
            // The provider would sign its user in again at once where that page is guarded.
            self.add_cookie(self.inner().names.set_signed_out(SIGNED_OUT_FOR));
        }
        let mut response = redirect(at_provider.as_deref().or(target).unwrap_or(home));
        if login.is_some() {
            // Chromium's back button shows pages from memory although they are `no-store`.
            set(response.headers_mut(), CLEAR_SITE_DATA, r#""cache""#);
        }
        Ok(response)
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
        Ok(self.page(StatusCode::OK, |pages| pages.confirm_logout(&page)))
    }

    pub(super) fn serve_logout_callback(&self) -> Response<Bytes> {
        let query = Parameters::parse(self.uri.query().unwrap_or_default().as_bytes());
        let state = query.get("state").once();
        let sealed =
            state.and_then(|state| self.open(Purpose::LogoutState, &self.client_context(), state));
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

    /// What comes back with the browser as `state`.
    pub(super) fn seal_logout_target(&self, target: Option<&str>) -> String {
        let target = target.map(str::to_owned);
        self.seal(Purpose::LogoutState, &self.client_context(), target)
    }

    /// Apps that share their session secrets do not take each other's targets.
    fn client_context(&self) -> [&str; 2] {
        let client = &self.inner().client;
        [&client.client_id, client.root_url.origin()]
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
