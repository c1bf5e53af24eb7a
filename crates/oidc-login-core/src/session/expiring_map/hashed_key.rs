//! Keys that are hashes already, and so need no more than a stir.

use std::hash::{BuildHasher as _, RandomState};

use crate::{protocol::StateHash, session::id::SessionKey};

/// A key that is as good as random, so that 64 bits of it stand for all.
///
/// # Security
/// Who chooses what is hashed can look for keys that share some bits, and fill one shard or one
/// chain of a table with them. The bits are therefore stirred with numbers that only this process
/// knows: without them nobody can tell which keys will meet. Keys that share all 64 bits meet in
/// any case; a pair of those takes some 2^32 tries, and enough of them to be felt far more than
/// filling the map.
pub(crate) trait HashedKey: Copy + Eq {
    /// Any 64 bits of it.
    fn bits(&self) -> u64;
}

/// Random numbers of one map.
#[derive(Clone, Copy)]
pub(super) struct Seeds {
    added: u64,
    factor: u64,
}

impl Seeds {
    pub(super) fn random() -> Self {
        let random = RandomState::new();
        Self {
            added: random.hash_one(0),
            factor: random.hash_one(1) | 1,
        }
    }

    /// Every bit of it depends on all bits of the key. Once folded, keys in a row would still lie in a
    /// row, and under an unlucky factor many of them in one shard.
    pub(super) fn hash(self, key: &impl HashedKey) -> u64 {
        let once = folded(key.bits() ^ self.added, self.factor);
        folded(once ^ self.added, self.factor)
    }
}

/// The low half of a product would not depend on the high bits of what is multiplied.
#[allow(clippy::cast_possible_truncation)] // both halves are used
fn folded(bits: u64, factor: u64) -> u64 {
    let product = u128::from(bits) * u128::from(factor);
    product as u64 ^ (product >> 64) as u64
}

fn first(bytes: &[u8; 32]) -> u64 {
    let mut bits = [0; 8];
    bits.copy_from_slice(&bytes[..8]);
    u64::from_ne_bytes(bits)
}

impl HashedKey for SessionKey {
    fn bits(&self) -> u64 {
        first(self.as_bytes())
    }
}

impl HashedKey for StateHash {
    fn bits(&self) -> u64 {
        first(self.as_bytes())
    }
}

/// A key of the index.
impl HashedKey for [u8; 32] {
    fn bits(&self) -> u64 {
        first(self)
    }
}

/// The id of an app's values, which is random.
impl HashedKey for i128 {
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // any bits do
    fn bits(&self) -> u64 {
        *self as u64
    }
}
