//! The claims of the user who is signed in.

use std::{ops::Deref, sync::Arc};

use axum::extract::{FromRequestParts, OptionalFromRequestParts};
use http::request::Parts;
use oidc_login_core::{
    Admitted, LoginError, LoginErrorKind, Policy, RequestContext, protocol::StandardClaims,
    session::Login,
};
use serde::de::DeserializeOwned;

use super::{Rejection, context};

/// The claims of the user who is signed in, as [`StandardClaims`] or as a type of the app.
///
/// As an argument it protects the handler by itself, exactly as
/// [`RequireLoginLayer`](crate::RequireLoginLayer) does. `Option<Claims>` is `None` for a visitor,
/// and only for a visitor: a missing layer, an unreadable store and claims that do not fit the type
/// are errors there as well. (A store that does not answer makes visitors where the app chose
/// [`StoreFailure::Anonymous`](crate::config::StoreFailure::Anonymous).) With
/// [`SilentLogin::OnVisits`](crate::SilentLogin::OnVisits) a visitor may be sent to the provider first,
/// and comes back.
///
/// A type of the app is decoded once per login, not once per request.
///
/// ```
/// use oidc_login::Claims;
///
/// #[derive(serde::Deserialize)]
/// struct Employee {
///     sub: String,
///     department: Option<String>,
/// }
///
/// async fn handler(employee: Claims<Employee>) -> String {
///     employee.department.clone().unwrap_or_default()
/// }
/// ```
///
/// # Security
/// A user is (`iss`, `sub`); see [`StandardClaims`].
#[derive(Debug)]
pub struct Claims<T = StandardClaims> {
    decoded: Arc<T>,
    login: Arc<Login>,
}

impl<T> Claims<T> {
    /// The login the claims belong to.
    pub fn login(&self) -> &Arc<Login> {
        &self.login
    }
}

impl<T> Clone for Claims<T> {
    fn clone(&self) -> Self {
        Self {
            decoded: self.decoded.clone(),
            login: self.login.clone(),
        }
    }
}

impl<T> Deref for Claims<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.decoded
    }
}

impl<T: DeserializeOwned + Send + Sync + 'static> Claims<T> {
    fn of(login: Arc<Login>, context: &RequestContext, parts: &Parts) -> Result<Self, Rejection> {
        match login.decode() {
            Ok(decoded) => Ok(Self { decoded, login }),
            Err(mismatch) => {
                let error = LoginError::new(LoginErrorKind::ClaimsMismatch)
                    .with_evidence("type", mismatch.type_name)
                    .with_evidence("what does not fit", &mismatch.source)
                    .with_source(mismatch);
                Err(Rejection::new(
                    context.error_response(error, &parts.headers),
                ))
            }
        }
    }
}

impl<T, S> FromRequestParts<S> for Claims<T>
where
    T: DeserializeOwned + Send + Sync + 'static,
    S: Send + Sync,
{
    type Rejection = Rejection;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Rejection> {
        let context = context(parts)?;
        match context.admit(&Policy::signed_in(), &parts.headers).await {
            Ok(Admitted::As(login)) => Self::of(login, context, parts),
            Ok(Admitted::Preflight) => Err(Rejection::new(context.unauthenticated(&parts.headers))),
            Err(answer) => Err(Rejection::new(*answer)),
        }
    }
}

impl<T, S> OptionalFromRequestParts<S> for Claims<T>
where
    T: DeserializeOwned + Send + Sync + 'static,
    S: Send + Sync,
{
    type Rejection = Rejection;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Option<Self>, Rejection> {
        let context = context(parts)?;
        match context.admit_anybody(&parts.headers).await {
            Ok(None) => Ok(None),
            Ok(Some(login)) => Self::of(login, context, parts).map(Some),
            Err(answer) => Err(Rejection::new(*answer)),
        }
    }
}
