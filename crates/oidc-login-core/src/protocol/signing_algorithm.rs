//! The algorithms a token may be signed with.

use std::fmt;
use std::str::FromStr;

use aws_lc_rs::digest;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// An algorithm of [RFC 7518 §3.1] that this library verifies.
///
/// `none` and the HMAC algorithms are not members: no setting can allow what has no name here.
///
/// [RFC 7518 §3.1]: https://www.rfc-editor.org/rfc/rfc7518.html#section-3.1
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum SigningAlgorithm {
    /// RSASSA-PKCS1-v1_5 with SHA-256.
    Rs256,
    /// RSASSA-PKCS1-v1_5 with SHA-384.
    Rs384,
    /// RSASSA-PKCS1-v1_5 with SHA-512.
    Rs512,
    /// RSASSA-PSS with SHA-256.
    Ps256,
    /// RSASSA-PSS with SHA-384.
    Ps384,
    /// RSASSA-PSS with SHA-512.
    Ps512,
    /// ECDSA on P-256 with SHA-256.
    Es256,
    /// ECDSA on P-384 with SHA-384.
    Es384,
    /// ECDSA on P-521 with SHA-512.
    Es512,
    /// `EdDSA` on Ed25519 (RFC 8037); RFC 9864 names the same thing `Ed25519`.
    EdDsa,
}

impl SigningAlgorithm {
    /// Every algorithm, in the order of the specification.
    pub const ALL: &'static [Self] = &[
        Self::Rs256,
        Self::Rs384,
        Self::Rs512,
        Self::Ps256,
        Self::Ps384,
        Self::Ps512,
        Self::Es256,
        Self::Es384,
        Self::Es512,
        Self::EdDsa,
    ];

    /// The name in a JOSE header.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Rs256 => "RS256",
            Self::Rs384 => "RS384",
            Self::Rs512 => "RS512",
            Self::Ps256 => "PS256",
            Self::Ps384 => "PS384",
            Self::Ps512 => "PS512",
            Self::Es256 => "ES256",
            Self::Es384 => "ES384",
            Self::Es512 => "ES512",
            Self::EdDsa => "EdDSA",
        }
    }

    /// Hashes with the algorithm's own hash function, as `at_hash` and `c_hash` do.
    ///
    /// `EdDSA` on Ed25519 counts as SHA-512, the hash inside it.
    pub(crate) fn digest(self, bytes: &[u8]) -> digest::Digest {
        let algorithm = match self {
            Self::Rs256 | Self::Ps256 | Self::Es256 => &digest::SHA256,
            Self::Rs384 | Self::Ps384 | Self::Es384 => &digest::SHA384,
            Self::Rs512 | Self::Ps512 | Self::Es512 | Self::EdDsa => &digest::SHA512,
        };
        digest::digest(algorithm, bytes)
    }
}

impl fmt::Display for SigningAlgorithm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// The name is not an algorithm this library verifies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a supported asymmetric signing algorithm")]
pub struct UnsupportedAlgorithm;

/// Names are compared exactly; `Ed25519` ([RFC 9864]) means `EdDSA`.
///
/// The `ESP256` family of the same RFC belongs to COSE and is no JOSE name.
///
/// [RFC 9864]: https://www.rfc-editor.org/rfc/rfc9864.html#section-2.2
impl FromStr for SigningAlgorithm {
    type Err = UnsupportedAlgorithm;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        if name == "Ed25519" {
            return Ok(Self::EdDsa);
        }
        let found = Self::ALL
            .iter()
            .find(|known| known.as_str() == name)
            .copied();
        found.ok_or(UnsupportedAlgorithm)
    }
}

impl Serialize for SigningAlgorithm {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for SigningAlgorithm {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let name = String::deserialize(deserializer)?;
        name.parse().map_err(de::Error::custom)
    }
}

/// The algorithms a token may be signed with here; all of [`SigningAlgorithm`] by default.
///
/// # Security
///
/// The set is ours, never simply what a provider advertises: discovery documents name `none` and
/// HMAC algorithms too.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct AllowedAlgorithms(u16);

impl AllowedAlgorithms {
    /// Whether a token may be signed with this algorithm.
    pub const fn contains(self, algorithm: SigningAlgorithm) -> bool {
        self.0 & (1 << algorithm as u16) != 0
    }

    /// The members, in the order of the specification.
    pub fn iter(self) -> impl Iterator<Item = SigningAlgorithm> {
        let all = SigningAlgorithm::ALL.iter().copied();
        all.filter(move |algorithm| self.contains(*algorithm))
    }

    /// Whether nothing is allowed, so that no token can be verified.
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }
}

impl Default for AllowedAlgorithms {
    fn default() -> Self {
        SigningAlgorithm::ALL.iter().copied().collect()
    }
}

impl FromIterator<SigningAlgorithm> for AllowedAlgorithms {
    fn from_iter<I: IntoIterator<Item = SigningAlgorithm>>(algorithms: I) -> Self {
        let bits = algorithms
            .into_iter()
            .map(|algorithm| 1 << algorithm as u16);
        Self(bits.fold(0, |set, bit: u16| set | bit))
    }
}

impl fmt::Display for AllowedAlgorithms {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (position, algorithm) in self.iter().enumerate() {
            let separator = if position == 0 { "" } else { ", " };
            write!(f, "{separator}{algorithm}")?;
        }
        Ok(())
    }
}

impl fmt::Debug for AllowedAlgorithms {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.iter()).finish()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn every_name_reads_back_as_itself() {
        for algorithm in SigningAlgorithm::ALL.iter().copied() {
            assert_eq!(algorithm.to_string().parse(), Ok(algorithm));
            let json = serde_json::to_string(&algorithm).unwrap();
            assert_eq!(
                serde_json::from_str::<SigningAlgorithm>(&json).unwrap(),
                algorithm
            );
        }
        assert_eq!("Ed25519".parse(), Ok(SigningAlgorithm::EdDsa));
    }

    #[test]
    fn nothing_else_is_a_name() {
        let names = [
            "none", "None", "nOnE", "HS256", "HS384", "HS512", "rs256", "RS256 ", "ES256K",
            "ESP256", "Ed448", "RSA-OAEP", "",
        ];
        for name in names {
            assert_eq!(
                name.parse::<SigningAlgorithm>(),
                Err(UnsupportedAlgorithm),
                "{name}"
            );
        }
    }

    #[test]
    fn a_set_contains_what_was_put_in() {
        let all = AllowedAlgorithms::default();
        assert!(
            SigningAlgorithm::ALL
                .iter()
                .copied()
                .all(|algorithm| all.contains(algorithm))
        );

        let some: AllowedAlgorithms = [SigningAlgorithm::Ps256, SigningAlgorithm::Rs256]
            .into_iter()
            .collect();
        assert_eq!(some.to_string(), "RS256, PS256");
        assert!(!some.contains(SigningAlgorithm::Es256));
        assert!(!some.is_empty());
        assert!([].into_iter().collect::<AllowedAlgorithms>().is_empty());
    }
}
