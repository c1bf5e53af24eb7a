//! The keys a provider signs with.

use openidconnect::JsonWebKeySet;

use crate::protocol::evidence::Evidence;
use crate::protocol::jwk::{JsonWebKey, UnusableKey};
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
        kid: Evidence,
        /// The ids in the set.
        known: Evidence,
    },
    /// The key of this id is there, but does not verify this algorithm.
    #[error("key id (kid) `{kid}` cannot verify {algorithm}")]
    UnfitKey {
        /// The id in the token's header.
        kid: Evidence,
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

impl KeySet {
    /// Reads a key set. Keys that cannot be read are skipped.
    ///
    /// # Errors
    ///
    /// When the bytes are not a key set at all, or one of absurd size.
    pub fn from_json(json: &[u8]) -> Result<Self, KeySetError> {
        let set: JsonWebKeySet<JsonWebKey> =
            serde_json::from_slice(json).map_err(KeySetError::Invalid)?;
        Self::try_from(&set)
    }

    /// The keys, also those that verify nothing.
    pub fn keys(&self) -> &[JsonWebKey] {
        &self.0
    }

    /// The keys a token may have been signed with: one, or those that share the token's `kid` and fit its algorithm.
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
        let kid = Evidence::new(kid);
        match known {
            Some(key) => KeyError::UnfitKey {
                kid,
                algorithm,
                unusable: key.unusable(),
            },
            None => KeyError::UnknownKid {
                kid,
                known: Evidence::list(self.0.iter().filter_map(JsonWebKey::kid)),
            },
        }
    }
}

impl TryFrom<&JsonWebKeySet<JsonWebKey>> for KeySet {
    type Error = KeySetError;

    fn try_from(set: &JsonWebKeySet<JsonWebKey>) -> Result<Self, Self::Error> {
        let found = set.keys().len();
        if found > MOST_KEYS {
            return Err(KeySetError::TooManyKeys { found });
        }
        Ok(Self(set.keys().clone().into()))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use serde_json::{Value, json};

    use super::*;
    use crate::protocol::test_signer::{ES256, PS256, RS256, RS256_OTHER, TestKey};

    fn jwk(key: &TestKey, kid: Value) -> Value {
        let mut jwk = key.jwk();
        jwk["kid"] = kid;
        jwk
    }

    fn set(keys: &[Value]) -> KeySet {
        KeySet::from_json(json!({ "keys": keys }).to_string().as_bytes()).unwrap()
    }

    #[test]
    fn a_key_is_found_by_id_and_algorithm() {
        use SigningAlgorithm::{EdDsa, Es256, Rs256};

        let (rsa, other, ec, pss) = (
            jwk(&RS256, "rsa".into()),
            jwk(&RS256_OTHER, "other".into()),
            jwk(&ES256, "ec".into()),
            jwk(&PS256, "pss".into()),
        );
        let rsa_enc =
            json!({ "kty": "RSA", "kid": "enc", "use": "enc", "n": rsa["n"], "e": rsa["e"] });
        let ec_named_rsa = jwk(&ES256, "rsa".into());
        let nameless = jwk(&RS256, Value::Null);
        let okp = json!({ "kty": "OKP", "crv": "Ed448", "kid": "ed448", "x": "AAAA" });
        let kid = Evidence::new;
        let unfit = |name, algorithm, unusable| {
            Err(KeyError::UnfitKey {
                kid: kid(name),
                algorithm,
                unusable,
            })
        };

        let cases: [(
            &str,
            KeySet,
            Option<&str>,
            SigningAlgorithm,
            Result<usize, KeyError>,
        ); 15] = [
            (
                "by id",
                set(&[rsa.clone(), other.clone()]),
                Some("other"),
                Rs256,
                Ok(1),
            ),
            (
                "one id, two types",
                set(&[rsa.clone(), ec_named_rsa.clone()]),
                Some("rsa"),
                Es256,
                Ok(1),
            ),
            (
                "one id twice",
                set(&[rsa.clone(), jwk(&RS256_OTHER, "rsa".into())]),
                Some("rsa"),
                Rs256,
                Ok(2),
            ),
            (
                "no id, one key",
                set(std::slice::from_ref(&rsa)),
                None,
                Rs256,
                Ok(1),
            ),
            (
                "no id, one that fits",
                set(&[rsa.clone(), ec.clone(), rsa_enc.clone(), pss.clone()]),
                None,
                Rs256,
                Ok(1),
            ),
            (
                "no id, key without id",
                set(&[nameless.clone(), ec.clone()]),
                None,
                Rs256,
                Ok(1),
            ),
            (
                "no id, two",
                set(&[rsa.clone(), other.clone()]),
                None,
                Rs256,
                Err(KeyError::Ambiguous {
                    algorithm: Rs256,
                    candidates: 2,
                }),
            ),
            (
                "no id, none",
                set(std::slice::from_ref(&rsa)),
                None,
                Es256,
                Err(KeyError::NoKey { algorithm: Es256 }),
            ),
            (
                "unknown id",
                set(&[rsa.clone(), ec.clone()]),
                Some("new"),
                Rs256,
                Err(KeyError::UnknownKid {
                    kid: kid("new"),
                    known: kid("rsa, ec"),
                }),
            ),
            (
                "id never matches no id",
                set(&[nameless]),
                Some("rsa"),
                Rs256,
                Err(KeyError::UnknownKid {
                    kid: kid("rsa"),
                    known: kid(""),
                }),
            ),
            (
                "empty set",
                set(&[]),
                Some("rsa"),
                Rs256,
                Err(KeyError::UnknownKid {
                    kid: kid("rsa"),
                    known: kid(""),
                }),
            ),
            (
                "another type",
                set(std::slice::from_ref(&ec)),
                Some("ec"),
                Rs256,
                unfit("ec", Rs256, None),
            ),
            (
                "another alg",
                set(&[pss]),
                Some("pss"),
                Rs256,
                unfit("pss", Rs256, None),
            ),
            (
                "for encryption",
                set(&[rsa_enc]),
                Some("enc"),
                Rs256,
                unfit("enc", Rs256, Some(UnusableKey::NotForSignatures)),
            ),
            (
                "unknown curve",
                set(&[okp]),
                Some("ed448"),
                EdDsa,
                unfit("ed448", EdDsa, Some(UnusableKey::UnknownType)),
            ),
        ];
        for (name, set, kid, algorithm, expected) in cases {
            assert_eq!(
                set.find(kid, algorithm).map(|keys| keys.len()),
                expected,
                "{name}"
            );
        }
    }

    #[test]
    fn unreadable_keys_leave_the_others_alone() {
        let keys = [
            json!({ "kty": "oct", "k": "c2VjcmV0", "kid": "secret" }),
            json!({ "kty": "AKP", "alg": "ML-DSA-44", "pub": "AAAA", "kid": "pq" }),
            json!({ "kty": 1 }),
            json!({ "kid": "typeless" }),
            json!({ "kty": "RSA", "kid": 7, "n": "AQAB", "e": "AQAB" }),
            json!("a string"),
            json!(null),
            jwk(&RS256, "good".into()),
        ];
        let set = set(&keys);
        assert_eq!(
            set.find(Some("good"), SigningAlgorithm::Rs256)
                .unwrap()
                .len(),
            1
        );
        assert_eq!(set.keys().len(), 3);
        assert!(
            !serde_json::to_string(set.keys())
                .unwrap()
                .contains("c2VjcmV0")
        );
    }

    #[test]
    fn only_a_key_set_of_sane_size_is_read() {
        for json in [
            "",
            "[]",
            "{}",
            r#"{"keys":null}"#,
            r#"{"keys":{}}"#,
            "<html>",
        ] {
            assert!(
                matches!(
                    KeySet::from_json(json.as_bytes()),
                    Err(KeySetError::Invalid(_))
                ),
                "{json}"
            );
        }
        let many = |count| json!({ "keys": vec![json!({ "kty": "oct" }); count] }).to_string();
        assert_eq!(
            KeySet::from_json(many(100).as_bytes())
                .unwrap()
                .keys()
                .len(),
            100
        );
        assert!(matches!(
            KeySet::from_json(many(101).as_bytes()),
            Err(KeySetError::TooManyKeys { found: 101 })
        ));
    }
}
