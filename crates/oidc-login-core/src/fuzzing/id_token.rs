//! The claims of an ID token, at a login and at a refresh.

use super::{
    CLIENT_ID,
    signer::{ISSUER, NOW, Signer, is_for, now, read},
    two_parts,
};
use crate::protocol::{
    exact_claims::ExactClaims,
    id_token::{Expected, Original, verify},
};

const NONCE: &str = "n";
/// The claims of the login that a refresh renews.
const LOGIN: &str = r#"{"iss":"https://provider.test","sub":"alice","aud":"flask-app","auth_time":9000,"nonce":"n"}"#;

/// The first line is the header of a token, the rest its claims; the provider signs both.
pub fn id_token(data: &[u8]) {
    let (header, claims) = two_parts(data);
    let (provider, login) = (Signer::provider(), read(LOGIN.as_bytes()));
    let keys = provider.keys();
    let at_login = Expected {
        nonce: Some(NONCE),
        ..Expected::new(ISSUER, CLIENT_ID)
    };
    let at_refresh = Expected {
        refreshes: login.as_object().map(Original::new),
        ..Expected::new(ISSUER, CLIENT_ID)
    };
    for expected in [at_login, at_refresh] {
        let token = provider.token(header, claims);
        if let Ok(verified) = verify(&token, &keys, &expected, now()) {
            assert_eq!(verified.claims_json().as_bytes(), claims);
            assert_is_this_login(claims, verified.subject(), expected.refreshes.is_some());
            let _ = (verified.sid(), verified.acr(), verified.amr());
        }
        for forged in provider.forgeries(header, claims) {
            assert!(verify(&forged, &keys, &expected, now()).is_err(), "forged");
        }
        let raw = String::from_utf8_lossy(data);
        assert!(verify(&raw, &keys, &expected, now()).is_err(), "unsigned");
    }
}

fn assert_is_this_login(json: &[u8], subject: &str, is_refreshed: bool) {
    let claims = read(json);
    assert_eq!(claims["iss"], ISSUER);
    assert_eq!(claims["sub"], subject);
    assert!(is_for(&claims["aud"], CLIENT_ID));
    let azp = &claims["azp"];
    assert!(azp.is_null() || azp == CLIENT_ID);
    let seconds = |name: &str| claims[name].as_f64().expect("a number");
    assert!(seconds("exp") + 60.0 > 10_000.0, "it has not ended");
    assert!(seconds("iat") - 60.0 <= 10_000.0, "it is no later one's");
    assert_eq!(NOW, 10_000);
    if !is_refreshed {
        assert_eq!(claims["nonce"], NONCE);
        return;
    }
    assert_eq!(subject, "alice");
    assert!(claims["nonce"].is_null() || claims["nonce"] == NONCE);
    let auth_time = &claims["auth_time"];
    assert!(auth_time.is_null() || auth_time.as_f64().expect("a number") >= 9000.0);
    let text = std::str::from_utf8(json).expect("JSON is text");
    let [before, after] = [LOGIN, text].map(|json| ExactClaims::parse(json).expect("an object"));
    let renewed = read(after.refreshing(before).to_json().as_bytes());
    for claim in ["iss", "sub", "aud"] {
        assert_eq!(renewed[claim], claims[claim], "{claim}");
    }
    for claim in ["acr", "amr", "auth_time", "nonce", "sid"] {
        assert_eq!(renewed[claim], read(LOGIN.as_bytes())[claim], "{claim}");
    }
}
