//! The client's private keys.

use std::{
    path::PathBuf,
    sync::{Arc, Mutex, PoisonError},
};

use aws_lc_rs::digest::{Digest, SHA256, digest};
use zeroize::Zeroizing;

use super::credential_source::{CredentialError, CredentialProblem, CredentialSource};
use crate::{
    error::ConfigError,
    protocol::{
        SigningAlgorithm,
        client_key::{Choice, ClientKeySet},
    },
};

/// The client's private keys, for `private_key_jwt` ([RFC 7523 §2.2]), and where they come from.
///
/// The text is one private key in PEM (`BEGIN PRIVATE KEY`, `RSA PRIVATE KEY` or `EC PRIVATE KEY`,
/// without a password), a JWK, or a JWK set ([RFC 7517]). RSA keys of 2048 to 8192 bits, P-256,
/// P-384, P-521 and Ed25519 sign. The first key of a set signs, unless [`kid`](Self::kid) or
/// [`algorithm`](Self::algorithm) choose another one.
///
/// All public keys stand at `/auth/jwks`, for the client's *JWKS URL* at the provider: put the next
/// key into the set as its second one, wait until the provider has fetched it, then put it first.
///
/// ```
/// # use oidc_login_core::{config::ClientKeys, protocol::SigningAlgorithm};
/// let keys = ClientKeys::from_file("/run/secrets/shop.pem")
///     .kid("shop-2026")
///     .algorithm(SigningAlgorithm::Ps256);
/// # let _ = keys;
/// ```
///
/// # Security
/// `Debug` shows the name of the variable or file, never a key.
///
/// [RFC 7517]: https://www.rfc-editor.org/rfc/rfc7517.html#section-5
/// [RFC 7523 §2.2]: https://www.rfc-editor.org/rfc/rfc7523.html#section-2.2
#[derive(Clone, Debug)]
pub struct ClientKeys {
    source: CredentialSource,
    choice: Choice,
    known: Known,
}

/// The keys of the text with this hash. Reading keys takes longer than hashing their text.
type Known = Arc<Mutex<Option<(Digest, Arc<ClientKeySet>)>>>;

impl ClientKeys {
    /// The keys themselves: PEM, a JWK or a JWK set.
    pub fn new(text: impl Into<String>) -> Self {
        Self::of(CredentialSource::Literal(Zeroizing::new(text.into())))
    }

    /// The keys in an environment variable.
    ///
    /// Where the variable is not set, building the client fails.
    pub fn from_env(name: impl Into<String>) -> Self {
        Self::of(CredentialSource::Variable(name.into()))
    }

    /// The keys in a file of at most 64 KiB.
    ///
    /// It is read for every request that needs it, as that of a
    /// [`ClientSecret`](super::ClientSecret::from_file) is.
    pub fn from_file(path: impl Into<PathBuf>) -> Self {
        Self::of(CredentialSource::File(path.into()))
    }

    fn of(source: CredentialSource) -> Self {
        Self {
            source,
            choice: Choice::default(),
            known: Known::default(),
        }
    }

    /// The id of the key that signs (`kid`), by which the provider finds the public one. A key
    /// without an id of its own, as in PEM, gets this one.
    ///
    /// Default: the id that the key has. A key without one is sent without one, and the provider
    /// takes the key that fits.
    pub fn kid(mut self, kid: impl Into<String>) -> Self {
        self.choice.kid = Some(kid.into());
        self.known = Known::default();
        self
    }

    /// What to sign with; the first key that can is taken.
    ///
    /// Default: `alg` of a JWK, else RS256 for an RSA key and the algorithm of its curve for any
    /// other.
    pub fn algorithm(mut self, algorithm: SigningAlgorithm) -> Self {
        self.choice.algorithm = Some(algorithm);
        self.known = Known::default();
        self
    }

    /// The public keys as a JWK set, to register the client with ([RFC 7517 §5]): what `/auth/jwks`
    /// answers.
    ///
    /// # Errors
    /// When there is no private key that can be used.
    ///
    /// [RFC 7517 §5]: https://www.rfc-editor.org/rfc/rfc7517.html#section-5
    pub fn public_jwks(&self) -> Result<String, ConfigError> {
        let keys = self.read().map_err(CredentialError::in_client_keys)?;
        Ok(keys.public_jwks().to_string())
    }

    /// What they are now.
    pub(crate) fn read(&self) -> Result<Arc<ClientKeySet>, CredentialError> {
        let text = self.source.read()?;
        let hash = digest(&SHA256, text.as_bytes());
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((of, keys)) = &*known
            && of.as_ref() == hash.as_ref()
        {
            return Ok(keys.clone());
        }
        let keys = ClientKeySet::parse(&text, &self.choice)
            .map_err(|error| self.source.refuse(CredentialProblem::Key(error)))?;
        let keys = Arc::new(keys);
        *known = Some((hash, keys.clone()));
        Ok(keys)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use std::error::Error as _;

    use super::*;
    use crate::{
        config::test_folder::Folder,
        protocol::test_signer::{ES256, RS256},
    };

    #[test]
    fn keys_are_read_again_when_their_file_changes() {
        let folder = Folder::new();
        let keys = ClientKeys::from_file(folder.write("keys", ES256.private_pem()));
        let first = keys.read().unwrap();
        assert_eq!(first.signing().algorithm(), SigningAlgorithm::Es256);
        let copy = keys.clone().read().unwrap();
        assert!(Arc::ptr_eq(&first, &copy), "the same text, parsed again");
        folder.write("keys", RS256.private_pem());
        let second = keys.read().unwrap();
        assert_eq!(second.signing().algorithm(), SigningAlgorithm::Rs256);
        folder.write("keys", "half a ke");
        keys.read().unwrap_err();
        folder.write("keys", RS256.private_pem());
        keys.read().unwrap();
    }

    #[test]
    fn a_choice_counts_for_what_was_read_before_too() {
        let keys = ClientKeys::new(RS256.private_pem());
        assert_eq!(keys.read().unwrap().signing().kid(), None);
        let chosen = keys.kid("k1").algorithm(SigningAlgorithm::Ps256);
        let read = chosen.read().unwrap();
        let key = read.signing();
        assert_eq!(key.kid(), Some("k1"));
        assert_eq!(key.algorithm(), SigningAlgorithm::Ps256);
    }

    #[test]
    fn an_error_names_the_reason_and_no_key() {
        let keys = ClientKeys::new(RS256.private_pem()).algorithm(SigningAlgorithm::Es256);
        let error = keys.read().unwrap_err().in_client_keys();
        assert_eq!(error.value(), "[redacted]");
        let reason = error.source().unwrap().to_string();
        assert_eq!(reason, "the private key does not sign with ES256");
        assert!(!format!("{keys:?} {error:?}").contains("PRIVATE"));
    }
}
