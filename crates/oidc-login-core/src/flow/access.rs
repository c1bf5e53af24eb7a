//! Who may pass: the guards of an app's routes.

use std::sync::Arc;

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Response, header};

use super::{
    context::RequestContext,
    navigation::{RequestKind, is_cors_preflight},
    respond::{error_json, html, redirect},
};
use crate::{
    config::{Endpoint, ReturnTo},
    error::{LoginError, LoginErrorKind},
    page::{ForbiddenPage, UnauthorizedPage},
    session::Login,
};

/// What a route asks of its user.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Policy {
    role: Option<Arc<str>>,
}

/// A request that may pass.
#[derive(Clone, Debug)]
pub enum Admitted {
    /// By this user.
    As(Arc<Login>),
    /// A CORS preflight, which browsers send without cookies: the app answers it.
    Preflight,
}

impl Policy {
    /// Any user who is signed in.
    pub fn signed_in() -> Self {
        Self::default()
    }

    /// A user with this role.
    pub fn role(role: impl Into<Arc<str>>) -> Self {
        Self {
            role: Some(role.into()),
        }
    }
}

impl RequestContext {
    /// Lets a request pass, or answers it: a page goes to the sign-in and comes back, a script gets
    /// 401, whoever lacks the role 403.
    ///
    /// # Errors
    /// The answer to send instead.
    pub async fn admit(
        &self,
        policy: &Policy,
        headers: &HeaderMap,
    ) -> Result<Admitted, Box<Response<Bytes>>> {
        self.mark_asked();
        if is_cors_preflight(&self.method, headers) {
            return Ok(Admitted::Preflight);
        }
        match self.login().await {
            Err(error) => Err(Box::new(self.error_response(error, headers))),
            Ok(None) => Err(Box::new(self.unauthenticated(headers))),
            Ok(Some(login)) => match &policy.role {
                Some(role) if !login.has_role(role) => {
                    Err(Box::new(self.forbidden(&login, role, headers)))
                }
                _ => Ok(Admitted::As(login)),
            },
        }
    }

    /// The answer for a visitor where a user is needed: a page leads to the sign-in, anything else
    /// gets 401.
    pub fn unauthenticated(&self, headers: &HeaderMap) -> Response<Bytes> {
        self.ask_to_sign_in(LoginErrorKind::NotSignedIn.into(), headers)
    }

    /// The same, for another reason to sign in.
    pub(super) fn ask_to_sign_in(&self, error: LoginError, headers: &HeaderMap) -> Response<Bytes> {
        let client = &self.inner().client;
        let login_path = client.endpoints.path(Endpoint::Login);
        let kind = RequestKind::of(&self.method, headers);
        let (error, sign_in) = match kind {
            RequestKind::Navigation if self.inner().names.is_signed_out(headers) => {
                let sign_in = self.login_url(Some(self.path_and_query()));
                (LoginErrorKind::SignedOut.into(), sign_in)
            }
            RequestKind::Navigation => {
                self.inner().layout.saw_redirect_to_login();
                return redirect(&self.login_url(Some(self.path_and_query())));
            }
            _ => (error, login_path.clone()),
        };
        let mut response = if kind == RequestKind::Script {
            error_json(&error, Some(&sign_in))
        } else {
            let page = UnauthorizedPage {
                error: &error,
                sign_in: &sign_in,
                home: client.home_url.as_str(),
            };
            html(error.status(), self.inner().pages.unauthorized(&page))
        };
        let challenge = format!(
            r#"Cookie realm="{}", form-action="{login_path}""#,
            client.root_url.origin()
        );
        if let Ok(challenge) = HeaderValue::try_from(challenge) {
            response
                .headers_mut()
                .insert(header::WWW_AUTHENTICATE, challenge);
        }
        response.extensions_mut().insert(error);
        response
    }

    fn forbidden(&self, login: &Login, role: &str, headers: &HeaderMap) -> Response<Bytes> {
        let error = if login.has_role_claim() {
            LoginError::new(LoginErrorKind::RoleMissing)
                .with_evidence("roles of this user", login.roles().join(", "))
        } else {
            let looked_at = self
                .inner()
                .client
                .role_claims
                .iter()
                .map(ToString::to_string);
            LoginError::new(LoginErrorKind::RoleClaimMissing).with_evidence(
                "looked for roles in",
                looked_at.collect::<Vec<_>>().join(", "),
            )
        };
        let error = self.log(error.with_evidence("role asked for", role));
        let mut response = if RequestKind::of(&self.method, headers) == RequestKind::Script {
            error_json(&error, None)
        } else {
            let (client, claims) = (&self.inner().client, login.claims());
            let page = ForbiddenPage {
                error: &error,
                detail: self.detail(&error, headers),
                role,
                signed_in_as: claims.preferred_username().unwrap_or(login.subject()),
                home: client.home_url.as_str(),
                logout: &client.endpoints.path(Endpoint::Logout),
            };
            html(error.status(), self.inner().pages.forbidden(&page))
        };
        response.extensions_mut().insert(error);
        response
    }

    /// Where a login starts, with the place to come back to.
    pub fn login_url(&self, return_to: Option<&str>) -> String {
        self.with_target(Endpoint::Login, return_to)
    }

    /// Where a logout starts, with the place to go afterwards.
    pub fn logout_url(&self, return_to: Option<&str>) -> String {
        self.with_target(Endpoint::Logout, return_to)
    }

    fn with_target(&self, endpoint: Endpoint, target: Option<&str>) -> String {
        let mut url = self.inner().client.endpoints.path(endpoint);
        if let Some(target) = target.filter(|target| target.len() <= ReturnTo::MAX_LENGTH) {
            url.push_str("?return_to=");
            url.extend(url::form_urlencoded::byte_serialize(target.as_bytes()));
        }
        url
    }
}
