//! A user who signs in without anybody filling in a form, for an app's own tests.

use std::sync::Arc;

use axum::response::IntoResponse as _;
use http::{HeaderMap, header::LOCATION};

use crate::{
    Control, User,
    authorization_request::{AuthorizationRequest, Prompt, Refusal},
    authorization_response::AuthorizationResponse,
    endpoints::issue_code,
    pages::ErrorPage,
    params::Params,
    pushed_requests::asked_for,
};

/// Why [`Control::sign_in`] has no address to go back to.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SignInError {
    /// The provider has no user of this name.
    #[error("no user `{0}`")]
    UnknownUser(String),
    /// The request is refused with a page: the client, the redirect URI or the pushed request is not known.
    #[error("the provider refuses the request with a page: {0}")]
    Refused(String),
    /// The answer is a form that the browser posts, and no address.
    #[error("the answer is a form to post: response_mode is form_post")]
    FormPost,
}

impl Control {
    /// Answers an authorization request as if this user had signed in on the page, and allowed what the app asks for; gives the
    /// address that the browser is sent back to. That has the code, or the `error` of a request that the provider refuses.
    ///
    /// The request is the address that the app redirects to; only its query counts. The browser has no session at the provider, before
    /// or after: `prompt=none` is answered with `login_required`. The user gets the second factor that an app asks for.
    ///
    /// ```
    /// # use oidc_login_dev_provider::{DevProvider, SignInError};
    /// # fn test(provider: DevProvider, location: &str) -> Result<(), SignInError> {
    /// let back = provider.control().sign_in("alice", location)?;
    /// // … send `back` to the app, with the cookies it has set …
    /// # drop(back);
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    ///
    /// When there is no such user, the request is refused with a page, or the answer is a form.
    pub fn sign_in(
        &self,
        username: &str,
        authorization_request: &str,
    ) -> Result<String, SignInError> {
        let provider = &*self.0;
        let users = &provider.settings.users;
        let user = users.iter().find(|user| user.username == username);
        let user = user.ok_or_else(|| SignInError::UnknownUser(username.to_owned()))?;
        let refused = |page: &ErrorPage| SignInError::Refused(page.in_one_line());
        let query = authorization_request.split_once('?').unwrap_or_default().1;
        let query = query.split('#').next().unwrap_or_default();
        let query = asked_for(provider, query.to_owned()).map_err(|page| refused(&page))?;
        let answer = match AuthorizationRequest::parse(provider, &Params::parse(&query)) {
            Err(Refusal::Page(page)) => return Err(refused(&page)),
            Err(Refusal::Answer(answer, _)) => *answer,
            Ok(request) => {
                if let Some(why) = cannot_sign_in(&request, user) {
                    let (to, issuer) = (&request.return_address, &provider.settings.issuer);
                    AuthorizationResponse::error(to, issuer, "login_required", why)
                } else {
                    let nobody = HeaderMap::new();
                    let user = Arc::clone(user);
                    let (_, session) = provider.start_session(user, request.acr, &nobody);
                    issue_code(provider, request, session)
                }
            }
        };
        let response = answer.into_response();
        let location = response.headers().get(LOCATION);
        let location = location.and_then(|location| location.to_str().ok());
        location.map(str::to_owned).ok_or(SignInError::FormPost)
    }
}

fn cannot_sign_in(request: &AuthorizationRequest<'_>, user: &User) -> Option<&'static str> {
    let expected = request.expected_sub.as_ref();
    if request.prompt == Prompt::Never {
        Some("nobody is signed in; prompt none allows no sign-in page")
    } else if expected.is_some_and(|sub| *sub != user.sub) {
        Some("somebody else signed in than id_token_hint speaks of")
    } else {
        None
    }
}
