//! What a client says in its requests.

use super::ClientConfigBuilder;
use crate::config::{PushedAuthorizationRequests, ResponseMode};

impl ClientConfigBuilder {
    /// The scopes to ask for. Default: `openid profile email`; `openid` is always sent.
    ///
    /// Some providers give a refresh token only for `offline_access`, and some of those only with
    /// `prompt=consent` ([OpenID Connect Core §11]).
    ///
    /// [OpenID Connect Core §11]: https://openid.net/specs/openid-connect-core-1_0.html#OfflineAccess
    pub fn scopes(mut self, scopes: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.scopes = Some(scopes.into_iter().map(Into::into).collect());
        self
    }

    /// How the provider's answer comes back. Default: [`ResponseMode::Query`].
    pub fn response_mode(mut self, mode: ResponseMode) -> Self {
        self.response_mode = mode;
        self
    }

    /// Whether authorization requests are pushed to the provider (RFC 9126). Default:
    /// [`PushedAuthorizationRequests::Auto`].
    pub fn pushed_authorization_requests(mut self, pushed: PushedAuthorizationRequests) -> Self {
        self.pushed_authorization_requests = pushed;
        self
    }

    /// One more parameter of every authorization request, such as `ui_locales`; `resource` may be set
    /// more than once (RFC 8707). A login's own parameter of the same name takes its place.
    ///
    /// The answer is held to a `max_age`, and to an `acr` that `claims` calls essential, as with
    /// [`LoginParameters`](crate::protocol::LoginParameters).
    pub fn authorization_parameter(
        mut self,
        name: impl Into<String>,
        value: impl Into<String>,
    ) -> Self {
        self.authorization_parameters
            .push((name.into(), value.into()));
        self
    }

    /// One more parameter of every token request, of a code and of a refresh token: `resource` or
    /// `audience`, say. A login's own parameter of the same name takes its place when its code is
    /// exchanged.
    pub fn token_parameter(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.token_parameters.push((name.into(), value.into()));
        self
    }

    /// What a login takes from the query of `/auth/login` and sends to the provider: `login_hint` or
    /// `ui_locales`, say. Default: nothing; what else stands there is ignored.
    ///
    /// # Security
    /// Whoever writes the link chooses the values. They go before those that are set for every login:
    /// with `max_age` or `acr_values` here, anybody can ask for less than the app does.
    pub fn login_parameters(mut self, names: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.login_parameters = names.into_iter().map(Into::into).collect();
        self
    }
}
