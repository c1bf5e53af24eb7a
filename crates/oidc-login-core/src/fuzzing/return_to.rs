//! Where the browser wants to go after login.

use http::HeaderValue;
use url::Url;

use super::root_url;
use crate::config::ReturnTo;

/// Any text: what is accepted stays on our origin, wherever it is written.
pub fn return_to(text: &[u8]) {
    let Ok(text) = std::str::from_utf8(text) else {
        return;
    };
    let Ok(accepted) = ReturnTo::parse(text, root_url()) else {
        return;
    };
    let target = accepted.as_str();
    assert!(target.starts_with('/') && target.len() <= ReturnTo::MAX_LENGTH);
    assert!(target.is_ascii() && HeaderValue::from_str(target).is_ok());
    let origin = root_url().origin();
    for base in ["/", "/auth/callback?a=b", "/base/deeper/", "//x/"] {
        let base = Url::parse(&format!("{origin}{base}")).expect("a URL");
        let there = base.join(target).expect("a URL");
        assert_eq!(there.origin().ascii_serialization(), origin, "{target:?}");
    }
    let again = ReturnTo::parse(target, root_url());
    assert_eq!(again.as_ref(), Ok(&accepted), "read again, it is the same");
}
