//! The client's own private key, for `private_key_jwt`.

mod jwk;
mod pem;
mod public;
mod set;

use std::{fmt, sync::Arc};

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{
    self, EcdsaKeyPair, EcdsaSigningAlgorithm, Ed25519KeyPair, RsaEncoding, RsaKeyPair,
};

pub(crate) use self::set::{Choice, ClientKeySet};
use crate::protocol::signing_algorithm::SigningAlgorithm;

/// A private key that the client signs with. Cheap to clone.
///
/// # Security
///
/// `Debug` shows the key id and the algorithm, never the key.
#[derive(Clone)]
pub(crate) struct ClientKey {
    pair: Arc<Pair>,
    algorithm: SigningAlgorithm,
    kid: Option<Arc<str>>,
}

enum Pair {
    Rsa(RsaKeyPair),
    Ec(EcdsaKeyPair),
    Ed(Ed25519KeyPair),
}

/// Why a private key cannot be used.
///
/// # Security
///
/// Never holds any part of the key.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum ClientKeyError {
    /// The text is neither PEM nor JSON with a private key in it.
    #[error(
        "no private key found: expected PEM (BEGIN PRIVATE KEY, RSA PRIVATE KEY or EC PRIVATE KEY), a JWK or a JWK set"
    )]
    NoKey,
    /// The key is encrypted with a password.
    #[error("the private key is encrypted; give it without a password")]
    Encrypted,
    /// A key of a type or on a curve that no algorithm of ours uses, or not a whole one.
    #[error(
        "the private key is not a whole RSA key of 2048 to 8192 bits, nor one on P-256, P-384, P-521 or Ed25519"
    )]
    Unusable,
    /// No key of the set has the id asked for.
    #[error("there is no private key with the key id asked for")]
    Kid,
    /// The algorithm asked for does not go with the key.
    #[error("the private key does not sign with {wanted}")]
    Algorithm {
        /// The algorithm asked for.
        wanted: SigningAlgorithm,
    },
}

impl ClientKey {
    fn new(pair: Pair) -> Self {
        Self {
            algorithm: pair.usual_algorithm(),
            pair: Arc::new(pair),
            kid: None,
        }
    }

    /// The same key under this id (`kid`), by which the provider finds the public one.
    fn with_kid(mut self, kid: &str) -> Self {
        self.kid = Some(kid.into());
        self
    }

    /// The same key, signing with this algorithm.
    ///
    /// # Errors
    /// When the key is of another type or on another curve.
    fn with_algorithm(mut self, algorithm: SigningAlgorithm) -> Result<Self, ClientKeyError> {
        if !self.pair.fits(algorithm) {
            return Err(ClientKeyError::Algorithm { wanted: algorithm });
        }
        self.algorithm = algorithm;
        Ok(self)
    }

    /// What the key signs with.
    pub(crate) fn algorithm(&self) -> SigningAlgorithm {
        self.algorithm
    }

    /// The key's id.
    pub(crate) fn kid(&self) -> Option<&str> {
        self.kid.as_deref()
    }

    /// Signs in the form of a JWS: `r || s` for ECDSA.
    pub(crate) fn sign(&self, message: &[u8]) -> Vec<u8> {
        const FITS: &str = "a key that fits its algorithm signs";
        let random = SystemRandom::new();
        match &*self.pair {
            Pair::Rsa(pair) => {
                let mut signature = vec![0; pair.public_modulus_len()];
                let encoding = rsa_encoding(self.algorithm).expect(FITS);
                pair.sign(encoding, &random, message, &mut signature)
                    .expect(FITS);
                signature
            }
            Pair::Ec(pair) => pair.sign(&random, message).expect(FITS).as_ref().to_vec(),
            Pair::Ed(pair) => pair.sign(message).as_ref().to_vec(),
        }
    }
}

impl Pair {
    fn fits(&self, algorithm: SigningAlgorithm) -> bool {
        match self {
            Self::Rsa(_) => rsa_encoding(algorithm).is_some(),
            Self::Ec(_) | Self::Ed(_) => self.usual_algorithm() == algorithm,
        }
    }

    fn usual_algorithm(&self) -> SigningAlgorithm {
        match self {
            Self::Rsa(_) => SigningAlgorithm::Rs256,
            Self::Ed(_) => SigningAlgorithm::EdDsa,
            Self::Ec(pair) => {
                let curve = |(_, known): &&(_, &EcdsaSigningAlgorithm)| *known == pair.algorithm();
                CURVES.iter().find(curve).expect("made with one of them").0
            }
        }
    }
}

static CURVES: [(SigningAlgorithm, &EcdsaSigningAlgorithm); 3] = [
    (
        SigningAlgorithm::Es256,
        &signature::ECDSA_P256_SHA256_FIXED_SIGNING,
    ),
    (
        SigningAlgorithm::Es384,
        &signature::ECDSA_P384_SHA384_FIXED_SIGNING,
    ),
    (
        SigningAlgorithm::Es512,
        &signature::ECDSA_P521_SHA512_FIXED_SIGNING,
    ),
];

fn rsa_encoding(algorithm: SigningAlgorithm) -> Option<&'static dyn RsaEncoding> {
    Some(match algorithm {
        SigningAlgorithm::Rs256 => &signature::RSA_PKCS1_SHA256,
        SigningAlgorithm::Rs384 => &signature::RSA_PKCS1_SHA384,
        SigningAlgorithm::Rs512 => &signature::RSA_PKCS1_SHA512,
        SigningAlgorithm::Ps256 => &signature::RSA_PSS_SHA256,
        SigningAlgorithm::Ps384 => &signature::RSA_PSS_SHA384,
        SigningAlgorithm::Ps512 => &signature::RSA_PSS_SHA512,
        _ => return None,
    })
}

impl fmt::Debug for ClientKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientKey")
            .field("kid", &self.kid)
            .field("algorithm", &self.algorithm)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
