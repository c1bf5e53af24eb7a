//! Whole tokens around hostile claims, and forgeries of them.

use aws_lc_rs::{
    hmac,
    signature::{Ed25519KeyPair, KeyPair as _},
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Value, json};
use time::OffsetDateTime;

use crate::protocol::key_set::KeySet;

pub(super) const ISSUER: &str = "https://provider.test";

const KID: &str = "1";
/// The header of a token whose input names none.
const HEADER: &[u8] = br#"{"alg":"EdDSA","kid":"1"}"#;

/// When every token is looked at, in seconds.
pub(super) const NOW: i64 = 10_000;

pub(super) fn now() -> OffsetDateTime {
    OffsetDateTime::UNIX_EPOCH + time::Duration::seconds(NOW)
}

/// Somebody who signs, with a key that is the same in each run.
pub(super) struct Signer(Ed25519KeyPair);

impl Signer {
    /// The provider.
    pub(super) fn provider() -> Self {
        Self::of(5)
    }

    /// Somebody else, who calls the key by the same name.
    pub(super) fn stranger() -> Self {
        Self::of(6)
    }

    fn of(seed: u8) -> Self {
        let pair = Ed25519KeyPair::from_seed_unchecked(&[seed; 32]);
        Self(pair.expect("any 32 bytes are a seed"))
    }

    /// The public key, as a coordinate.
    pub(super) fn x(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.0.public_key())
    }

    /// The keys it publishes.
    pub(super) fn keys(&self) -> KeySet {
        let key = json!({ "kty": "OKP", "crv": "Ed25519", "kid": KID, "x": self.x() });
        let keys = json!({ "keys": [key] }).to_string();
        KeySet::from_json(keys.as_bytes()).expect("a key set")
    }

    /// A token of exactly this header, or a good one where it is empty, and of these claims.
    pub(super) fn token(&self, header: &[u8], claims: &[u8]) -> String {
        let input = signing_input(header, claims);
        let signature = self.0.sign(input.as_bytes());
        format!("{input}.{}", URL_SAFE_NO_PAD.encode(signature))
    }

    /// The same claims, and every signature but this one's.
    pub(super) fn forgeries(&self, header: &[u8], claims: &[u8]) -> Vec<String> {
        let input = signing_input(header, claims);
        let good = self.0.sign(input.as_bytes());
        let signed = |input: &str, signature: &[u8]| {
            format!("{input}.{}", URL_SAFE_NO_PAD.encode(signature))
        };
        let mut flipped = good.as_ref().to_vec();
        flipped[claims.len() % 64] ^= 1;
        let by_text = |alg: &str| signing_input(alg.as_bytes(), claims);
        let symmetric = by_text(r#"{"alg":"HS256","kid":"1"}"#);
        let public = hmac::Key::new(hmac::HMAC_SHA256, self.0.public_key().as_ref());
        let tag = hmac::sign(&public, symmetric.as_bytes());
        let more = signing_input(header, &[claims, b" "].concat());
        vec![
            Self::stranger().token(header, claims),
            signed(&input, &flipped),
            signed(&input, &[]),
            signed(&input, &good.as_ref()[..63]),
            signed(&symmetric, tag.as_ref()),
            signed(&by_text(r#"{"alg":"none"}"#), &[]),
            signed(&more, good.as_ref()),
        ]
    }
}

fn signing_input(header: &[u8], claims: &[u8]) -> String {
    let header = if header.is_empty() { HEADER } else { header };
    let [header, claims] = [header, claims].map(|part| URL_SAFE_NO_PAD.encode(part));
    format!("{header}.{claims}")
}

/// What another reader of JSON makes of claims that were accepted.
pub(super) fn read(claims: &[u8]) -> Value {
    let claims: Value = serde_json::from_slice(claims).expect("accepted claims are JSON");
    assert!(claims.is_object(), "accepted claims are an object");
    claims
}

/// Whether an audience is the client alone.
pub(super) fn is_for(audience: &Value, client_id: &str) -> bool {
    match audience {
        Value::String(one) => one == client_id,
        Value::Array(all) => !all.is_empty() && all.iter().all(|one| one == client_id),
        _ => false,
    }
}
