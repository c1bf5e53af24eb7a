//! Only what the app's own pages ask for.

use axum::extract::FromRequestParts;
use http::request::Parts;

use super::{Rejection, context};

/// Refuses a request that somebody else's page made: a form or a link elsewhere, pressed by a user
/// who is signed in here (cross-site request forgery).
///
/// An argument of every handler that changes something. The rule is the one of the library's own
/// sign-out: the browser says in `Sec-Fetch-Site` that the request comes from this origin; an old
/// browser sends `Origin`, which must be that of the root URL; what sends neither is no browser. A
/// `GET` passes only as a link that was followed on a page of the app, or as the handshake of a WebSocket
/// that a page of the app opens.
///
/// ```
/// use axum::{Form, response::Redirect};
/// use oidc_login::{Oidc, SameOrigin, session::SessionHandle};
///
/// #[derive(serde::Deserialize)]
/// struct Ended {
///     session: SessionHandle,
/// }
///
/// async fn end_session(_: SameOrigin, oidc: Oidc, Form(form): Form<Ended>) -> Redirect {
///     if let Err(error) = oidc.end_session(&form.session).await {
///         tracing::error!(%error, "the session is still there");
///     }
///     Redirect::to("/sessions")
/// }
/// # let _: axum::routing::MethodRouter = axum::routing::post(end_session);
/// ```
///
/// # Security
/// Browsers send cookies with requests of the same site as well, and every subdomain and port is of
/// the same site. `SameSite=Lax` alone does not keep those out; this does. It is no replacement for
/// `Claims`: it does not say who makes the request.
#[derive(Clone, Copy, Debug)]
pub struct SameOrigin(());

impl<S: Send + Sync> FromRequestParts<S> for SameOrigin {
    type Rejection = Rejection;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Rejection> {
        let context = context(parts)?;
        let admitted = context.admit_same_origin(&parts.headers);
        admitted.map_err(|answer| Rejection::new(*answer))?;
        Ok(Self(()))
    }
}
