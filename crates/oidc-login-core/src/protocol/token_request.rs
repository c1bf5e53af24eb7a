//! The token request of the code flow (RFC 6749 §4.1.3) and how the client says who it is (§2.3).

use base64::{Engine as _, engine::general_purpose::STANDARD};
use bytes::Bytes;
use http::{HeaderValue, Method, Request, header};
use url::{Url, form_urlencoded};

use super::{
    extra_parameters::ExtraParameters,
    metadata::Metadata,
    tokens::{ClientSecret, Code, CodeVerifier},
};

/// How the client authenticates at the token endpoint (OpenID Connect Core §9).
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum ClientAuthentication {
    /// A public client: no secret, `client_id` in the body.
    None,
    /// The secret in the `Authorization` header, or in the body where the provider lists only that.
    ClientSecret(ClientSecret),
    /// The secret in the `Authorization` header.
    ClientSecretBasic(ClientSecret),
    /// The secret in the body.
    ClientSecretPost(ClientSecret),
}

impl ClientAuthentication {
    /// The way that is left to the provider is chosen; the others stay as they are.
    ///
    /// A list without any way of ours, or no list, means the header (OpenID Connect Discovery §3).
    pub(crate) fn at(&self, metadata: &Metadata) -> Self {
        match self {
            Self::ClientSecret(secret) if metadata.takes_secret_in_body_only => {
                Self::ClientSecretPost(secret.clone())
            }
            Self::ClientSecret(secret) => Self::ClientSecretBasic(secret.clone()),
            stated => stated.clone(),
        }
    }
}

/// Exchanges a code for tokens.
#[derive(Debug)]
pub struct TokenRequest<'a> {
    /// The provider's token endpoint.
    pub endpoint: &'a Url,
    /// Our client id.
    pub client_id: &'a str,
    /// How we authenticate.
    pub authentication: &'a ClientAuthentication,
    /// The code of the answer.
    pub code: Code,
    /// The redirect URI of the authorization request.
    pub redirect_uri: &'a str,
    /// The verifier whose challenge was in the authorization request.
    pub code_verifier: &'a CodeVerifier,
    /// What the app adds.
    pub(crate) extra: &'a ExtraParameters,
}

impl TokenRequest<'_> {
    /// The request to send.
    pub fn to_http(&self) -> Request<Bytes> {
        let mut form = form_urlencoded::Serializer::new(String::new());
        form.append_pair("grant_type", "authorization_code")
            .append_pair("code", self.code.secret())
            .append_pair("redirect_uri", self.redirect_uri)
            .append_pair("code_verifier", self.code_verifier.secret())
            .extend_pairs(self.extra.pairs());
        authenticated(self.endpoint, self.client_id, self.authentication, form)
    }
}

/// A form for the token endpoint, and who sends it.
pub(super) fn authenticated(
    endpoint: &Url,
    client_id: &str,
    authentication: &ClientAuthentication,
    mut form: form_urlencoded::Serializer<'_, String>,
) -> Request<Bytes> {
    let authorization = match authentication {
        ClientAuthentication::None => {
            form.append_pair("client_id", client_id);
            None
        }
        ClientAuthentication::ClientSecretPost(secret) => {
            form.append_pair("client_id", client_id)
                .append_pair("client_secret", secret.secret());
            None
        }
        ClientAuthentication::ClientSecret(secret)
        | ClientAuthentication::ClientSecretBasic(secret) => Some(basic(client_id, secret)),
    };
    let mut request = Request::new(Bytes::from(form.finish()));
    *request.method_mut() = Method::POST;
    *request.uri_mut() = endpoint.as_str().parse().expect("an http URL is a URI");
    let headers = request.headers_mut();
    headers.insert(header::ACCEPT, HeaderValue::from_static("application/json"));
    headers.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("application/x-www-form-urlencoded"),
    );
    if let Some(authorization) = authorization {
        headers.insert(header::AUTHORIZATION, authorization);
    }
    request
}

/// `Basic` credentials, both parts form-encoded first (RFC 6749 §2.3.1).
fn basic(client_id: &str, secret: &ClientSecret) -> HeaderValue {
    let credentials = format!("{}:{}", encode(client_id), encode(secret.secret()));
    let mut value = HeaderValue::try_from(format!("Basic {}", STANDARD.encode(credentials)))
        .expect("base64 is a header value");
    value.set_sensitive(true);
    value
}

/// Form encoding that leaves `A–Z a–z 0–9 - . _ ~` as they are and a space as `%20`: providers
/// that decode understand it, and those that do not see most secrets unchanged.
fn encode(text: &str) -> String {
    use std::fmt::Write as _;
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            let _ = write!(encoded, "%{byte:02X}");
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::{extra_parameters, parameters::Parameters};

    fn request(authentication: &ClientAuthentication) -> Request<Bytes> {
        let mut extra = ExtraParameters::default();
        let token = extra_parameters::Request::Token;
        extra.add(token, "resource", "https://a.test/").unwrap();
        TokenRequest {
            endpoint: &Url::parse("https://provider.test/token").unwrap(),
            client_id: "flask-app",
            authentication,
            code: Code::new("the code&more"),
            redirect_uri: "http://localhost:5000/auth/callback",
            code_verifier: &CodeVerifier::new("verifier"),
            extra: &extra,
        }
        .to_http()
    }

    fn header<'a>(request: &'a Request<Bytes>, name: &str) -> Option<&'a str> {
        request
            .headers()
            .get(name)
            .map(|value| value.to_str().unwrap())
    }

    #[test]
    fn a_public_client_names_itself_in_the_body() {
        let request = request(&ClientAuthentication::None);
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
        assert_eq!(header(&request, "authorization"), None);
        assert_eq!(
            header(&request, "content-type"),
            Some("application/x-www-form-urlencoded")
        );
    }

    #[test]
    fn basic_credentials_are_encoded_and_stay_out_of_the_body() {
        let secret = ClientSecret::new("s:e c~r-é");
        let request = request(&ClientAuthentication::ClientSecretBasic(secret));
        let expected = format!("Basic {}", STANDARD.encode("flask-app:s%3Ae%20c~r-%C3%A9"));
        assert_eq!(header(&request, "authorization"), Some(expected.as_str()));
        let body = Parameters::parse(request.body());
        assert_eq!(body.get("client_id").once(), None);
        assert_eq!(body.get("client_secret").once(), None);
    }

    #[test]
    fn post_credentials_stand_in_the_body() {
        let secret = ClientSecret::new("s&=é");
        let request = request(&ClientAuthentication::ClientSecretPost(secret));
        let body = Parameters::parse(request.body());
        assert_eq!(body.get("client_secret").once(), Some("s&=é"));
        assert_eq!(header(&request, "authorization"), None);
    }
}
