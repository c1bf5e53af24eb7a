//! The token request of the code flow (RFC 6749 §4.1.3, RFC 7636 §4.5).

use bytes::Bytes;
use http::Request;
use url::Url;

use super::{
    client_request::{ClientProof, authenticated},
    extra_parameters::ExtraParameters,
    tokens::{Code, CodeVerifier},
};

/// Exchanges a code for tokens.
#[derive(Debug)]
pub(crate) struct TokenRequest<'a> {
    /// The provider's token endpoint.
    pub(crate) endpoint: &'a Url,
    /// Who we are.
    pub(crate) client: ClientProof<'a>,
    /// The code of the answer.
    pub(crate) code: Code,
    /// The redirect URI of the authorization request.
    pub(crate) redirect_uri: &'a str,
    /// The verifier whose challenge was in the authorization request.
    pub(crate) code_verifier: &'a CodeVerifier,
    /// What the app adds.
    pub(crate) extra: &'a ExtraParameters,
}

impl TokenRequest<'_> {
    /// The request to send.
    pub(crate) fn into_http(self) -> Request<Bytes> {
        let own = [
            ("grant_type", "authorization_code"),
            ("code", self.code.secret()),
            ("redirect_uri", self.redirect_uri),
            ("code_verifier", self.code_verifier.secret()),
        ];
        let parameters: Vec<_> = own.into_iter().chain(self.extra.pairs()).collect();
        authenticated(self.endpoint, self.client, &parameters)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;
    use crate::protocol::{client_request::Credential, extra_parameters, parameters::Parameters};

    #[test]
    fn the_form_holds_the_code_and_whoever_sends_it() {
        let mut extra = ExtraParameters::default();
        let token = extra_parameters::Request::Token;
        extra.add(token, "resource", "https://a.test/").unwrap();
        let request = TokenRequest {
            endpoint: &Url::parse("https://provider.test/token").unwrap(),
            client: ClientProof {
                client_id: "flask-app",
                method: "none",
                credential: Credential::None,
            },
            code: Code::new("the code&more"),
            redirect_uri: "http://localhost:5000/auth/callback",
            code_verifier: &CodeVerifier::new("verifier"),
            extra: &extra,
        }
        .into_http();
        let body = Parameters::parse(request.body());
        for (name, value) in [
            ("grant_type", "authorization_code"),
            ("code", "the code&more"),
            ("redirect_uri", "http://localhost:5000/auth/callback"),
            ("code_verifier", "verifier"),
            ("client_id", "flask-app"),
            ("resource", "https://a.test/"),
        ] {
            assert_eq!(body.get(name).once(), Some(value), "{name}");
        }
        assert_eq!(request.headers().get("authorization"), None);
    }
}
