//! The provider's part in the browser: takes the authorization request, answers with a code.

use aws_lc_rs::digest;
use base64::{
    Engine as _,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use http::header;
use url::Url;

use super::{HostileProvider, Seen};
use crate::world::ISSUER;

/// What a code, and then a refresh token, is good for.
#[derive(Clone)]
pub(super) struct Grant {
    pub(super) user: String,
    pub(super) nonce: Option<String>,
    pub(super) client_id: String,
    redirect_uri: String,
    code_challenge: String,
}

impl HostileProvider {
    /// Signs a user in and builds the URL that the browser is sent back to.
    pub fn answer(&self, authorization_url: &Url, user: &str) -> Url {
        let mut asked = self.asked_for(authorization_url);
        let mut take = |name: &str| {
            let value = asked.remove(name);
            value.unwrap_or_else(|| panic!("no {name} in {authorization_url}"))
        };
        assert_eq!(take("response_type"), "code");
        assert_eq!(take("code_challenge_method"), "S256");
        let (state, redirect_uri) = (take("state"), take("redirect_uri"));
        let grant = Grant {
            user: user.to_owned(),
            nonce: Some(take("nonce")),
            client_id: take("client_id"),
            code_challenge: take("code_challenge"),
            redirect_uri: redirect_uri.clone(),
        };
        let mut provider = self.state();
        let code = format!("code-{}-5d2f8b7ae1", provider.issued.len());
        provider.issued.push(code.clone());
        provider.grants.insert(code.clone(), grant);
        let mut callback = Url::parse(&redirect_uri).expect("a redirect URI");
        callback
            .query_pairs_mut()
            .append_pair("code", &code)
            .append_pair("state", &state)
            .append_pair("iss", ISSUER);
        callback
    }

    /// Builds the URL that the browser is sent back to with an error.
    pub fn refuse(&self, authorization_url: &Url, error: &str, description: &str) -> Url {
        let honest = self.answer(authorization_url, "nobody");
        let mut refused = with_parameter(&honest, "code", None);
        refused
            .query_pairs_mut()
            .append_pair("error", error)
            .append_pair("error_description", description);
        refused
    }
}

/// The URL with another value of a parameter, or without it.
pub fn with_parameter(url: &Url, name: &str, value: Option<&str>) -> Url {
    let pairs: Vec<_> = url
        .query_pairs()
        .into_owned()
        .filter(|(key, _)| key != name)
        .collect();
    let mut changed = url.clone();
    changed
        .query_pairs_mut()
        .clear()
        .extend_pairs(pairs)
        .extend_pairs(value.map(|value| (name, value)));
    changed
}

/// The URL with one parameter more.
pub fn with_another(url: &Url, name: &str, value: &str) -> Url {
    let mut url = url.clone();
    url.query_pairs_mut().append_pair(name, value);
    url
}

/// The value of a parameter.
pub fn parameter(url: &Url, name: &str) -> String {
    let found = url.query_pairs().find(|(key, _)| key == name);
    let (_, value) = found.unwrap_or_else(|| panic!("no {name} in {url}"));
    value.into_owned()
}

impl Grant {
    pub(super) fn fits(&self, request: &Seen) -> bool {
        let said = |name: &str| request.form.get(name).map(String::as_str);
        let verifier = said("code_verifier").unwrap_or_default();
        let challenge = digest::digest(&digest::SHA256, verifier.as_bytes());
        said("grant_type") == Some("authorization_code")
            && said("redirect_uri") == Some(&self.redirect_uri)
            && URL_SAFE_NO_PAD.encode(challenge) == self.code_challenge
            && self.is_of_client(request)
    }

    pub(super) fn is_of_client(&self, request: &Seen) -> bool {
        request.form.get("client_id") == Some(&self.client_id) || self.is_basic_client(request)
    }

    fn is_basic_client(&self, request: &Seen) -> bool {
        let line = request.headers.get(header::AUTHORIZATION);
        let credentials = line
            .and_then(|line| line.to_str().ok()?.strip_prefix("Basic "))
            .and_then(|credentials| STANDARD.decode(credentials).ok());
        let client = format!("{}:", self.client_id);
        credentials.is_some_and(|credentials| credentials.starts_with(client.as_bytes()))
    }
}
