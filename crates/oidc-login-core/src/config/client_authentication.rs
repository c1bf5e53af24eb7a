//! How the client proves to the provider that it is itself.

use super::{ClientKeys, ClientSecret, credential_source::CredentialError};
pub use crate::protocol::client_assertion::HmacAlgorithm;
use crate::{error::ConfigError, protocol::auth_methods::SecretMethod};

/// How the client proves to the provider that it is itself ([OpenID Connect Core §9]).
///
/// What is stated is done, whatever the provider's metadata lists: lists have gaps. The log says once
/// what is done and why.
///
/// [OpenID Connect Core §9]: https://openid.net/specs/openid-connect-core-1_0.html#ClientAuthentication
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum ClientAuthentication {
    /// `none`: a public client, `client_id` in the body.
    None,
    /// The secret, however the provider wants it: in the `Authorization` header where the metadata
    /// lists that or nothing, else in the body, and as `client_secret_jwt` (HS256) only where it lists
    /// no other way for a secret.
    ClientSecret(ClientSecret),
    /// `client_secret_basic`: the secret in the `Authorization` header, form-encoded as RFC 6749
    /// §2.3.1 has it, with unreserved characters left alone.
    ///
    /// Some providers cannot read every such header; they have
    /// [`ClientSecretPost`](Self::ClientSecretPost).
    ClientSecretBasic(ClientSecret),
    /// `client_secret_post`: the secret in the body.
    ClientSecretPost(ClientSecret),
    /// `client_secret_jwt`: an assertion signed with the secret, which itself stays here.
    ///
    /// Providers want a secret at least as long as the hash: 32 bytes for HS256.
    ClientSecretJwt(ClientSecret, HmacAlgorithm),
    /// `private_key_jwt`: an assertion signed with a key that the provider has only the public half
    /// of.
    PrivateKeyJwt(ClientKeys),
}

/// Whom a client assertion is for: its `aud` ([RFC 7523 §3]).
///
/// [RFC 7523 §3]: https://www.rfc-editor.org/rfc/rfc7523.html#section-3
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum AssertionAudience {
    /// The provider's issuer. An assertion made for one provider is then worth nothing at another,
    /// whatever endpoints that one names in its metadata.
    #[default]
    Issuer,
    /// The token endpoint, for providers that know only what OpenID Connect Core §9 recommends.
    ///
    /// # Security
    /// The metadata says where the token endpoint is: a provider that names another one's gets
    /// assertions that are good there.
    TokenEndpoint,
    /// This text, for providers that want yet another one.
    Other(String),
}

impl ClientAuthentication {
    /// What it is called in an error.
    pub(super) fn name(&self) -> &'static str {
        match self {
            Self::None => "none",
            Self::ClientSecret(_) => "a secret",
            Self::ClientSecretBasic(_) => SecretMethod::Basic.name(),
            Self::ClientSecretPost(_) => SecretMethod::Post.name(),
            Self::ClientSecretJwt(..) => SecretMethod::Jwt.name(),
            Self::PrivateKeyJwt(_) => "private_key_jwt",
        }
    }

    /// The setting that it takes what it needs from.
    pub(super) fn credential(&self) -> Option<&'static str> {
        match self {
            Self::None => None,
            Self::ClientSecret(_)
            | Self::ClientSecretBasic(_)
            | Self::ClientSecretPost(_)
            | Self::ClientSecretJwt(..) => Some("client secret"),
            Self::PrivateKeyJwt(_) => Some("client keys"),
        }
    }

    /// Reads what it needs, to fail early.
    pub(crate) fn check(&self) -> Result<(), ConfigError> {
        match self {
            Self::None => Ok(()),
            Self::ClientSecret(secret)
            | Self::ClientSecretBasic(secret)
            | Self::ClientSecretPost(secret)
            | Self::ClientSecretJwt(secret, _) => {
                let read = secret.read().map(drop);
                read.map_err(CredentialError::in_client_secret)
            }
            Self::PrivateKeyJwt(keys) => {
                let read = keys.read().map(drop);
                read.map_err(CredentialError::in_client_keys)
            }
        }
    }
}
