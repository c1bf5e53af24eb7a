//! Who may pass: the guards of an app's routes.

use std::{sync::Arc, time::Duration};

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Method, Response, header};

use super::{
    context::RequestContext,
    navigation::{RequestKind, is_cors_preflight},
    respond::{error_json, redirect},
};
use crate::{
    config::{Endpoint, ReturnTo},
    error::{LoginError, LoginErrorKind},
    page::{ForbiddenPage, UnauthorizedPage},
    protocol::{ParameterError, step_up::StepUp},
    session::Login,
};

/// What a route asks of its user.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Policy {
    role: Option<Arc<str>>,
    step_up: StepUp,
}

/// A request that may pass. Exhaustive on purpose: an adapter decides about each kind.
#[derive(Clone, Debug)]
#[must_use]
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
            ..Self::default()
        }
    }

    /// And whose login was made in one of these ways (`acr`), best first; without any, nobody.
    ///
    /// Whoever signed in another way is sent to the provider, which is asked for these
    /// (`acr_values`), and comes back; a login that is then still of none of them fails (403). They are compared as
    /// they are written with what the login's ID token said: [`Login::acr`].
    #[must_use]
    pub fn acr_values(mut self, values: impl IntoIterator<Item = impl AsRef<str>>) -> Self {
        self.step_up.set_acr_values(values);
        self
    }

    /// And who proved who they are no longer ago than this, in whole seconds and within the
    /// [leeway of clocks](crate::config::ClientConfigBuilder::clock_leeway).
    ///
    /// Whoever did so before is sent to the provider, which asks them again (`max_age`), and comes
    /// back; a login that is then still older, or does not say when, fails. What counts is
    /// [`Login::auth_time`], and never the time of the login here: a provider signs in whom it knows,
    /// without a question, and that proves nothing of who sits in front of the screen.
    #[must_use]
    pub fn max_age(mut self, age: Duration) -> Self {
        self.step_up.set_max_age(age);
        self
    }
}

impl RequestContext {
    /// Lets a request pass, or answers it: a page goes to the sign-in and comes back, a script gets
    /// 401, whoever lacks the role 403. Whose login is not enough is asked for another one in the same
    /// way as a visitor.
    ///
    /// # Errors
    /// The answer to send instead.
    pub async fn admit(
        &self,
        policy: &Policy,
        headers: &HeaderMap,
    ) -> Result<Admitted, Box<Response<Bytes>>> {
        match self.admit_now(policy) {
            Some(login) => Ok(Admitted::As(login.clone())),
            // Boxed, so that the future of every request need not have room for it.
            None => Box::pin(self.admit_or_answer(policy, headers)).await,
        }
    }

    /// Who may pass, where it takes no waiting to know that they may: this process knows the login,
    /// and it is enough. `None` says nothing, and then [`admit`](Self::admit) decides.
    pub fn admit_now(&self, policy: &Policy) -> Option<&Arc<Login>> {
        let login = self.login_now()?;
        let may_be_preflight = self.method == Method::OPTIONS;
        let has_role = |role: &Arc<str>| login.has_role(role);
        let may_pass = !may_be_preflight
            && policy.role.as_ref().is_none_or(has_role)
            && self.is_enough(login, &policy.step_up);
        may_pass.then_some(login)
    }

    async fn admit_or_answer(
        &self,
        policy: &Policy,
        headers: &HeaderMap,
    ) -> Result<Admitted, Box<Response<Bytes>>> {
        if is_cors_preflight(&self.method, headers) {
            return Ok(Admitted::Preflight);
        }
        match self.login().await {
            Err(error) => Err(Box::new(self.error_response(error, headers))),
            Ok(None) => {
                let error = LoginErrorKind::NotSignedIn.into();
                Err(Box::new(self.ask_to_sign_in(
                    error,
                    &policy.step_up,
                    headers,
                )))
            }
            Ok(Some(login)) => match &policy.role {
                Some(role) if !login.has_role(role) => {
                    Err(Box::new(self.forbidden(&login, role, headers)))
                }
                _ if !self.is_enough(&login, &policy.step_up) => {
                    let error = LoginErrorKind::AuthenticationInsufficient.into();
                    Err(Box::new(self.ask_to_sign_in(
                        error,
                        &policy.step_up,
                        headers,
                    )))
                }
                _ => Ok(Admitted::As(login)),
            },
        }
    }

    /// The answer for a visitor where a user is needed: a page leads to the sign-in, anything else
    /// gets 401.
    pub fn unauthenticated(&self, headers: &HeaderMap) -> Response<Bytes> {
        let error = LoginErrorKind::NotSignedIn.into();
        self.ask_to_sign_in(error, &StepUp::default(), headers)
    }

    /// The same, for another reason to sign in, and a login of which more is asked.
    pub(super) fn ask_to_sign_in(
        &self,
        error: LoginError,
        step_up: &StepUp,
        headers: &HeaderMap,
    ) -> Response<Bytes> {
        let parameters = match step_up.parameters() {
            Ok(parameters) => parameters,
            Err(unusable) => return self.policy_unusable(unusable, headers),
        };
        let client = &self.inner().client;
        let login_path = client.endpoints.path(Endpoint::Login);
        let kind = RequestKind::of(&self.method, headers);
        let (error, sign_in) = match kind {
            RequestKind::Navigation if self.inner().names.is_signed_out(headers) => {
                let sign_in = self.login_url_with(Some(self.path_and_query()), &parameters);
                (LoginErrorKind::SignedOut.into(), sign_in)
            }
            RequestKind::Navigation => {
                self.inner().layout.saw_redirect_to_login();
                let sign_in = self.login_url_with(Some(self.path_and_query()), &parameters);
                return redirect(&sign_in);
            }
            _ => (error, self.login_url_with(None, &parameters)),
        };
        let mut response = if kind == RequestKind::Script {
            error_json(&error, Some(&sign_in))
        } else {
            let page = UnauthorizedPage {
                error: &error,
                sign_in: &sign_in,
                home: client.home_url.as_str(),
            };
            self.page(error.status(), |pages| pages.unauthorized(&page))
        };
        let mut challenge = format!(
            r#"Cookie realm="{}", form-action="{login_path}""#,
            client.root_url.origin()
        );
        if error.kind() == LoginErrorKind::AuthenticationInsufficient {
            challenge.push_str(&step_up.challenge());
        }
        if let Ok(challenge) = HeaderValue::try_from(challenge) {
            response
                .headers_mut()
                .insert(header::WWW_AUTHENTICATE, challenge);
        }
        response.extensions_mut().insert(error);
        response
    }

    /// Whether a login is enough for a page that asks for more than that.
    fn is_enough(&self, login: &Login, step_up: &StepUp) -> bool {
        *step_up == StepUp::default() || {
            let (inner, record) = (self.inner(), login.record());
            let now = inner.clock.unix_timestamp();
            let leeway = inner.client.leeway;
            step_up.is_met_by(&record.authentication, record.logged_in_at, now, leeway)
        }
    }

    fn policy_unusable(&self, why: ParameterError, headers: &HeaderMap) -> Response<Bytes> {
        let error = LoginError::new(LoginErrorKind::PolicyUnusable)
            .with_evidence("what is wrong", &why)
            .with_source(why);
        self.error_response(error, headers)
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
            self.page(error.status(), |pages| pages.forbidden(&page))
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
