//! Requests to begin a login: by a link of the app's, and by somebody else.

use bytes::Bytes;
use http::{HeaderMap, Method, Response, StatusCode, header};
use url::{Url, form_urlencoded};

use super::{
    CLIENT_ID,
    app::{ALLOWED, answer, as_query, path, relying_party},
    headers, root_url,
    signer::ISSUER,
};
use crate::{
    config::{Endpoint, ReturnTo},
    protocol::State,
    session::{Found, seal::Purpose},
};

/// What every login asks, once.
const OWN: [&str; 8] = [
    "client_id",
    "code_challenge",
    "code_challenge_method",
    "nonce",
    "redirect_uri",
    "response_type",
    "scope",
    "state",
];

/// A query of anybody's, and a form.
pub fn login_request(data: &[u8]) {
    let query = as_query(data);
    if let Some(response) = answer(Method::GET, Endpoint::Login, &query, b"") {
        assert_leads_to_provider_or_nowhere(&response, &ALLOWED);
    }
    let said: Vec<_> = form_urlencoded::parse(query.as_bytes())
        .into_owned()
        .collect();
    if let Some(response) = answer(Method::GET, Endpoint::Initiate, &query, b"") {
        assert!(is_for_our_provider(&said) || !response.status().is_redirection());
        assert_leads_to_provider_or_nowhere(&response, &["login_hint"]);
    }
    let form: Vec<_> = form_urlencoded::parse(data).into_owned().collect();
    if let Some(response) = answer(Method::POST, Endpoint::Initiate, "", data) {
        assert!(is_for_our_provider(&form) || !response.status().is_redirection());
        assert!(!response.headers().contains_key(header::SET_COOKIE));
        if let Some(location) = location(&response) {
            assert_asks_again(&location, &form);
        }
    }
}

fn is_for_our_provider(said: &[(String, String)]) -> bool {
    let mut issuers = said.iter().filter(|(name, _)| name == "iss");
    issuers.next().is_some_and(|(_, iss)| iss == ISSUER) && issuers.next().is_none()
}

fn location(response: &Response<Bytes>) -> Option<String> {
    let location = response.headers().get(header::LOCATION)?;
    Some(location.to_str().expect("plain characters").to_owned())
}

fn assert_leads_to_provider_or_nowhere(response: &Response<Bytes>, allowed: &[&str]) {
    let Some(location) = location(response) else {
        assert!(!response.status().is_redirection());
        assert!(!response.status().is_success(), "it begins a login, or not");
        return;
    };
    assert_eq!(response.status(), StatusCode::SEE_OTHER);
    let url = Url::parse(&location).expect("a whole URL");
    assert_eq!(url.origin().ascii_serialization(), ISSUER, "{location}");
    assert_eq!(url.path(), "/authorize");
    let pairs: Vec<_> = url.query_pairs().into_owned().collect();
    for own in OWN {
        let found = pairs.iter().filter(|(name, _)| name == own).count();
        assert_eq!(found, 1, "{own} in {location}");
    }
    let others = pairs.iter().map(|(name, _)| name.as_str());
    for name in others.filter(|name| !OWN.contains(name)) {
        assert!(allowed.contains(&name), "{name} in {location}");
    }
    let value = |wanted: &str| {
        let pair = pairs.iter().find(|(name, _)| name == wanted);
        pair.map_or("", |(_, value)| value)
    };
    let callback = format!("{}{}", root_url().origin(), path(Endpoint::Callback));
    assert_eq!(value("client_id"), CLIENT_ID);
    assert_eq!(value("response_type"), "code");
    assert_eq!(value("code_challenge_method"), "S256");
    assert_eq!(value("redirect_uri"), callback);
    assert_comes_back_here(response.headers(), value("state"));
}

/// The cookie that waits for the answer leads to a page of ours.
fn assert_comes_back_here(answered: &HeaderMap, state: &str) {
    let inner = &relying_party().0;
    let is_tag = |body: &[u8], tag: &[u8]| inner.keys.is_tag(Purpose::State, body, tag);
    let state = State::parse(state, is_tag).expect("our own state");
    let lines = answered.get_all(header::SET_COOKIE);
    let pairs = lines.iter().map(|line| {
        assert!(line.len() <= 4_096, "browsers keep no longer ones");
        let pair = line.as_bytes().split(|byte| *byte == b';').next();
        ("cookie", pair.unwrap_or_default())
    });
    let sent = headers(pairs);
    let Found::Pending(pending) = inner.pending_cookies().find(&sent, &state) else {
        panic!("no login waits for the answer");
    };
    let return_to = ReturnTo::parse(&pending.return_to, root_url());
    assert!(return_to.is_ok(), "{:?}", pending.return_to);
}

/// A form is only turned into a query of our own.
fn assert_asks_again(location: &str, form: &[(String, String)]) {
    let (before, query) = location.split_once('?').expect("a query");
    assert_eq!(before, path(Endpoint::Initiate));
    for pair in form_urlencoded::parse(query.as_bytes()).into_owned() {
        assert!(["iss", "login_hint", "target_link_uri"].contains(&&*pair.0));
        assert!(form.contains(&pair), "{pair:?} out of nowhere");
        assert!(pair.1.len() <= 2_048);
    }
}
