//! Login and logout from a handler.

use std::sync::Arc;

use axum::{extract::FromRequestParts, response::Redirect};
use http::{HeaderMap, request::Parts};
use oidc_login_core::{
    Admitted, LoginError, Policy, RelyingParty, RequestContext,
    protocol::LoginParameters,
    session::{ListedSession, Login, SessionHandle},
};
use time::OffsetDateTime;

use super::{AccessToken, Rejection, context};

/// Builds sign-in and sign-out links and answers, says who is signed in, and where else.
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
    /// When the session store does not answer, unless the app chose
    /// [`StoreFailure::Anonymous`](crate::config::StoreFailure::Anonymous).
    pub async fn login(&self) -> Result<Option<Arc<Login>>, LoginError> {
        self.context.login_if_known().await
    }

    /// Who makes this request, if they pass: the guard of a handler that asks for more only sometimes.
    /// What it asks is what [`RequireLoginLayer`](crate::RequireLoginLayer) asks; `headers` are those of
    /// the request.
    ///
    /// ```
    /// use std::time::Duration;
    /// use http::HeaderMap;
    /// use oidc_login::{Oidc, Policy, Rejection};
    ///
    /// async fn transfer(oidc: Oidc, headers: HeaderMap) -> Result<&'static str, Rejection> {
    ///     let recently = Policy::signed_in().max_age(Duration::from_secs(300));
    ///     oidc.require(&recently, &headers).await?;
    ///     Ok("done")
    /// }
    /// ```
    ///
    /// # Errors
    /// The answer to give instead: a page leads to the sign-in and comes back, a script gets 401.
    pub async fn require(
        &self,
        policy: &Policy,
        headers: &HeaderMap,
    ) -> Result<Arc<Login>, Rejection> {
        match self.context.admit(policy, headers).await {
            Ok(Admitted::As(login)) => Ok(login),
            Ok(Admitted::Preflight) => Err(Rejection::new(self.context.unauthenticated(headers))),
            Err(answer) => Err(Rejection::new(*answer)),
        }
    }

    /// When the session ends if nobody uses it; `None` for a visitor.
    ///
    /// # Errors
    /// As [`login`](Self::login).
    pub async fn idle_until(&self) -> Result<Option<OffsetDateTime>, LoginError> {
        self.context.idle_until_if_known().await
    }

    /// The access token of the user, refreshed if it ends soon; `None` for a visitor. For a handler
    /// that needs one only sometimes, or for long.
    ///
    /// # Errors
    /// When the session store does not answer; `RefreshFailed` when the token has ended and cannot
    /// be refreshed right now; `AccessTokenEnded` when nothing can refresh it any more.
    pub async fn access_token(&self) -> Result<Option<AccessToken>, LoginError> {
        let login = self.context.access_token().await?;
        Ok(login.map(AccessToken::of))
    }

    /// Refreshes the tokens now; `None` for a visitor, and for a user whose login the provider has
    /// ended. The claims and roles of the login are then new as well.
    ///
    /// It asks the provider at most every ten seconds: within them it gives what the last refresh
    /// brought, or the error it ended with.
    ///
    /// # Errors
    /// When the session store does not answer; `RefreshFailed` when the provider cannot refresh
    /// right now; `RefreshTokenMissing` when it never gave a refresh token; the kind of the check
    /// that a refreshed ID token did not pass. The login lives on with the tokens it has.
    pub async fn refresh(&self) -> Result<Option<AccessToken>, LoginError> {
        let login = self.context.refresh().await?;
        Ok(login.map(AccessToken::of))
    }

    /// The sessions of the user who makes this request, newest first, to show them in a list; none
    /// of a visitor.
    ///
    /// # Errors
    /// When the session store does not answer.
    pub async fn sessions(&self) -> Result<Vec<ListedSession>, LoginError> {
        self.context.sessions().await
    }

    /// Ends one session of the user who makes this request; says whether there was one. Somebody
    /// else's is never found. If it is this very session, the user signs out here, though not at
    /// the provider.
    ///
    /// # Errors
    /// When the session store does not answer.
    ///
    /// # Security
    /// Take it from a form of the app's own, with [`SameOrigin`](crate::SameOrigin).
    pub async fn end_session(&self, session: &SessionHandle) -> Result<bool, LoginError> {
        self.context.end_listed_session(session).await
    }

    /// Ends all sessions of the user who makes this request but this one; says how many there were.
    ///
    /// # Errors
    /// When the session store does not answer: then some may be ended and others not, and the same
    /// call again ends the rest.
    ///
    /// # Security
    /// Take it from a form of the app's own, with [`SameOrigin`](crate::SameOrigin).
    pub async fn end_other_sessions(&self) -> Result<usize, LoginError> {
        self.context.end_other_sessions().await
    }

    /// The answer to an error of one of these methods, as the library gives it by itself: a page, or
    /// JSON for a script, and a line in the log with the id that both name. `headers` are those of the
    /// request.
    ///
    /// ```
    /// use http::HeaderMap;
    /// use oidc_login::{Claims, Oidc, Rejection};
    ///
    /// async fn elsewhere(_: Claims, oidc: Oidc, headers: HeaderMap) -> Result<String, Rejection> {
    ///     let sessions = oidc.sessions().await;
    ///     let sessions = sessions.map_err(|error| oidc.rejection(error, &headers))?;
    ///     Ok(format!("signed in at {} places", sessions.len()))
    /// }
    /// ```
    pub fn rejection(&self, error: LoginError, headers: &HeaderMap) -> Rejection {
        Rejection::new(self.context.error_response(error, headers))
    }

    /// The relying party at work, for what needs no user: [`RelyingParty::sessions_of`], say.
    pub fn relying_party(&self) -> &RelyingParty {
        self.context.relying_party()
    }

    /// The address that starts a login and leads back to a path of the app.
    pub fn login_url(&self, return_to: &str) -> String {
        self.context.login_url(Some(return_to))
    }

    /// The same with parameters for the provider, for this login only. The link carries them sealed,
    /// so that nobody can read, change or leave out what the app asks for, and is good for an hour.
    ///
    /// # Security
    /// The link starts the same login for whoever follows it. What the app relies on afterwards
    /// stands in the claims: `auth_time` and `acr`.
    pub fn login_url_with(&self, return_to: &str, parameters: &LoginParameters) -> String {
        self.context.login_url_with(Some(return_to), parameters)
    }

    /// Sends the browser to sign in with these parameters, and back to a path of the app.
    ///
    /// ```
    /// use std::time::Duration;
    /// use axum::response::Redirect;
    /// use oidc_login::{LoginParameters, Oidc};
    ///
    /// async fn change_password(oidc: Oidc) -> Redirect {
    ///     let recently = LoginParameters::builder().max_age(Duration::from_secs(300));
    ///     let recently = recently.build().expect("one number");
    ///     oidc.login_redirect_with("/password", &recently)
    /// }
    /// ```
    pub fn login_redirect_with(&self, return_to: &str, parameters: &LoginParameters) -> Redirect {
        Redirect::to(&self.login_url_with(return_to, parameters))
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
