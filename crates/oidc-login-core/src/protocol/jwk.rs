//! Public keys of a provider.

use std::fmt;
use std::sync::Arc;

use openidconnect::core::{CoreJsonWebKeyType, CoreJsonWebKeyUse};
use openidconnect::{JsonWebKeyAlgorithm, JsonWebKeyId, SignatureVerificationError};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
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
/// Private and symmetric members (`d`, `k`, …) are dropped on reading and never kept or written.
///
/// [RFC 7517 §4]: https://www.rfc-editor.org/rfc/rfc7517.html#section-4
#[derive(Clone)]
pub struct JsonWebKey(Arc<Key>);

struct Key {
    id: Option<JsonWebKeyId>,
    kty: CoreJsonWebKeyType,
    usage: Option<CoreJsonWebKeyUse>,
    algorithm: KeyAlgorithm,
    verifiers: Result<Vec<Verifier>, UnusableKey>,
    members: Map<String, Value>,
}

#[derive(Clone, Copy, PartialEq)]
enum KeyAlgorithm {
    Any,
    Only(SigningAlgorithm),
    Unsupported,
}

impl JsonWebKey {
    /// The key's id (`kid`).
    pub fn kid(&self) -> Option<&str> {
        self.0.id.as_ref().map(|id| id.as_str())
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
        let kty = match text("kty")?.ok_or("the key has no type")? {
            "RSA" => CoreJsonWebKeyType::RSA,
            "EC" => CoreJsonWebKeyType::EllipticCurve,
            "OKP" => CoreJsonWebKeyType::OctetKeyPair,
            _ => CoreJsonWebKeyType::Symmetric,
        };
        let usage = text("use")?.map(|name| match name {
            "sig" => CoreJsonWebKeyUse::Signature,
            "enc" => CoreJsonWebKeyUse::Encryption,
            other => CoreJsonWebKeyUse::Other(other.to_owned()),
        });
        let algorithm = match text("alg")?.map(str::parse) {
            None => KeyAlgorithm::Any,
            Some(Ok(only)) => KeyAlgorithm::Only(only),
            Some(Err(_)) => KeyAlgorithm::Unsupported,
        };
        let id = text("kid")?.map(|id| JsonWebKeyId::new(id.to_owned()));

        let for_signatures = usage
            .as_ref()
            .is_none_or(|usage| *usage == CoreJsonWebKeyUse::Signature)
            && members.get("key_ops").is_none_or(names_verify);
        let verifiers = match (for_signatures, algorithm) {
            (true, KeyAlgorithm::Any) => public_key::prepare(&members, None),
            (true, KeyAlgorithm::Only(only)) => public_key::prepare(&members, Some(only)),
            (true, KeyAlgorithm::Unsupported) | (false, _) => Err(UnusableKey::NotForSignatures),
        };
        Ok(Self(Arc::new(Key {
            id,
            kty,
            usage,
            algorithm,
            verifiers,
            members,
        })))
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
        debug.field("kid", &self.kid()).field("kty", &self.0.kty);
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

impl Serialize for JsonWebKey {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.members.serialize(serializer)
    }
}

/// Lets `openidconnect` read a provider's metadata and keys with this type.
impl openidconnect::JsonWebKey for JsonWebKey {
    type KeyUse = CoreJsonWebKeyUse;
    type SigningAlgorithm = SigningAlgorithm;

    fn key_id(&self) -> Option<&JsonWebKeyId> {
        self.0.id.as_ref()
    }

    /// A type this library does not know counts as symmetric, which verifies nothing either.
    fn key_type(&self) -> &CoreJsonWebKeyType {
        &self.0.kty
    }

    fn key_use(&self) -> Option<&CoreJsonWebKeyUse> {
        self.0.usage.as_ref()
    }

    fn signing_alg(&self) -> JsonWebKeyAlgorithm<&SigningAlgorithm> {
        match &self.0.algorithm {
            KeyAlgorithm::Any => JsonWebKeyAlgorithm::Unspecified,
            KeyAlgorithm::Only(algorithm) => JsonWebKeyAlgorithm::Algorithm(algorithm),
            KeyAlgorithm::Unsupported => JsonWebKeyAlgorithm::Unsupported,
        }
    }

    /// A key that verifies nothing: a shared secret signs no token here.
    fn new_symmetric(_secret: Vec<u8>) -> Self {
        Self(Arc::new(Key {
            id: None,
            kty: CoreJsonWebKeyType::Symmetric,
            usage: None,
            algorithm: KeyAlgorithm::Unsupported,
            verifiers: Err(UnusableKey::UnknownType),
            members: Map::from_iter([("kty".to_owned(), "oct".into())]),
        }))
    }

    fn verify_signature(
        &self,
        algorithm: &SigningAlgorithm,
        message: &[u8],
        signature: &[u8],
    ) -> Result<(), SignatureVerificationError> {
        let verified = self.verify(*algorithm, message, signature);
        verified.map_err(|bad| SignatureVerificationError::CryptoError(bad.to_string()))
    }

    fn hash_bytes(&self, bytes: &[u8], algorithm: &SigningAlgorithm) -> Result<Vec<u8>, String> {
        if !self.fits(*algorithm) {
            return Err(UnusableKey::NotForSignatures.to_string());
        }
        Ok(algorithm.digest(bytes).as_ref().to_vec())
    }
}

#[cfg(test)]
mod tests;
