//! The keys a provider signs with.

use serde::Deserialize;

use crate::protocol::jwk::{JsonWebKey, UnusableKey};
use crate::protocol::shown::Shown;
use crate::protocol::signing_algorithm::SigningAlgorithm;

/// More keys than any provider has; each costs memory, and keys of one `kid` cost a try each.
const MOST_KEYS: usize = 100;

/// The bytes are not a key set.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum KeySetError {
    /// Not JSON, or without a list `keys`.
    #[error("not a json web key set")]
    Invalid(#[source] serde_json::Error),
    /// Too many keys to be a provider's.
    #[error("key set has {found} keys, more than {MOST_KEYS}")]
    TooManyKeys {
        /// How many there are.
        found: usize,
    },
}

/// No key of the set is the one a token was signed with.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum KeyError {
    /// The set has no key of this id: it may have been replaced since the set was fetched.
    #[error("the provider's keys have no key id (kid) `{kid}`")]
    UnknownKid {
        /// The id in the token's header.
        kid: Shown,
        /// The ids in the set.
        known: Shown,
    },
    /// The key of this id is there, but does not verify this algorithm.
    #[error("key id (kid) `{kid}` cannot verify {algorithm}{}", because(unusable.as_ref()))]
    UnfitKey {
        /// The id in the token's header.
        kid: Shown,
        /// The algorithm in the token's header.
        algorithm: SigningAlgorithm,
        /// Why the key verifies nothing at all, if so.
        unusable: Option<UnusableKey>,
    },
    /// The token names no key, and no key of the set verifies this algorithm.
    #[error("the token has no key id (kid) and none of the provider's keys verifies {algorithm}")]
    NoKey {
        /// The algorithm in the token's header.
        algorithm: SigningAlgorithm,
    },
    /// The token names no key, and several would do.
    #[error(
        "the token has no key id (kid) and {candidates} of the provider's keys verify {algorithm}"
    )]
    Ambiguous {
        /// The algorithm in the token's header.
        algorithm: SigningAlgorithm,
        /// How many keys fit.
        candidates: usize,
    },
}

/// A provider's public keys ([RFC 7517 §5]), as they were at one time.
///
/// [RFC 7517 §5]: https://www.rfc-editor.org/rfc/rfc7517.html#section-5
#[derive(Clone, Debug, Default)]
pub struct KeySet(Box<[JsonWebKey]>);

fn because(unusable: Option<&UnusableKey>) -> String {
    unusable.map_or_else(String::new, |unusable| format!(": {unusable}"))
}

impl KeySet {
    /// Reads a key set. Keys that cannot be read are skipped.
    ///
    /// # Errors
    ///
    /// When the bytes are not a key set at all, or one of absurd size.
    pub fn from_json(json: &[u8]) -> Result<Self, KeySetError> {
        #[derive(Deserialize)]
        struct Set {
            keys: Vec<serde_json::Value>,
        }
        let set: Set = serde_json::from_slice(json).map_err(KeySetError::Invalid)?;
        let read = |key| serde_json::from_value(key).ok();
        let keys: Box<[JsonWebKey]> = set.keys.into_iter().filter_map(read).collect();
        let found = keys.len();
        if found > MOST_KEYS {
            return Err(KeySetError::TooManyKeys { found });
        }
        Ok(Self(keys))
    }

    /// The keys, also those that verify nothing.
    pub fn keys(&self) -> &[JsonWebKey] {
        &self.0
    }

    /// The keys a token may have been signed with: one, or those that share the token's `kid` and
    /// fit its algorithm.
    ///
    /// # Errors
    ///
    /// [`KeyError`] when there is none, or when a token without `kid` leaves a choice.
    pub fn find(
        &self,
        kid: Option<&str>,
        algorithm: SigningAlgorithm,
    ) -> Result<Vec<&JsonWebKey>, KeyError> {
        let fitting = self.0.iter().filter(|key| key.fits(algorithm));
        match kid {
            Some(kid) => {
                let named: Vec<_> = fitting.filter(|key| key.kid() == Some(kid)).collect();
                if named.is_empty() {
                    Err(self.explain(kid, algorithm))
                } else {
                    Ok(named)
                }
            }
            None => match fitting.collect::<Vec<_>>() {
                none if none.is_empty() => Err(KeyError::NoKey { algorithm }),
                several if several.len() > 1 => Err(KeyError::Ambiguous {
                    algorithm,
                    candidates: several.len(),
                }),
                one => Ok(one),
            },
        }
    }

    fn explain(&self, kid: &str, algorithm: SigningAlgorithm) -> KeyError {
        let known = self.0.iter().find(|key| key.kid() == Some(kid));
        let kid = Shown::new(kid);
        match known {
            Some(key) => KeyError::UnfitKey {
                kid,
                algorithm,
                unusable: key.unusable(),
            },
            None => KeyError::UnknownKid {
                kid,
                known: Shown::list(self.0.iter().filter_map(JsonWebKey::kid)),
            },
        }
    }
}

#[cfg(test)]
mod tests;
