//! The logout request (OpenID Connect RP-Initiated Logout 1.0 §2).

use url::Url;

use super::tokens::RawIdToken;

/// The longest address that providers read: some take request lines of 4 KB and no more.
pub(crate) const MAX_URL: usize = 4_000;

/// Asks the provider to end the user's session there as well.
#[derive(Clone, Copy, Debug)]
pub(crate) struct EndSessionRequest<'a> {
    /// The provider's end-session endpoint.
    pub(crate) endpoint: &'a Url,
    /// Our client id.
    pub(crate) client_id: &'a str,
    /// The ID token of the login, if it is still known.
    pub(crate) id_token_hint: Option<&'a RawIdToken>,
    /// The user, as the provider knows them.
    pub(crate) logout_hint: Option<&'a str>,
    /// Where the provider sends the browser afterwards.
    pub(crate) post_logout_redirect_uri: Option<&'a str>,
    /// Comes back with the browser.
    pub(crate) state: Option<&'a str>,
    /// More parameters, by the app's configuration.
    pub(crate) extra: &'a [(String, String)],
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
            if let Some(hint) = self.logout_hint {
                query.append_pair("logout_hint", hint);
            }
            if let Some(uri) = self.post_logout_redirect_uri {
                query.append_pair("post_logout_redirect_uri", uri);
            }
            if let Some(state) = self.state {
                query.append_pair("state", state);
            }
            query.extend_pairs(self.extra);
        }
        url
    }

    /// The same without the longest part: the provider then asks its user whether to sign out.
    pub(crate) fn without_id_token(self) -> Self {
        Self {
            id_token_hint: None,
            ..self
        }
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
        let request = EndSessionRequest {
            endpoint: &endpoint,
            client_id: "an app&more",
            id_token_hint: Some(&hint),
            logout_hint: Some("a+b@c"),
            post_logout_redirect_uri: Some("http://localhost:5000/"),
            state: Some("s"),
            extra: &[("ui_locales".to_owned(), "de fr".to_owned())],
        };
        let bare = request.without_id_token().url();
        assert!(!bare.as_str().contains("id_token_hint"), "{bare}");
        let url = request.url();
        let parameters = Parameters::parse(url.query().unwrap().as_bytes());
        for (name, value) in [
            ("realm", "a"),
            ("id_token_hint", "a.b.c"),
            ("client_id", "an app&more"),
            ("post_logout_redirect_uri", "http://localhost:5000/"),
            ("logout_hint", "a+b@c"),
            ("state", "s"),
            ("ui_locales", "de fr"),
        ] {
            assert_eq!(parameters.get(name).once(), Some(value), "{name}");
        }
    }
}
