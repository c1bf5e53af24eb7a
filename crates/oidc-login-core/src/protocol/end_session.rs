//! The logout request (OpenID Connect RP-Initiated Logout 1.0 §2).

use url::Url;

use super::tokens::RawIdToken;

/// Asks the provider to end the user's session there as well.
#[derive(Debug)]
pub(crate) struct EndSessionRequest<'a> {
    /// The provider's end-session endpoint.
    pub(crate) endpoint: &'a Url,
    /// Our client id.
    pub(crate) client_id: &'a str,
    /// The ID token of the login, if it is still known.
    pub(crate) id_token_hint: Option<&'a RawIdToken>,
    /// Where the provider sends the browser afterwards.
    pub(crate) post_logout_redirect_uri: Option<&'a str>,
    /// Comes back with the browser.
    pub(crate) state: Option<&'a str>,
}

impl EndSessionRequest<'_> {
    /// The address the browser is sent to.
    pub(crate) fn url(&self) -> Url {
        let mut url = self.endpoint.clone();
        {
            let mut query = url.query_pairs_mut();
            if let Some(hint) = self.id_token_hint {
                query.append_pair("id_token_hint", hint.secret());
            }
            query.append_pair("client_id", self.client_id);
            if let Some(uri) = self.post_logout_redirect_uri {
                query.append_pair("post_logout_redirect_uri", uri);
            }
            if let Some(state) = self.state {
                query.append_pair("state", state);
            }
        }
        url
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::parameters::Parameters;

    #[test]
    fn every_parameter_is_encoded() {
        let endpoint = Url::parse("https://provider.test/logout?realm=a").unwrap();
        let hint = RawIdToken::new("a.b.c");
        let url = EndSessionRequest {
            endpoint: &endpoint,
            client_id: "an app&more",
            id_token_hint: Some(&hint),
            post_logout_redirect_uri: Some("http://localhost:5000/"),
            state: Some("s"),
        }
        .url();
        let parameters = Parameters::parse(url.query().unwrap().as_bytes());
        for (name, value) in [
            ("realm", "a"),
            ("id_token_hint", "a.b.c"),
            ("client_id", "an app&more"),
            ("post_logout_redirect_uri", "http://localhost:5000/"),
            ("state", "s"),
        ] {
            assert_eq!(parameters.get(name).once(), Some(value), "{name}");
        }
    }
}
