//! What one login asks the provider for (OpenID Connect Core §3.1.2.1).

mod builder;
mod demands;

use serde::{Deserialize, Serialize};

use super::{
    extra_parameters::{ExtraParameters, Request},
    parameter_error::ParameterError,
};

pub use builder::LoginParametersBuilder;
pub(crate) use demands::Demands;

/// What one login asks the provider for, beside what every login of the client asks for.
///
/// ```
/// use std::time::Duration;
/// use oidc_login_core::protocol::LoginParameters;
///
/// # fn parameters() -> Result<LoginParameters, oidc_login_core::protocol::ParameterError> {
/// let parameters = LoginParameters::builder()
///     .max_age(Duration::from_secs(300))
///     .login_hint("alice@example.com")
///     .build()?;
/// # Ok(parameters) }
/// # parameters().unwrap();
/// ```
///
/// A parameter that the client sets for every login gives way to the one of the same name here.
/// With `max_age` the ID token must say in `auth_time` that the user proved who they are no longer
/// before; with [`essential_acr_values`](LoginParametersBuilder::essential_acr_values) its `acr` must
/// be one of those asked for. A login whose answer says otherwise fails.
///
/// They come of the builder alone, which checks them, so there is no way to read them from a request.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LoginParameters(Checked);

/// What the builder found right, as our own cookies and links keep it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Checked {
    authorization: ExtraParameters,
    token: ExtraParameters,
    acr_is_essential: bool,
    /// A visitor is to be signed in without a question, and stays one where that fails.
    is_silent: bool,
}

impl LoginParameters {
    /// The most bytes that names and values of one login have together: they wait in a cookie.
    pub const MAX_BYTES: usize = 1024;

    /// Parameters to fill in.
    pub fn builder() -> LoginParametersBuilder {
        LoginParametersBuilder::default()
    }

    /// Those of a login that nobody asked for: without a question, and without a word where it fails.
    pub(crate) fn silent() -> Self {
        let silent = Self::builder().prompt("none").build();
        let LoginParameters(checked) = silent.expect("one parameter that is right");
        Self(Checked {
            is_silent: true,
            ..checked
        })
    }

    /// Whether these are [`silent`](Self::silent).
    pub(crate) fn is_silent(&self) -> bool {
        self.0.is_silent
    }

    /// Whether nothing is asked for.
    pub fn is_empty(&self) -> bool {
        self.bytes() == 0
    }

    /// A parameter of the authorization request; the first one where it may be repeated.
    pub fn authorization_parameter(&self, name: &str) -> Option<&str> {
        self.0.authorization.get(name)
    }

    /// A parameter of the token request; the first one where it may be repeated.
    pub fn token_parameter(&self, name: &str) -> Option<&str> {
        self.0.token.get(name)
    }

    /// These, and those of `others` whose names are not among them.
    pub(crate) fn over(&self, others: &Self) -> Self {
        let own_acr = self.0.authorization.get("acr_values").is_some();
        let (own, others) = (&self.0, &others.0);
        Self(Checked {
            authorization: own.authorization.over(&others.authorization),
            token: own.token.over(&others.token),
            is_silent: own.is_silent,
            acr_is_essential: if own_acr {
                own.acr_is_essential
            } else {
                others.acr_is_essential
            },
        })
    }

    pub(crate) fn authorization(&self) -> &ExtraParameters {
        &self.0.authorization
    }

    pub(crate) fn token(&self) -> &ExtraParameters {
        &self.0.token
    }

    pub(crate) fn add(
        &mut self,
        request: Request,
        name: &str,
        value: &str,
    ) -> Result<(), ParameterError> {
        match request {
            Request::Authorization => self.0.authorization.add(request, name, value),
            Request::Token => self.0.token.add(request, name, value),
        }
    }

    /// What the answer must be held to.
    pub(crate) fn demands(&self) -> Demands {
        Demands::of(&self.0.authorization, self.0.acr_is_essential)
    }

    pub(crate) fn bytes(&self) -> usize {
        self.0.authorization.bytes() + self.0.token.bytes()
    }

    /// The bytes that are sealed.
    pub(crate) fn to_bytes(&self) -> Vec<u8> {
        postcard::to_allocvec(&self.0).expect("strings and flags always serialize")
    }

    /// Reads what [`to_bytes`](Self::to_bytes) wrote.
    pub(crate) fn from_bytes(bytes: &[u8]) -> Option<Self> {
        postcard::from_bytes(bytes).ok().map(Self)
    }
}

/// How a sealed cookie of ours keeps them.
pub(crate) mod sealed {
    use serde::{Deserialize as _, Deserializer, Serialize as _, Serializer};

    use super::{Checked, LoginParameters};

    pub(crate) fn serialize<S: Serializer>(
        parameters: &LoginParameters,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        parameters.0.serialize(serializer)
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<LoginParameters, D::Error> {
        Checked::deserialize(deserializer).map(LoginParameters)
    }
}

/// Nobody reads them from a request: only the builder looks at what stands in them.
///
/// ```compile_fail,E0277
/// fn read<T: serde::de::DeserializeOwned>() {}
/// read::<oidc_login_core::protocol::LoginParameters>();
/// ```
#[cfg(doctest)]
struct NotFromRequests;

#[cfg(test)]
mod tests;
