//! Public keys of a provider.

use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Deserializer, de};
use serde_json::{Map, Value};

use crate::protocol::public_key::{self, Verifier};
use crate::protocol::signing_algorithm::SigningAlgorithm;

/// Why a key of a key set verifies nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum UnusableKey {
    /// `kty` or `crv` names something this library does not verify with.
    #[error("key type or curve is not supported")]
    UnknownType,
    /// A member of the key is missing, not base64url, or not a point of its curve.
    #[error("key is malformed")]
    Malformed,
    /// An RSA key that is too short to be safe, or absurdly long.
    #[error("rsa key has {bits} bits, not 2048 to 8192")]
    RsaSize {
        /// The length of the modulus.
        bits: usize,
    },
    /// `use`, `key_ops` or `alg` keep the key for something else.
    #[error("key is not for verifying signatures")]
    NotForSignatures,
}

/// The signature is not one of this key over this message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("signature does not verify")]
pub struct BadSignature;

/// A public key as a provider publishes it ([RFC 7517 §4]), made ready to verify when it was read.
///
/// A key that cannot be used is kept without its material, so that an error can say why. Cloning is
/// cheap.
///
/// # Security
///
/// Private and symmetric members (`d`, `k`, …) are dropped on reading and never kept.
///
/// [RFC 7517 §4]: https://www.rfc-editor.org/rfc/rfc7517.html#section-4
#[derive(Clone)]
pub struct JsonWebKey(Arc<Key>);

struct Key {
    id: Option<Box<str>>,
    verifiers: Result<Vec<Verifier>, UnusableKey>,
}

impl JsonWebKey {
    /// The key's id (`kid`).
    pub fn kid(&self) -> Option<&str> {
        self.0.id.as_deref()
    }

    /// Why this key verifies nothing; `None` for a key that can be used.
    pub fn unusable(&self) -> Option<UnusableKey> {
        self.0.verifiers.as_ref().err().copied()
    }

    /// Whether the key may verify signatures of this algorithm: by its type and curve, `use`,
    /// `key_ops` and `alg`.
    pub fn fits(&self, algorithm: SigningAlgorithm) -> bool {
        self.verifier(algorithm).is_some()
    }

    /// Verifies a signature in the form of a JWS: `r || s` for ECDSA.
    ///
    /// # Errors
    ///
    /// [`BadSignature`] when the signature is not right, and always when the key does not
    /// [fit](Self::fits).
    pub fn verify(
        &self,
        algorithm: SigningAlgorithm,
        message: &[u8],
        signature: &[u8],
    ) -> Result<(), BadSignature> {
        let (_, key) = self.verifier(algorithm).ok_or(BadSignature)?;
        key.verify_sig(message, signature).map_err(|_| BadSignature)
    }

    fn verifier(&self, algorithm: SigningAlgorithm) -> Option<&Verifier> {
        let verifiers = self.0.verifiers.as_ref().ok()?;
        verifiers.iter().find(|(own, _)| *own == algorithm)
    }

    fn from_members(mut members: Map<String, Value>) -> Result<Self, &'static str> {
        const PUBLIC: [&str; 10] = [
            "kty", "kid", "use", "key_ops", "alg", "crv", "n", "e", "x", "y",
        ];
        members.retain(|name, value| PUBLIC.contains(&name.as_str()) && !value.is_null());

        let text = |name| match members.get(name) {
            Some(Value::String(text)) => Ok(Some(text.as_str())),
            Some(_) => Err("a member of the key is not a string"),
            None => Ok(None),
        };
        text("kty")?.ok_or("the key has no type")?;
        let usage = text("use")?;
        let algorithm = text("alg")?.map(str::parse);
        let id = text("kid")?.map(Into::into);

        let for_signatures = usage.is_none_or(|usage| usage == "sig")
            && members.get("key_ops").is_none_or(names_verify);
        let verifiers = match (for_signatures, algorithm) {
            (true, None) => public_key::prepare(&members, None),
            (true, Some(Ok(only))) => public_key::prepare(&members, Some(only)),
            (true, Some(Err(_))) | (false, _) => Err(UnusableKey::NotForSignatures),
        };
        Ok(Self(Arc::new(Key { id, verifiers })))
    }
}

fn names_verify(operations: &Value) -> bool {
    operations
        .as_array()
        .is_some_and(|list| list.contains(&"verify".into()))
}

impl fmt::Debug for JsonWebKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut debug = f.debug_struct("JsonWebKey");
        debug.field("kid", &self.kid());
        match &self.0.verifiers {
            Ok(verifiers) => debug.field(
                "algorithms",
                &verifiers
                    .iter()
                    .map(|(algorithm, _)| algorithm)
                    .collect::<Vec<_>>(),
            ),
            Err(unusable) => debug.field("unusable", unusable),
        };
        debug.finish()
    }
}

impl<'de> Deserialize<'de> for JsonWebKey {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::from_members(Map::deserialize(deserializer)?).map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests;
