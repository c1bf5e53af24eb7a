//! Random bytes.

use aws_lc_rs::rand::{SecureRandom as _, SystemRandom as AwsLcRandom};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};

/// Gives random bytes; tests give theirs in order.
///
/// # Security
/// States, nonces, code verifiers, session ids and AEAD nonces come from here.
pub trait Random: Send + Sync + 'static {
    /// Fills the whole buffer.
    fn fill(&self, buffer: &mut [u8]);
}

/// The operating system's random numbers, through aws-lc-rs.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemRandom;

impl Random for SystemRandom {
    fn fill(&self, buffer: &mut [u8]) {
        AwsLcRandom::new()
            .fill(buffer)
            .expect("the operating system always gives random bytes");
    }
}

/// `N` fresh bytes.
pub(crate) fn fresh_bytes<const N: usize>(random: &dyn Random) -> [u8; N] {
    let mut bytes = [0; N];
    random.fill(&mut bytes);
    bytes
}

/// 32 fresh bytes as base64url text: 43 characters, 256 bits.
pub(crate) fn fresh_token(random: &dyn Random) -> String {
    URL_SAFE_NO_PAD.encode(fresh_bytes::<32>(random))
}
