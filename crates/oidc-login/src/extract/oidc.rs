//! Login and logout from a handler.

use std::sync::Arc;

use axum::{extract::FromRequestParts, response::Redirect};
use http::request::Parts;
use oidc_login_core::{LoginError, RequestContext, session::Login};
use time::OffsetDateTime;

use super::{Rejection, context};

/// Builds sign-in and sign-out links and answers, and says who is signed in.
///
/// ```
/// use axum::response::Redirect;
/// use oidc_login::Oidc;
///
/// async fn checkout(oidc: Oidc) -> Redirect {
///     oidc.login_redirect("/checkout/payment")
/// }
/// ```
#[derive(Clone, Debug)]
pub struct Oidc {
    context: Arc<RequestContext>,
}

impl Oidc {
    /// Who makes this request, if the user is signed in.
    ///
    /// # Errors
    /// When the session store does not answer.
    pub async fn login(&self) -> Result<Option<Arc<Login>>, LoginError> {
        self.context.login().await
    }

    /// When the session ends if nobody uses it; `None` for a visitor.
    ///
    /// # Errors
    /// When the session store does not answer.
    pub async fn idle_until(&self) -> Result<Option<OffsetDateTime>, LoginError> {
        self.context.idle_until().await
    }

    /// The address that starts a login and leads back to a path of the app.
    pub fn login_url(&self, return_to: &str) -> String {
        self.context.login_url(Some(return_to))
    }

    /// The address that ends the login, for a link or the `action` of a form with `method="post"`.
    ///
    /// A link signs out at once when a browser of today follows it on a page of the app; anything
    /// else is asked first.
    pub fn logout_url(&self) -> String {
        self.context.logout_url(None)
    }

    /// The same, leading to `return_to` afterwards, if the valid post-logout redirect URIs allow it.
    pub fn logout_url_to(&self, return_to: &str) -> String {
        self.context.logout_url(Some(return_to))
    }

    /// Sends the browser to sign in, and back to a path of the app.
    pub fn login_redirect(&self, return_to: &str) -> Redirect {
        Redirect::to(&self.login_url(return_to))
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Oidc {
    type Rejection = Rejection;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Rejection> {
        context(parts).cloned().map(|context| Self { context })
    }
}
