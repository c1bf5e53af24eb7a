//! The query that the provider's sign-out page frames us with.

use http::{Method, StatusCode, header};
use url::form_urlencoded;

use super::{
    app::{answer, as_query},
    signer::ISSUER,
};
use crate::config::Endpoint;

/// A query of anybody's.
pub fn frontchannel_logout(data: &[u8]) {
    let query = as_query(data);
    let Some(response) = answer(Method::GET, Endpoint::FrontchannelLogout, &query, b"") else {
        return;
    };
    let said: Vec<_> = form_urlencoded::parse(query.as_bytes()).collect();
    let once = |wanted: &str| {
        let mut values = said.iter().filter(|(name, _)| name == wanted);
        let value = values.next().map(|(_, value)| value.as_ref());
        value.filter(|value| !value.is_empty() && values.next().is_none())
    };
    let is_named = once("iss") == Some(ISSUER) && once("sid").is_some();
    let headers = response.headers();
    assert!(!headers.contains_key(header::SET_COOKIE));
    let policy = headers.get(header::CONTENT_SECURITY_POLICY);
    let policy = policy.and_then(|policy| policy.to_str().ok());
    let policy = policy.expect("a policy of plain characters");
    if is_named {
        assert_eq!(
            response.status(),
            StatusCode::OK,
            "whether it was there or not"
        );
        assert!(
            policy.ends_with(&format!("frame-ancestors {ISSUER}")),
            "{policy}"
        );
    } else {
        assert_eq!(response.status(), StatusCode::BAD_REQUEST);
        assert!(policy.contains("frame-ancestors 'none'"), "{policy}");
    }
}
