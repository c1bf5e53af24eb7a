//! What a sign-in link carries: parameters of a login, sealed.

use url::form_urlencoded;

use super::{CLIENT_ID, Same, broken, keys, root_url, signer::NOW, two_parts};
use crate::{
    protocol::{
        LoginParameters,
        extra_parameters::{Request, check_name},
    },
    session::{LoginLinks, SessionSecrets, seal::Keys},
};

/// The first line is a link's seal, or bytes to break our own with; the rest parameters as a query.
pub fn login_link(data: &[u8]) {
    let (first, query) = two_parts(data);
    let (keys, unused) = (keys(), keys_that_seal_nothing());
    let by = |keys| LoginLinks {
        keys,
        client_id: CLIENT_ID,
        root_origin: root_url().origin(),
    };
    let links = by(&keys);
    let forged = String::from_utf8_lossy(first);
    let opened = by(&unused).open(&forged, NOW);
    assert!(opened.is_none(), "nobody else can make one");

    let mut asked = LoginParameters::default();
    for (name, value) in form_urlencoded::parse(query) {
        if asked.add(Request::Authorization, &name, &value).is_ok() {
            assert!(check_name(Request::Authorization, &name).is_ok());
            assert!(asked.authorization_parameter(&name).is_some());
        }
    }
    for name in [
        "client_id",
        "state",
        "nonce",
        "redirect_uri",
        "scope",
        "request",
    ] {
        assert!(asked.authorization_parameter(name).is_none(), "{name}");
    }
    let _ = asked.demands();

    let sealed = links.seal(&asked, NOW, &Same(3));
    assert_eq!(
        links.open(&sealed, NOW).as_ref(),
        Some(&asked),
        "our own opens"
    );
    for too_late in [NOW + 3600, NOW - 61, 0] {
        assert!(links.open(&sealed, too_late).is_none(), "at {too_late}");
    }
    let changed = broken(sealed.as_bytes(), first);
    if changed != sealed.as_bytes() {
        let changed = String::from_utf8_lossy(&changed);
        assert!(links.open(&changed, NOW).is_none(), "a change goes unseen");
    }
    if let Some(read) = LoginParameters::from_bytes(query) {
        let again = LoginParameters::from_bytes(&read.to_bytes());
        assert_eq!(again, Some(read), "read again, it is the same");
    }
}

/// A fuzzer that watches comparisons learns what our own keys sealed here.
fn keys_that_seal_nothing() -> Keys {
    let secrets = SessionSecrets::from_bytes([[9; 32]]);
    Keys::new(&secrets.expect("a secret of 32 bytes"))
}
