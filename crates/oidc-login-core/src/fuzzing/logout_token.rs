//! The claims of a logout token.

use super::{
    CLIENT_ID,
    signer::{ISSUER, Signer, is_for, now, read},
    two_parts,
};
use crate::protocol::{
    logout_token::{Expected, verify},
    signing_algorithm::{AllowedAlgorithms, SigningAlgorithm},
};

const EVENT: &str = "http://schemas.openid.net/event/backchannel-logout";

/// The first line is the header of a token, the rest its claims; the provider signs both.
pub fn logout_token(data: &[u8]) {
    let (header, claims) = two_parts(data);
    let provider = Signer::provider();
    let keys = provider.keys();
    let by = |algorithm| {
        let algorithms = AllowedAlgorithms::from_iter([algorithm]);
        Expected::new(ISSUER, CLIENT_ID, algorithms)
    };
    let expected = by(SigningAlgorithm::EdDsa);
    let token = provider.token(header, claims);
    if let Ok(verified) = verify(&token, &keys, &expected, now()) {
        assert_ends_sessions(claims);
        let claims = read(claims);
        assert_eq!(claims["jti"].as_str(), Some(verified.id.as_str()));
        assert_eq!(claims["sid"].as_str(), verified.sid.as_deref());
        assert_eq!(claims["sub"].as_str(), verified.subject.as_deref());
        assert!(verified.sid.is_some() || verified.subject.is_some());
        assert!(verified.expires_at > now(), "it is remembered for a while");
        assert!(verified.expires_at <= now() + time::Duration::seconds(3600 + 120));
    }
    let other = verify(&token, &keys, &by(SigningAlgorithm::Rs256), now());
    assert!(other.is_err(), "another algorithm than the registered one");
    for forged in provider.forgeries(header, claims) {
        assert!(verify(&forged, &keys, &expected, now()).is_err(), "forged");
    }
    let raw = String::from_utf8_lossy(data);
    assert!(verify(&raw, &keys, &expected, now()).is_err(), "unsigned");
}

fn assert_ends_sessions(claims: &[u8]) {
    let claims = read(claims);
    assert_eq!(claims["iss"], ISSUER);
    assert!(is_for(&claims["aud"], CLIENT_ID));
    assert!(claims["events"][EVENT].is_object());
    assert!(claims.get("nonce").is_none(), "that is an ID token");
    let seconds = |name: &str| claims[name].as_f64().expect("a number");
    assert!(seconds("exp") + 60.0 > 10_000.0, "it has not ended");
    let age = 10_000.0 - seconds("iat");
    assert!((-60.0..=3660.0).contains(&age), "{age} s old");
}
