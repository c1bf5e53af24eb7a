//! The client's keys: one signs, all are published.

use serde_json::{Value, json};

use super::{ClientKey, ClientKeyError, jwk, pem};
use crate::protocol::signing_algorithm::SigningAlgorithm;

/// The client's keys: one signs, all are published, so that the next one is known before its time.
#[derive(Clone, Debug)]
pub(crate) struct ClientKeySet {
    keys: Vec<ClientKey>,
    /// The position of the one that signs.
    signing: usize,
}

/// Which key signs, and how.
#[derive(Clone, Debug, Default)]
pub(crate) struct Choice {
    /// The id of the key; also the name of a single key that has none.
    pub(crate) kid: Option<String>,
    /// What the key signs with.
    pub(crate) algorithm: Option<SigningAlgorithm>,
}

impl ClientKeySet {
    /// Reads private keys: one in PEM (PKCS#8, PKCS#1 or SEC 1), a JWK, or a JWK set (RFC 7517).
    ///
    /// # Errors
    /// When there is no private key that can sign, or none that is chosen.
    pub(crate) fn parse(text: &str, choice: &Choice) -> Result<Self, ClientKeyError> {
        let text = text.trim_start_matches('\u{feff}').trim();
        let mut keys = if text.starts_with(['{', '[']) {
            jwk::parse(text)?
        } else {
            vec![pem::parse(text)?]
        };
        if let (Some(kid), [key]) = (&choice.kid, keys.as_mut_slice())
            && key.kid.is_none()
        {
            *key = key.clone().with_kid(kid);
        }
        let signing = Self::choose(&keys, choice)?;
        if let Some(algorithm) = choice.algorithm {
            keys[signing] = keys[signing].clone().with_algorithm(algorithm)?;
        }
        Ok(Self { keys, signing })
    }

    /// The first key that is meant.
    fn choose(keys: &[ClientKey], choice: &Choice) -> Result<usize, ClientKeyError> {
        let kid = choice.kid.as_deref();
        let is_named = |key: &ClientKey| kid.is_none() || key.kid() == kid;
        let fits = |key: &ClientKey| choice.algorithm.is_none_or(|wanted| key.pair.fits(wanted));
        if !keys.iter().any(is_named) {
            return Err(ClientKeyError::Kid);
        }
        let chosen = keys.iter().position(|key| is_named(key) && fits(key));
        match (chosen, choice.algorithm) {
            (Some(chosen), _) => Ok(chosen),
            (None, Some(wanted)) => Err(ClientKeyError::Algorithm { wanted }),
            (None, None) => Err(ClientKeyError::NoKey),
        }
    }

    /// The key that signs.
    pub(crate) fn signing(&self) -> &ClientKey {
        &self.keys[self.signing]
    }

    /// The public keys, as a provider reads them from the client's `jwks_uri` (RFC 7517 §5).
    pub(crate) fn public_jwks(&self) -> Value {
        json!({ "keys": self.keys.iter().map(ClientKey::public_jwk).collect::<Vec<_>>() })
    }
}
