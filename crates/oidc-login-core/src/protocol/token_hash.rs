//! `at_hash` and its relatives: what ties another token to an ID token.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use subtle::ConstantTimeEq as _;

use crate::protocol::signing_algorithm::SigningAlgorithm;

/// Whether the claim is the [left half of the hash] of the value, by the hash of the ID token's own
/// algorithm.
///
/// [left half of the hash]: https://openid.net/specs/openid-connect-core-1_0.html#CodeIDToken
pub(crate) fn matches(claim: &str, value: &str, algorithm: SigningAlgorithm) -> bool {
    let digest = algorithm.digest(value.as_bytes());
    let half = &digest.as_ref()[..digest.as_ref().len() / 2];
    URL_SAFE_NO_PAD
        .encode(half)
        .as_bytes()
        .ct_eq(claim.as_bytes())
        .into()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The first two are the examples of OIDC Core, appendix A.3 and A.4; the others were computed
    /// with OpenSSL.
    #[test]
    fn the_left_half_of_the_hash_matches() {
        use SigningAlgorithm::{EdDsa, Es384, Ps256, Ps512, Rs256, Rs384};

        const TOKEN: &str = "jHkWEdUXMU1BwAsC4vtUsZwnNvTIxEl0z9K3vx5KF0Y";
        const SHA_256: &str = "77QmUPtjPfzWtF2AnpK9RQ";
        let cases = [
            ("at_hash of the specification", SHA_256, TOKEN, Rs256, true),
            (
                "c_hash of the specification",
                "LDktKdoQak3Pk0cnXxCltA",
                "Qcb0Orv1zh30vL1MPRsbm-diHiMwcLyZvn1arpZv-Jxf_11jnpEX3Tgfvk",
                Rs256,
                true,
            ),
            (
                "the same hash, other algorithm",
                SHA_256,
                TOKEN,
                Ps256,
                true,
            ),
            ("hash of another size", SHA_256, TOKEN, Rs384, false),
            ("another token", SHA_256, "other", Rs256, false),
            ("nothing", "", TOKEN, Rs256, false),
            ("too short", &SHA_256[..21], TOKEN, Rs256, false),
            ("too long", "77QmUPtjPfzWtF2AnpK9RQA", TOKEN, Rs256, false),
            ("padded", "77QmUPtjPfzWtF2AnpK9RQ==", TOKEN, Rs256, false),
            ("SHA-384", SHA_384, TOKEN, Es384, true),
            ("SHA-512", SHA_512, TOKEN, Ps512, true),
            ("Ed25519", SHA_512, TOKEN, EdDsa, true),
        ];
        for (name, claim, token, algorithm, expected) in cases {
            assert_eq!(matches(claim, token, algorithm), expected, "{name}");
        }
    }

    const SHA_384: &str = "jtAeDp945y1dDqU3nkIVGNZP1HjH_MFs";
    const SHA_512: &str = "q7nS86GgvvFaZkzALLWqJYaJIKw2wCDAVfCAsm5CrBM";
}
