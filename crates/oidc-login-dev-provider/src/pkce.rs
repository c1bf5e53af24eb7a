//! PKCE (RFC 7636).

use aws_lc_rs::{constant_time::verify_slices_are_equal, digest};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};

/// A code challenge of the method S256, [RFC 7636 §4.2](https://www.rfc-editor.org/rfc/rfc7636#section-4.2).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct CodeChallenge([u8; 32]);

impl CodeChallenge {
    pub(crate) fn parse(challenge: &str) -> Option<Self> {
        URL_SAFE_NO_PAD
            .decode(challenge)
            .ok()?
            .try_into()
            .ok()
            .map(Self)
    }

    pub(crate) fn is_of(&self, verifier: &str) -> bool {
        is_verifier(verifier)
            && verify_slices_are_equal(
                digest::digest(&digest::SHA256, verifier.as_bytes()).as_ref(),
                &self.0,
            )
            .is_ok()
    }
}

/// [RFC 7636 §4.1](https://www.rfc-editor.org/rfc/rfc7636#section-4.1): 43 to 128 unreserved characters.
fn is_verifier(verifier: &str) -> bool {
    (43..=128).contains(&verifier.len())
        && verifier
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn the_example_of_rfc_7636() {
        let challenge =
            CodeChallenge::parse("E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM").unwrap();
        assert!(challenge.is_of("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"));
        assert!(!challenge.is_of("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXl"));
    }

    #[test]
    fn short_verifiers_and_other_challenges_are_refused() {
        let short = CodeChallenge(
            digest::digest(&digest::SHA256, b"short")
                .as_ref()
                .try_into()
                .unwrap(),
        );
        assert!(!short.is_of("short"));
        assert_eq!(
            CodeChallenge::parse("plain-verifier-as-its-own-challenge"),
            None
        );
    }
}
