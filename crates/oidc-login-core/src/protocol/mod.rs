//! OpenID Connect as pure functions: no I/O, no clock, no random numbers.

pub mod access_token;
mod authorization_error;
pub(crate) mod authorization_request;
pub mod authorization_response;
pub mod claim_path;
mod claims;
pub(crate) mod end_session;
pub mod id_token;
pub mod json_object;
pub mod jwk;
pub mod jws;
pub mod key_set;
pub mod logout_token;
pub(crate) mod metadata;
mod numeric_date;
pub mod parameters;
pub(crate) mod pending_login;
mod public_key;
pub(crate) mod refresh_request;
mod refreshed_claims;
pub mod shown;
mod sign_of_http;
pub mod signing_algorithm;
mod state;
mod token_claims;
pub mod token_error;
mod token_hash;
pub mod token_request;
pub(crate) mod token_response;
mod tokens;

#[cfg(test)]
mod test_signer;

pub use claims::StandardClaims;
pub(crate) use refreshed_claims::refreshed_claims;
pub use sign_of_http::SignOfHttp;
pub use signing_algorithm::{AllowedAlgorithms, SigningAlgorithm};
pub use state::{LoginStart, State, StateHash};
pub use tokens::{
    AccessTokenText, ClientSecret, Code, CodeVerifier, Nonce, RawIdToken, RefreshToken,
};
