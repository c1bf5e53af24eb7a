//! Values that only we can read and only we can have made.

mod purpose;

use aws_lc_rs::{
    hkdf::{HKDF_SHA256, KeyType, Salt},
    hmac,
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use zeroize::Zeroizing;

use super::{
    seal_key::{SealKey, framed},
    secret::SessionSecrets,
};
use crate::seams::Random;

pub(crate) use self::purpose::Purpose;

const VERSION: u8 = 1;

/// The keys for every purpose, from every secret, newest first.
pub(crate) struct Keys(Vec<KeysOfOneSecret>);

struct KeysOfOneSecret {
    aead: [SealKey; Purpose::ALL.len()],
    mac: [hmac::Key; Purpose::ALL.len()],
}

struct Bytes32;

impl KeyType for Bytes32 {
    fn len(&self) -> usize {
        32
    }
}

impl Keys {
    pub(crate) fn new(secrets: &SessionSecrets) -> Self {
        Self(secrets.newest_first().map(KeysOfOneSecret::new).collect())
    }

    /// Seals for one purpose, as text; `context` must be the same when it is opened.
    pub(crate) fn seal(
        &self,
        purpose: Purpose,
        context: &[&str],
        plain: &[u8],
        random: &dyn Random,
    ) -> String {
        URL_SAFE_NO_PAD.encode(self.seal_bytes(purpose, context, plain, random))
    }

    /// The same as bytes.
    pub(crate) fn seal_bytes(
        &self,
        purpose: Purpose,
        context: &[&str],
        plain: &[u8],
        random: &dyn Random,
    ) -> Vec<u8> {
        self.0[0].aead[purpose as usize].seal(VERSION, context, plain, random)
    }

    /// Opens a text that was sealed for this purpose and context by any of the secrets.
    pub(crate) fn open(
        &self,
        purpose: Purpose,
        context: &[&str],
        text: &str,
    ) -> Option<Zeroizing<Vec<u8>>> {
        let sealed = URL_SAFE_NO_PAD.decode(text).ok()?;
        self.open_bytes(purpose, context, &sealed)
    }

    /// The same for bytes.
    pub(crate) fn open_bytes(
        &self,
        purpose: Purpose,
        context: &[&str],
        sealed: &[u8],
    ) -> Option<Zeroizing<Vec<u8>>> {
        let mut keys = self.0.iter();
        keys.find_map(|keys| keys.aead[purpose as usize].open(VERSION, context, sealed))
    }

    /// A tag over a value that may be read by anybody.
    pub(crate) fn tag(&self, purpose: Purpose, value: &[u8]) -> [u8; 16] {
        truncated(&hmac::sign(&self.0[0].mac[purpose as usize], value))
    }

    /// A keyed hash over the parts for each secret, newest first.
    pub(crate) fn hashes(
        &self,
        purpose: Purpose,
        parts: &[&str],
    ) -> impl Iterator<Item = [u8; 32]> {
        let data = framed(parts);
        self.0.iter().map(move |keys| {
            let mut hash = [0; 32];
            hash.copy_from_slice(hmac::sign(&keys.mac[purpose as usize], &data).as_ref());
            hash
        })
    }

    /// For each secret, newest first, a key that takes the secret and this value to make.
    pub(super) fn keys_with(
        &self,
        purpose: Purpose,
        value: &[u8],
    ) -> impl Iterator<Item = SealKey> {
        self.0.iter().map(move |keys| {
            let mut key = Zeroizing::new([0; 32]);
            key.copy_from_slice(hmac::sign(&keys.mac[purpose as usize], value).as_ref());
            SealKey::new(&key)
        })
    }

    /// Whether one of the secrets made this tag.
    pub(crate) fn is_tag(&self, purpose: Purpose, value: &[u8], tag: &[u8]) -> bool {
        use subtle::ConstantTimeEq as _;
        self.0.iter().any(|keys| {
            let expected = truncated(&hmac::sign(&keys.mac[purpose as usize], value));
            bool::from(expected[..].ct_eq(tag))
        })
    }
}

impl KeysOfOneSecret {
    fn new(secret: &[u8]) -> Self {
        let extracted = Salt::new(HKDF_SHA256, b"oidc-login").extract(secret);
        let derive = |use_: &[u8], purpose: Purpose| {
            let mut key = Zeroizing::new([0; 32]);
            extracted
                .expand(&[purpose.label(), use_], Bytes32)
                .and_then(|okm| okm.fill(&mut key[..]))
                .expect("32 bytes are within what HKDF-SHA-256 gives");
            key
        };
        Self {
            aead: Purpose::ALL.map(|purpose| SealKey::new(&derive(b"/aead", purpose))),
            mac: Purpose::ALL
                .map(|purpose| hmac::Key::new(hmac::HMAC_SHA256, &derive(b"/mac", purpose)[..])),
        }
    }
}

fn truncated(tag: &hmac::Tag) -> [u8; 16] {
    let mut short = [0; 16];
    short.copy_from_slice(&tag.as_ref()[..16]);
    short
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::seams::SystemRandom;

    fn keys(seeds: &[u8]) -> Keys {
        Keys::new(&SessionSecrets::from_bytes(seeds.iter().map(|seed| vec![*seed; 32])).unwrap())
    }

    fn seal(keys: &Keys) -> String {
        keys.seal(
            Purpose::PendingLogin,
            &["name", "client"],
            b"plain",
            &SystemRandom,
        )
    }

    #[test]
    fn opens_only_for_its_purpose_context_and_key() {
        let sealed = seal(&keys(&[1]));
        let open = |keys: &Keys, purpose, context: &[&str], text: &str| {
            keys.open(purpose, context, text)
                .map(|plain| plain.to_vec())
        };
        let context = ["name", "client"];
        for (name, opened, expected) in [
            (
                "same",
                open(&keys(&[1]), Purpose::PendingLogin, &context, &sealed),
                true,
            ),
            (
                "older secret still opens",
                open(&keys(&[2, 1]), Purpose::PendingLogin, &context, &sealed),
                true,
            ),
            (
                "other secret",
                open(&keys(&[2]), Purpose::PendingLogin, &context, &sealed),
                false,
            ),
            (
                "other purpose",
                open(&keys(&[1]), Purpose::LogoutState, &context, &sealed),
                false,
            ),
            (
                "other cookie",
                open(
                    &keys(&[1]),
                    Purpose::PendingLogin,
                    &["other", "client"],
                    &sealed,
                ),
                false,
            ),
            (
                "moved boundary",
                open(
                    &keys(&[1]),
                    Purpose::PendingLogin,
                    &["namec", "lient"],
                    &sealed,
                ),
                false,
            ),
            (
                "cut",
                open(&keys(&[1]), Purpose::PendingLogin, &context, &sealed[..20]),
                false,
            ),
            (
                "empty",
                open(&keys(&[1]), Purpose::PendingLogin, &context, ""),
                false,
            ),
        ] {
            assert_eq!(opened.is_some(), expected, "{name}");
        }
    }

    #[test]
    fn any_changed_character_fails() {
        let keys = keys(&[1]);
        let sealed = seal(&keys);
        for at in 0..sealed.len() {
            let mut changed = sealed.clone().into_bytes();
            changed[at] = if changed[at] == b'A' { b'B' } else { b'A' };
            let changed = String::from_utf8(changed).unwrap();
            assert!(
                keys.open(Purpose::PendingLogin, &["name", "client"], &changed)
                    .is_none()
            );
        }
    }

    #[test]
    fn two_seals_of_one_value_differ() {
        let keys = keys(&[1]);
        assert_ne!(seal(&keys), seal(&keys));
    }

    #[test]
    fn tags_are_bound_to_purpose_and_key() {
        let tag = keys(&[1]).tag(Purpose::State, b"value");
        assert!(keys(&[2, 1]).is_tag(Purpose::State, b"value", &tag));
        assert!(!keys(&[2]).is_tag(Purpose::State, b"value", &tag));
        assert!(!keys(&[1]).is_tag(Purpose::LogoutState, b"value", &tag));
        assert!(!keys(&[1]).is_tag(Purpose::State, b"other", &tag));
        assert!(!keys(&[1]).is_tag(Purpose::State, b"value", &tag[..8]));
        assert!(!keys(&[1]).is_tag(Purpose::State, b"value", b""));
    }
}
