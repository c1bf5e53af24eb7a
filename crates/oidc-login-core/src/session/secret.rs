//! The secrets that all keys of ours come from.

use base64::{
    Engine as _,
    engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD},
};
use zeroize::Zeroizing;

use crate::{
    error::ConfigError,
    seams::{Random, SystemRandom},
};

const MIN_BYTES: usize = 32;

/// The secrets of an app's cookies, newest first: the first seals, all of them open.
///
/// Every purpose gets a key of its own out of each secret (HKDF-SHA-256), so a value sealed for
/// one purpose never opens for another.
#[derive(Clone)]
pub struct SessionSecrets(Vec<Zeroizing<Vec<u8>>>);

impl SessionSecrets {
    /// Secrets made for this process: logins under way end when it does.
    pub fn random() -> Self {
        let mut secret = Zeroizing::new(vec![0; MIN_BYTES]);
        SystemRandom.fill(&mut secret);
        Self(vec![secret])
    }

    /// A list of base64 texts, separated by commas or blanks, newest first.
    ///
    /// # Errors
    /// When the list is empty, an entry is not base64, or shorter than 32 bytes.
    pub fn from_base64(list: &str) -> Result<Self, ConfigError> {
        let entries = list
            .split([',', ' ', '\n', '\t'])
            .filter(|entry| !entry.is_empty());
        let secrets = entries
            .map(|entry| decode(entry).ok_or_else(refused))
            .collect::<Result<Vec<_>, _>>()?;
        Self::from_decoded(secrets)
    }

    /// Secrets as bytes, newest first.
    ///
    /// # Errors
    /// When there is none, or one is shorter than 32 bytes.
    pub fn from_bytes(
        secrets: impl IntoIterator<Item = impl Into<Vec<u8>>>,
    ) -> Result<Self, ConfigError> {
        Self::from_decoded(
            secrets
                .into_iter()
                .map(|secret| Zeroizing::new(secret.into()))
                .collect(),
        )
    }

    fn from_decoded(secrets: Vec<Zeroizing<Vec<u8>>>) -> Result<Self, ConfigError> {
        let too_short = secrets.iter().any(|secret| secret.len() < MIN_BYTES);
        if secrets.is_empty() || too_short {
            return Err(refused());
        }
        Ok(Self(secrets))
    }

    pub(crate) fn newest_first(&self) -> impl Iterator<Item = &[u8]> {
        self.0.iter().map(|secret| secret.as_slice())
    }
}

fn decode(entry: &str) -> Option<Zeroizing<Vec<u8>>> {
    [&STANDARD, &STANDARD_NO_PAD, &URL_SAFE, &URL_SAFE_NO_PAD]
        .into_iter()
        .find_map(|engine| engine.decode(entry).ok())
        .map(Zeroizing::new)
}

fn refused() -> ConfigError {
    ConfigError::new(
        "session secret",
        "[redacted]",
        "a list of base64 texts of at least 32 random bytes each, newest first (openssl rand -base64 32)",
    )
}

impl std::fmt::Debug for SessionSecrets {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SessionSecrets([redacted])")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_at_least_32_bytes_of_base64() {
        let good = STANDARD.encode([7; 32]);
        for (name, list, accepted) in [
            ("one", good.clone(), true),
            (
                "url alphabet, no padding",
                URL_SAFE_NO_PAD.encode([251; 33]),
                true,
            ),
            ("two, newest first", format!("{good}, {good}"), true),
            ("empty", String::new(), false),
            ("31 bytes", STANDARD.encode([7; 31]), false),
            ("one good, one short", format!("{good} c2hvcnQ="), false),
            ("not base64", "§§§§".repeat(20), false),
        ] {
            assert_eq!(
                SessionSecrets::from_base64(&list).is_ok(),
                accepted,
                "{name}"
            );
        }
    }

    #[test]
    fn nothing_secret_is_printed() {
        let text = STANDARD.encode(b"a secret that is 32 bytes long!!");
        let error = SessionSecrets::from_base64("c2hvcnQ=").unwrap_err();
        assert!(!error.to_string().contains("c2hvcnQ"));
        let secrets = SessionSecrets::from_base64(&text).unwrap();
        assert_eq!(format!("{secrets:?}"), "SessionSecrets([redacted])");
    }
}
