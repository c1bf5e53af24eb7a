//! OpenID Connect as pure functions: no I/O, no clock, no random numbers.

pub mod access_token;
pub mod evidence;
pub mod id_token;
pub mod json_object;
pub mod jwk;
pub mod jws;
pub mod key_set;
mod numeric_date;
mod public_key;
pub mod signing_algorithm;
mod token_claims;
pub mod token_error;
mod token_hash;

#[cfg(test)]
mod test_signer;
