//! The access token of the user who is signed in.

use std::sync::Arc;

use axum::extract::{FromRequestParts, OptionalFromRequestParts};
use http::request::Parts;
use oidc_login_core::{Admitted, Policy, RequestContext, session::Login};
use time::OffsetDateTime;

use super::{Rejection, context};

/// The access token of the user who is signed in, to call other services as them.
///
/// As an argument it protects the handler by itself, exactly as [`Claims`](crate::Claims) does, and
/// it is refreshed when it ends within a minute
/// ([`refresh_margin`](crate::RelyingPartyBuilder::refresh_margin)): by one request to the provider,
/// however many handlers wait for it.
///
/// While the provider cannot be asked, the token is used as long as it lasts; after that the answer
/// is 503 with `Retry-After`. A user whose token has ended for good is asked to sign in, as a
/// visitor is. `Option<AccessToken>` is `None` for a visitor, and only for a visitor.
///
/// ```
/// use oidc_login::AccessToken;
///
/// async fn orders(token: AccessToken) -> String {
///     let authorization = format!("Bearer {}", token.secret());
///     // … send it to the other service …
/// #   drop(authorization);
///     "three orders".to_owned()
/// }
/// ```
///
/// # Security
/// Whoever has it can act as the user: send it to services that are meant, and to nobody else.
#[derive(Clone)]
pub struct AccessToken {
    login: Arc<Login>,
}

impl AccessToken {
    pub(super) fn of(login: Arc<Login>) -> Self {
        Self { login }
    }

    /// The token itself.
    ///
    /// # Security
    /// Never log it, and never show it on a page.
    pub fn secret(&self) -> &str {
        self.login.access_token().secret()
    }

    /// When it ends, if the provider said so.
    pub fn expires_at(&self) -> Option<OffsetDateTime> {
        self.login.access_token_expires_at()
    }

    /// The login it belongs to.
    pub fn login(&self) -> &Arc<Login> {
        &self.login
    }
}

async fn extract(
    context: &RequestContext,
    parts: &Parts,
) -> Result<Option<AccessToken>, Rejection> {
    match context.access_token().await {
        Ok(login) => Ok(login.map(AccessToken::of)),
        Err(error) => Err(Rejection::new(
            context.without_access_token(error, &parts.headers),
        )),
    }
}

impl<S: Send + Sync> FromRequestParts<S> for AccessToken {
    type Rejection = Rejection;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Rejection> {
        let context = context(parts)?;
        let token = match context.admit(&Policy::signed_in(), &parts.headers).await {
            Ok(Admitted::As(_)) => extract(context, parts).await?,
            Ok(Admitted::Preflight) => None,
            Err(answer) => return Err(Rejection::new(*answer)),
        };
        token.ok_or_else(|| Rejection::new(context.unauthenticated(&parts.headers)))
    }
}

impl<S: Send + Sync> OptionalFromRequestParts<S> for AccessToken {
    type Rejection = Rejection;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Option<Self>, Rejection> {
        let context = context(parts)?;
        extract(context, parts).await
    }
}

impl std::fmt::Debug for AccessToken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("AccessToken")
            .field("expires_at", &self.expires_at())
            .finish_non_exhaustive()
    }
}
