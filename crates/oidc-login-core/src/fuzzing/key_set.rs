//! The provider's keys.

use super::{
    signer::{ISSUER, Signer, now},
    two_parts,
};
use crate::protocol::{
    id_token::{Expected, verify},
    key_set::KeySet,
};

const CLAIMS: &[u8] =
    br#"{"iss":"https://provider.test","sub":"alice","aud":"flask-app","exp":10300,"iat":10000}"#;

/// The first line is the header of a token, the rest a key set.
pub fn key_set(data: &[u8]) {
    let (header, json) = two_parts(data);
    let Ok(keys) = KeySet::from_json(json) else {
        return;
    };
    assert!(keys.keys().len() <= 100);
    let expected = Expected::new(ISSUER, super::CLIENT_ID);
    let is_good = |token: &str| verify(token, &keys, &expected, now()).is_ok();
    let (provider, stranger) = (Signer::provider(), Signer::stranger());
    let set: serde_json::Value = serde_json::from_slice(json).unwrap_or_default();
    let published = set["keys"].as_array().map_or(&[][..], Vec::as_slice);
    for signer in [&provider, &stranger] {
        let is_published = published.iter().any(|key| {
            key["x"]
                .as_str()
                .is_some_and(|x| x.trim_end_matches('=') == signer.x())
        });
        let token = signer.token(header, CLAIMS);
        assert!(
            is_published || !is_good(&token),
            "by a key that is not there"
        );
    }
    // The first is by another key, which may be among these.
    for forged in provider.forgeries(header, CLAIMS).iter().skip(1) {
        assert!(!is_good(forged), "forged");
    }
    for key in keys.keys() {
        let _ = (key.kid(), key.unusable(), format!("{key:?}"));
    }
}
