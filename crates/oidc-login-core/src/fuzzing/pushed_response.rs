//! The answer to a pushed authorization request.

use url::Url;

use super::{CLIENT_ID, answered, json, two_parts};
use crate::protocol::pushed_authorization_request::RequestUri;

/// The first line is a status, the rest the body.
pub fn pushed_response(data: &[u8]) {
    let (status, body) = two_parts(data);
    let Some(response) = answered(status, body) else {
        return;
    };
    let Ok(request_uri) = RequestUri::parse(&response) else {
        return;
    };
    assert_eq!(response.status(), 201);
    let endpoint = Url::parse("https://provider.test/authorize?tenant=a").expect("a URL");
    let url = request_uri.authorization_url(&endpoint, CLIENT_ID);
    assert_eq!(url.origin(), endpoint.origin());
    assert_eq!((url.path(), url.fragment()), ("/authorize", None));
    assert!(url.as_str().is_ascii());
    let body = json(body);
    let said = body["request_uri"].as_str().expect("a text");
    let pairs: Vec<_> = url.query_pairs().into_owned().collect();
    let expected = [
        ("tenant", "a"),
        ("client_id", CLIENT_ID),
        ("request_uri", said),
    ];
    let expected = expected.map(|(name, value)| (name.to_owned(), value.to_owned()));
    assert_eq!(pairs, expected, "the browser takes nothing else along");
}
