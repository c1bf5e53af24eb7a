//! The parameters of a login, filled in one by one.

use std::time::Duration;

use super::LoginParameters;
use crate::protocol::{extra_parameters::Request, parameter_error::ParameterError};

/// Parameters of a login to fill in; [`build`](Self::build) says what is wrong with them.
#[derive(Clone, Debug, Default)]
#[must_use]
pub struct LoginParametersBuilder {
    parameters: LoginParameters,
    error: Option<ParameterError>,
}

impl LoginParametersBuilder {
    /// What the provider shall ask the user: `login`, `consent`, `select_account`, `create`, several
    /// separated by blanks, or `none`. With `none` the login fails where the provider would have
    /// to ask anything.
    pub fn prompt(self, prompt: impl AsRef<str>) -> Self {
        self.authorization_parameter("prompt", prompt)
    }

    /// How long ago the user may have proved who they are, in whole seconds, when the login begins;
    /// otherwise the provider asks again. The ID token's `auth_time` is held to it.
    pub fn max_age(self, age: Duration) -> Self {
        self.authorization_parameter("max_age", age.as_secs().to_string())
    }

    /// The ways of authentication that are wished for, best first. The provider may use another one.
    pub fn acr_values(mut self, values: impl IntoIterator<Item = impl AsRef<str>>) -> Self {
        self.parameters.0.acr_is_essential = false;
        self.list("acr_values", values)
    }

    /// The same where it must be one of them: a login whose ID token names another `acr`, or none,
    /// fails.
    pub fn essential_acr_values(
        mut self,
        values: impl IntoIterator<Item = impl AsRef<str>>,
    ) -> Self {
        self.parameters.0.acr_is_essential = true;
        self.list("acr_values", values)
    }

    /// Who is about to sign in, to fill in at the provider: an e-mail address, say.
    pub fn login_hint(self, hint: impl AsRef<str>) -> Self {
        self.authorization_parameter("login_hint", hint)
    }

    /// The languages of the provider's pages as BCP 47 tags, best first: `fr-CA`, `fr`, `en`.
    pub fn ui_locales(self, locales: impl IntoIterator<Item = impl AsRef<str>>) -> Self {
        self.list("ui_locales", locales)
    }

    /// The claims asked for one by one, as a JSON object (OpenID Connect Core §5.5). An `acr` of the ID
    /// token that it calls essential, with the values it may have, must be one of them, and an
    /// essential `auth_time` must be there.
    pub fn claims(self, json: impl AsRef<str>) -> Self {
        self.authorization_parameter("claims", json)
    }

    /// A service that the access token is for, an absolute URI; each call adds one (RFC 8707 §2).
    ///
    /// Some providers want it in the token request as well: see
    /// [`token_parameter`](Self::token_parameter).
    pub fn resource(self, uri: impl AsRef<str>) -> Self {
        self.authorization_parameter("resource", uri)
    }

    /// Whom the access token is for, at providers that know this parameter instead of `resource`.
    pub fn audience(self, audience: impl AsRef<str>) -> Self {
        self.authorization_parameter("audience", audience)
    }

    /// Any other parameter of the authorization request.
    pub fn authorization_parameter(self, name: impl AsRef<str>, value: impl AsRef<str>) -> Self {
        self.parameter(Request::Authorization, name.as_ref(), value.as_ref())
    }

    /// A parameter of the token request: `resource` and `audience`, where the provider wants them
    /// there too, or one of its own. A refresh of these tokens does not repeat it; what is set for
    /// every login of the client is repeated.
    pub fn token_parameter(self, name: impl AsRef<str>, value: impl AsRef<str>) -> Self {
        self.parameter(Request::Token, name.as_ref(), value.as_ref())
    }

    /// Checks the parameters.
    ///
    /// # Errors
    /// For the first one that the login sets itself, that is there already, or that has no value the
    /// specification knows; and when they are longer than [`LoginParameters::MAX_BYTES`] together.
    pub fn build(self) -> Result<LoginParameters, ParameterError> {
        if let Some(error) = self.error {
            return Err(error);
        }
        let bytes = self.parameters.bytes();
        if bytes > LoginParameters::MAX_BYTES {
            let max = LoginParameters::MAX_BYTES;
            return Err(ParameterError::TooLong { bytes, max });
        }
        Ok(self.parameters)
    }

    fn list(self, name: &str, values: impl IntoIterator<Item = impl AsRef<str>>) -> Self {
        let mut joined = String::new();
        for value in values {
            if !joined.is_empty() {
                joined.push(' ');
            }
            joined.push_str(value.as_ref());
        }
        self.authorization_parameter(name, joined)
    }

    fn parameter(mut self, request: Request, name: &str, value: &str) -> Self {
        let added = self.parameters.add(request, name, value);
        self.error = self.error.or(added.err());
        self
    }
}
