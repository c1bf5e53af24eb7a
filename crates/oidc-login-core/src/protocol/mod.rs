//! OpenID Connect as pure functions: no I/O, no clock, no random numbers.

pub mod access_token;
pub(crate) mod auth_methods;
mod authorization_error;
pub(crate) mod authorization_request;
pub mod authorization_response;
pub mod claim_path;
mod claims;
pub(crate) mod client_assertion;
pub(crate) mod client_key;
pub(crate) mod client_request;
pub(crate) mod end_session;
pub(crate) mod exact_claims;
pub(crate) mod extra_parameters;
pub mod id_token;
pub mod json_object;
pub mod jwk;
pub mod jws;
pub mod key_set;
mod login_parameters;
pub mod logout_token;
pub(crate) mod metadata;
mod numeric_date;
pub(crate) mod oauth_error;
mod parameter_error;
pub mod parameters;
pub(crate) mod pending_login;
mod public_key;
pub(crate) mod pushed_authorization_request;
pub(crate) mod refresh_request;
pub(crate) mod revocation_request;
pub(crate) mod scope_claims;
pub mod shown;
mod sign_of_http;
pub mod signing_algorithm;
mod state;
pub(crate) mod stated_metadata;
pub(crate) mod step_up;
mod token_claims;
pub mod token_error;
mod token_hash;
pub(crate) mod token_request;
pub(crate) mod token_response;
mod tokens;
pub(crate) mod userinfo;

#[cfg(test)]
pub(crate) mod test_signer;

pub use claims::StandardClaims;
pub(crate) use login_parameters::Demands;
pub use login_parameters::{LoginParameters, LoginParametersBuilder};
pub use parameter_error::ParameterError;
pub use sign_of_http::SignOfHttp;
pub use signing_algorithm::{AllowedAlgorithms, SigningAlgorithm};
pub use state::{LoginStart, State, StateHash};
pub use tokens::{
    AccessTokenText, ClientAssertion, ClientSecretText, Code, CodeVerifier, Nonce, RawIdToken,
    RefreshToken,
};
