//! The client's secret.

use std::path::PathBuf;

use zeroize::Zeroizing;

use super::credential_source::{CredentialError, CredentialProblem, CredentialSource};
use crate::protocol::ClientSecretText;

/// The client's secret, and where it comes from ([RFC 6749 §2.3.1]).
///
/// ```
/// # use oidc_login_core::config::ClientSecret;
/// let literal = ClientSecret::from("}(!]\"\\%");
/// let variable = ClientSecret::from_env("SHOP_CLIENT_SECRET");
/// let file = ClientSecret::from_file("/run/secrets/shop");
/// # let _ = (literal, variable, file);
/// ```
///
/// # Security
/// `Debug` shows the name of the variable or file, never the secret.
///
/// [RFC 6749 §2.3.1]: https://www.rfc-editor.org/rfc/rfc6749.html#section-2.3.1
#[derive(Clone, Debug)]
pub struct ClientSecret(CredentialSource);

impl ClientSecret {
    /// The secret itself, as the provider shows it.
    pub fn new(secret: impl Into<String>) -> Self {
        Self(CredentialSource::Literal(Zeroizing::new(secret.into())))
    }

    /// The secret in an environment variable, as it stands there.
    ///
    /// Where the variable is not set, building the client fails.
    pub fn from_env(name: impl Into<String>) -> Self {
        Self(CredentialSource::Variable(name.into()))
    }

    /// The secret in a file: one line of UTF-8, at most 64 KiB. A line end after it is not part of it.
    ///
    /// The file is read for every request that needs it, so a rotated secret counts from the next
    /// login on, also where the file is replaced or a link on the way to it is, as Kubernetes does.
    /// Where it is missing, building the client fails; where it goes missing later, logins fail
    /// ([`ClientCredentialUnusable`](crate::LoginErrorKind::ClientCredentialUnusable)) until it is
    /// back. Keep it on a disk that answers: the request waits for it.
    pub fn from_file(path: impl Into<PathBuf>) -> Self {
        Self(CredentialSource::File(path.into()))
    }

    /// What it is now.
    pub(crate) fn read(&self) -> Result<ClientSecretText, CredentialError> {
        let text = self.0.read()?;
        if text.contains(['\r', '\n']) {
            return Err(self.0.refuse(CredentialProblem::Lines));
        }
        Ok(ClientSecretText::new(text.as_str()))
    }
}

/// The secret itself.
impl From<&str> for ClientSecret {
    fn from(secret: &str) -> Self {
        Self::new(secret)
    }
}

/// The secret itself.
impl From<String> for ClientSecret {
    fn from(secret: String) -> Self {
        Self::new(secret)
    }
}

#[cfg(test)]
mod tests;
