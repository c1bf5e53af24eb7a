//! Key material: from the members of a JWK to keys that verify.

use aws_lc_rs::signature::{
    self, EcdsaVerificationAlgorithm, ParsedPublicKey, RsaParameters, RsaPublicKeyComponents,
};
use base64::Engine as _;
use base64::alphabet::URL_SAFE;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use serde_json::{Map, Value};

use crate::protocol::jwk::UnusableKey;
use crate::protocol::signing_algorithm::SigningAlgorithm;

/// A key made ready for one algorithm.
pub(super) type Verifier = (SigningAlgorithm, ParsedPublicKey);

/// Some providers pad the numbers of their keys, which says nothing else about the key.
const NUMBER: GeneralPurpose = GeneralPurpose::new(
    &URL_SAFE,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// Prepares a key of [RFC 7518 §6] for the algorithms it may be used with: for `only`, or for all
/// of its type.
///
/// [RFC 7518 §6]: https://www.rfc-editor.org/rfc/rfc7518.html#section-6
pub(super) fn prepare(
    jwk: &Map<String, Value>,
    only: Option<SigningAlgorithm>,
) -> Result<Vec<Verifier>, UnusableKey> {
    let member = |name| jwk.get(name).and_then(Value::as_str);
    let verifiers = match (member("kty"), member("crv")) {
        (Some("RSA"), _) => rsa(jwk)?,
        (Some("EC"), Some("P-256")) => elliptic(
            jwk,
            SigningAlgorithm::Es256,
            &signature::ECDSA_P256_SHA256_FIXED,
            32,
        )?,
        (Some("EC"), Some("P-384")) => elliptic(
            jwk,
            SigningAlgorithm::Es384,
            &signature::ECDSA_P384_SHA384_FIXED,
            48,
        )?,
        (Some("EC"), Some("P-521")) => elliptic(
            jwk,
            SigningAlgorithm::Es512,
            &signature::ECDSA_P521_SHA512_FIXED,
            66,
        )?,
        (Some("OKP"), Some("Ed25519")) => ed25519(jwk)?,
        _ => return Err(UnusableKey::UnknownType),
    };
    let fits = |(algorithm, _): &Verifier| only.is_none_or(|only| only == *algorithm);
    let verifiers: Vec<_> = verifiers.into_iter().filter(fits).collect();
    if verifiers.is_empty() {
        Err(UnusableKey::NotForSignatures)
    } else {
        Ok(verifiers)
    }
}

const RSA: [(SigningAlgorithm, &RsaParameters); 6] = [
    (
        SigningAlgorithm::Rs256,
        &signature::RSA_PKCS1_2048_8192_SHA256,
    ),
    (
        SigningAlgorithm::Rs384,
        &signature::RSA_PKCS1_2048_8192_SHA384,
    ),
    (
        SigningAlgorithm::Rs512,
        &signature::RSA_PKCS1_2048_8192_SHA512,
    ),
    (
        SigningAlgorithm::Ps256,
        &signature::RSA_PSS_2048_8192_SHA256,
    ),
    (
        SigningAlgorithm::Ps384,
        &signature::RSA_PSS_2048_8192_SHA384,
    ),
    (
        SigningAlgorithm::Ps512,
        &signature::RSA_PSS_2048_8192_SHA512,
    ),
];

fn rsa(jwk: &Map<String, Value>) -> Result<Vec<Verifier>, UnusableKey> {
    let (modulus, exponent) = (number(jwk, "n")?, number(jwk, "e")?);
    let (n, e) = (without_zeros(&modulus), without_zeros(&exponent));
    let bits = n
        .first()
        .map_or(0, |first| n.len() * 8 - first.leading_zeros() as usize);
    if !(2048..=8192).contains(&bits) {
        return Err(UnusableKey::RsaSize { bits });
    }
    if matches!(e, [] | [1]) || e.last().is_some_and(|last| last % 2 == 0) {
        return Err(UnusableKey::Malformed);
    }
    let parse = |(algorithm, parameters)| {
        Ok((
            algorithm,
            RsaPublicKeyComponents { n, e }.to_parsed_public_key(parameters)?,
        ))
    };
    let parsed: Result<_, aws_lc_rs::error::KeyRejected> = RSA.into_iter().map(parse).collect();
    parsed.map_err(|_| UnusableKey::Malformed)
}

fn elliptic(
    jwk: &Map<String, Value>,
    algorithm: SigningAlgorithm,
    parameters: &'static EcdsaVerificationAlgorithm,
    size: usize,
) -> Result<Vec<Verifier>, UnusableKey> {
    const UNCOMPRESSED: u8 = 4;
    let mut point = vec![UNCOMPRESSED];
    for name in ["x", "y"] {
        let coordinate = number(jwk, name)?;
        let coordinate = without_zeros(&coordinate);
        let missing = size
            .checked_sub(coordinate.len())
            .ok_or(UnusableKey::Malformed)?;
        point.extend(std::iter::repeat_n(0, missing));
        point.extend(coordinate);
    }
    let key = ParsedPublicKey::new(parameters, point).map_err(|_| UnusableKey::Malformed)?;
    Ok(vec![(algorithm, key)])
}

fn ed25519(jwk: &Map<String, Value>) -> Result<Vec<Verifier>, UnusableKey> {
    let bytes = number(jwk, "x")?;
    if bytes.len() != 32 {
        return Err(UnusableKey::Malformed);
    }
    let key =
        ParsedPublicKey::new(&signature::ED25519, bytes).map_err(|_| UnusableKey::Malformed)?;
    Ok(vec![(SigningAlgorithm::EdDsa, key)])
}

fn number(jwk: &Map<String, Value>, name: &str) -> Result<Vec<u8>, UnusableKey> {
    let text = jwk
        .get(name)
        .and_then(Value::as_str)
        .ok_or(UnusableKey::Malformed)?;
    NUMBER.decode(text).map_err(|_| UnusableKey::Malformed)
}

/// Numbers are written with a leading zero byte by some providers and without the ones they need by
/// others.
fn without_zeros(bytes: &[u8]) -> &[u8] {
    let zeros = bytes.iter().take_while(|byte| **byte == 0).count();
    &bytes[zeros..]
}
