//! OpenID Connect as pure functions: no I/O, no clock, no random numbers.

pub mod authorization_request;
pub mod authorization_response;
pub mod claim_path;
mod claims;
pub mod end_session;
pub mod parameters;
pub mod pending_login;
mod state;
pub mod token_request;
pub mod token_response;
mod tokens;

pub use claims::StandardClaims;
pub use state::{State, StateHash};
pub use tokens::{
    AccessTokenText, ClientSecret, Code, CodeVerifier, Nonce, RawIdToken, RefreshToken,
};
