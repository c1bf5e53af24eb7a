//! One key, and how everything of ours is sealed with it: AES-256-GCM-SIV.

use aws_lc_rs::aead::{AES_256_GCM_SIV, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use zeroize::Zeroizing;

use crate::seams::{Random, fresh_bytes};

/// How parts that are bound to something sealed, or hashed, are put together.
const FRAMING: u8 = 1;
const TAG_LEN: usize = 16;

/// A key that seals and opens.
pub(super) struct SealKey(LessSafeKey);

impl SealKey {
    pub(super) fn new(key: &[u8; 32]) -> Self {
        let key = UnboundKey::new(&AES_256_GCM_SIV, key);
        Self(LessSafeKey::new(key.expect("an AES-256 key is 32 bytes")))
    }

    /// The version, a nonce, and what is sealed; `context` must be the same when it is opened.
    pub(super) fn seal(
        &self,
        version: u8,
        context: &[impl AsRef<[u8]>],
        plain: &[u8],
        random: &dyn Random,
    ) -> Vec<u8> {
        let nonce = fresh_bytes::<NONCE_LEN>(random);
        let mut sealed = Vec::with_capacity(1 + NONCE_LEN + plain.len() + TAG_LEN);
        sealed.push(version);
        sealed.extend_from_slice(&nonce);
        sealed.extend_from_slice(plain);
        let tag = self
            .0
            .seal_in_place_separate_tag(
                Nonce::assume_unique_for_key(nonce),
                Aad::from(framed(context)),
                &mut sealed[1 + NONCE_LEN..],
            )
            .expect("what is sealed here is far below the cipher's limit");
        sealed.extend_from_slice(tag.as_ref());
        sealed
    }

    /// Opens what was sealed with this key, version and context.
    pub(super) fn open(
        &self,
        version: u8,
        context: &[impl AsRef<[u8]>],
        sealed: &[u8],
    ) -> Option<Zeroizing<Vec<u8>>> {
        let (_, rest) = sealed
            .split_first()
            .filter(|(first, _)| **first == version)?;
        let (nonce, encrypted) = rest.split_at_checked(NONCE_LEN)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).ok()?;
        let mut plain = Zeroizing::new(encrypted.to_vec());
        let opened = self
            .0
            .open_in_place(nonce, Aad::from(framed(context)), &mut plain);
        let length = opened.ok()?.len();
        plain.truncate(length);
        Some(plain)
    }
}

/// The parts with their lengths, so that no two lists of parts make the same bytes.
pub(super) fn framed(parts: &[impl AsRef<[u8]>]) -> Vec<u8> {
    let framing = size_of::<u64>() * parts.len() + 1;
    let length: usize = parts.iter().map(|part| part.as_ref().len()).sum();
    let mut data = Vec::with_capacity(framing + length);
    data.push(FRAMING);
    for part in parts.iter().map(AsRef::as_ref) {
        data.extend_from_slice(&(part.len() as u64).to_be_bytes());
        data.extend_from_slice(part);
    }
    data
}
