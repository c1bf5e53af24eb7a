//! A guard for many routes.

mod future;

use std::{
    sync::Arc,
    task::{Context, Poll},
    time::Duration,
};

use http::{Request, Response};
use oidc_login_core::{Policy, RequestContext};
use tower_layer::Layer;
use tower_service::Service;

use crate::{body::Body, missing::layer_missing};

pub use self::future::RequireLoginFuture;

/// Lets only users through who are signed in, or have a role, or signed in lately, or in a certain
/// way.
///
/// A page that needs a login, or a better one, leads to the sign-in and comes back; a script gets
/// 401; an unsafe method gets a 401 page; whoever lacks the role gets 403, and so does whom the
/// provider signs in again with less than was asked for.
///
/// # Security
/// A CORS preflight (`OPTIONS` with `Origin` and `Access-Control-Request-Method`) passes, since
/// browsers send it without cookies and the app has to answer it. Anybody can send one: a guarded
/// handler for every method (`any`) must do nothing for `OPTIONS`.
///
/// ```
/// # use axum::{Router, routing::get};
/// use std::time::Duration;
/// use oidc_login::RequireLoginLayer;
///
/// let members: Router = Router::new()
///     .route("/members", get(|| async { "for members" }))
///     .route_layer(RequireLoginLayer::new());
/// let admins: Router = Router::new()
///     .route("/admin", get(|| async { "for admins" }))
///     .route_layer(RequireLoginLayer::role("admin"));
/// let recently: Router = Router::new()
///     .route("/password", get(|| async { "for who signed in within five minutes" }))
///     .route_layer(RequireLoginLayer::new().max_age(Duration::from_secs(300)));
/// let two_factors: Router = Router::new()
///     .route("/payroll", get(|| async { "for admins with a second factor" }))
///     .route_layer(RequireLoginLayer::role("admin").acr_values(["mfa", "hwk"]));
/// # let _ = members.merge(admins).merge(recently).merge(two_factors);
/// ```
#[derive(Clone, Debug, Default)]
pub struct RequireLoginLayer {
    policy: Arc<Policy>,
}

impl RequireLoginLayer {
    /// For any user who is signed in.
    pub fn new() -> Self {
        Self::default()
    }

    /// For users with this role.
    pub fn role(role: impl Into<Arc<str>>) -> Self {
        Self {
            policy: Arc::new(Policy::role(role)),
        }
    }

    /// And whose login was made in one of these ways: [`Policy::acr_values`].
    #[must_use]
    pub fn acr_values(self, values: impl IntoIterator<Item = impl AsRef<str>>) -> Self {
        self.policy().acr_values(values).into()
    }

    /// And who proved who they are no longer ago than this: [`Policy::max_age`].
    #[must_use]
    pub fn max_age(self, age: Duration) -> Self {
        self.policy().max_age(age).into()
    }

    fn policy(self) -> Policy {
        Arc::unwrap_or_clone(self.policy)
    }
}

impl From<Policy> for RequireLoginLayer {
    fn from(policy: Policy) -> Self {
        Self {
            policy: Arc::new(policy),
        }
    }
}

impl<S> Layer<S> for RequireLoginLayer {
    type Service = RequireLogin<S>;

    fn layer(&self, inner: S) -> Self::Service {
        RequireLogin {
            inner,
            policy: self.policy.clone(),
        }
    }
}

/// The service of [`RequireLoginLayer`].
#[derive(Clone, Debug)]
pub struct RequireLogin<S> {
    inner: S,
    policy: Arc<Policy>,
}

impl<S, ReqBody, ResBody> Service<Request<ReqBody>> for RequireLogin<S>
where
    S: Service<Request<ReqBody>, Response = Response<ResBody>> + Clone + Send + 'static,
    S::Future: Send,
    ReqBody: Send + 'static,
{
    type Response = Response<Body<ResBody>>;
    type Error = S::Error;
    type Future = RequireLoginFuture<S::Future, ResBody, S::Error>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, request: Request<ReqBody>) -> Self::Future {
        let Some(context) = request.extensions().get::<Arc<RequestContext>>() else {
            return RequireLoginFuture::boxed(async { Ok(layer_missing()) });
        };
        if context.admit_now(&self.policy).is_some() {
            return RequireLoginFuture::admitted(self.inner.call(request));
        }
        // The service that was polled ready must be the one that is called.
        let ready = self.inner.clone();
        let mut inner = std::mem::replace(&mut self.inner, ready);
        let (context, policy) = (context.clone(), self.policy.clone());
        RequireLoginFuture::boxed(async move {
            let (parts, body) = request.into_parts();
            match context.admit(&policy, &parts.headers).await {
                Err(answer) => Ok(answer.map(Body::own)),
                Ok(_admitted) => {
                    let response = inner.call(Request::from_parts(parts, body)).await?;
                    Ok(response.map(Body::app))
                }
            }
        })
    }
}
