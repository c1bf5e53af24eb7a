//! Requests that say which client sends them: token, pushed authorization, revocation
//! (RFC 6749 §2.3, OpenID Connect Core §9).

use base64::{Engine as _, engine::general_purpose::STANDARD};
use bytes::Bytes;
use http::{HeaderValue, Method, Request, header};
use url::{Url, form_urlencoded};

use super::{
    client_assertion,
    tokens::{ClientAssertion, ClientSecretText},
};

/// Room for a form without an assertion, in bytes.
const USUAL_FORM: usize = 512;

/// Who sends one request, and the proof of it.
///
/// An assertion in it is taken once, so every request needs a new one.
#[derive(Debug)]
pub(crate) struct ClientProof<'a> {
    /// Our client id.
    pub(crate) client_id: &'a str,
    /// The name of the way this is done, for an error.
    pub(crate) method: &'static str,
    /// What proves it.
    pub(crate) credential: Credential,
}

/// What proves that a client is itself.
#[derive(Debug)]
pub(crate) enum Credential {
    /// Nothing: a public client.
    None,
    /// The secret in the `Authorization` header.
    Basic(ClientSecretText),
    /// The secret in the body.
    Post(ClientSecretText),
    /// A signed token in the body.
    Assertion(ClientAssertion),
}

/// A form with these parameters, and who sends it. `client_id` is added where it belongs into the
/// body and is not there yet.
pub(crate) fn authenticated(
    endpoint: &Url,
    proof: ClientProof<'_>,
    parameters: &[(&str, &str)],
) -> Request<Bytes> {
    let ClientProof {
        client_id,
        credential,
        method: _,
    } = proof;
    let mut form = form_urlencoded::Serializer::new(String::with_capacity(USUAL_FORM));
    form.extend_pairs(parameters);
    let names_client = parameters.iter().any(|(name, _)| *name == "client_id");
    let is_in_header = matches!(credential, Credential::Basic(_));
    if !names_client && !is_in_header {
        form.append_pair("client_id", client_id);
    }
    let mut authorization = None;
    match credential {
        Credential::None => {}
        Credential::Basic(secret) => authorization = Some(basic(client_id, &secret)),
        Credential::Post(secret) => {
            form.append_pair("client_secret", secret.secret());
        }
        Credential::Assertion(assertion) => {
            form.append_pair("client_assertion_type", client_assertion::TYPE)
                .append_pair("client_assertion", assertion.secret());
        }
    }
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
fn basic(client_id: &str, secret: &ClientSecretText) -> HeaderValue {
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
    #![allow(clippy::unwrap_used)]

    use super::*;
    use crate::protocol::parameters::Parameters;

    fn request(client_id: &str, credential: Credential) -> Request<Bytes> {
        let endpoint = Url::parse("https://provider.test/token/").unwrap();
        let proof = ClientProof {
            client_id,
            method: "any",
            credential,
        };
        authenticated(&endpoint, proof, &[("code", "the code&more")])
    }

    fn secret(text: &str) -> ClientSecretText {
        ClientSecretText::new(text)
    }

    #[test]
    fn each_proof_has_its_place() {
        let assertion = || Credential::Assertion(ClientAssertion::new("a.b.c"));
        for (name, credential, in_body) in [
            ("none", Credential::None, vec![("client_id", "app")]),
            ("basic", Credential::Basic(secret("s")), vec![]),
            (
                "post",
                Credential::Post(secret("s&=é")),
                vec![("client_id", "app"), ("client_secret", "s&=é")],
            ),
            (
                "assertion",
                assertion(),
                vec![
                    ("client_id", "app"),
                    (
                        "client_assertion_type",
                        "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
                    ),
                    ("client_assertion", "a.b.c"),
                ],
            ),
        ] {
            let request = request("app", credential);
            let body: Vec<_> = form_urlencoded::parse(request.body()).collect();
            let mut expected = vec![("code", "the code&more")];
            expected.extend(in_body);
            let found: Vec<_> = body.iter().map(|(n, v)| (&**n, &**v)).collect();
            assert_eq!(found, expected, "{name}");
            let headers = request.headers();
            assert_eq!(headers.contains_key("authorization"), name == "basic");
            assert_eq!(headers["content-type"], "application/x-www-form-urlencoded");
            assert_eq!(request.uri(), "https://provider.test/token/", "{name}");
        }
    }

    #[test]
    fn a_client_that_is_named_already_is_not_named_twice() {
        let endpoint = Url::parse("https://provider.test/par").unwrap();
        for credential in [Credential::None, Credential::Post(secret("s"))] {
            let proof = ClientProof {
                client_id: "app",
                method: "any",
                credential,
            };
            let request = authenticated(&endpoint, proof, &[("client_id", "app")]);
            let body = Parameters::parse(request.body());
            assert_eq!(body.get("client_id").once(), Some("app"));
        }
    }

    /// What stands in the header before base64, and what a provider gets that decodes both parts as a
    /// form, and one that decodes nothing.
    #[test]
    fn basic_credentials_are_encoded_as_little_as_possible() {
        for (client_id, secret_text, expected) in [
            ("flask-app", "plain-._~09AZ", "flask-app:plain-._~09AZ"),
            ("flask-app", "}(!]\"\\%", "flask-app:%7D%28%21%5D%22%5C%25"),
            ("a:b", "c:d", "a%3Ab:c%3Ad"),
            ("a+b", "c+d", "a%2Bb:c%2Bd"),
            ("a b", "c d", "a%20b:c%20d"),
            ("é", "ü€", "%C3%A9:%C3%BC%E2%82%AC"),
            ("a", "%7D", "a:%257D"),
            ("a", "\u{1f511}", "a:%F0%9F%94%91"),
            // base64 with + and /, which some providers cannot read
            ("a~", "~~~", "a~:~~~"),
            (
                "https://client.test/?a=b&c",
                "s",
                "https%3A%2F%2Fclient.test%2F%3Fa%3Db%26c:s",
            ),
        ] {
            let request = request(client_id, Credential::Basic(secret(secret_text)));
            let header = &request.headers()["authorization"];
            assert!(header.is_sensitive());
            let encoded = header.to_str().unwrap().strip_prefix("Basic ").unwrap();
            let sent = String::from_utf8(STANDARD.decode(encoded).unwrap()).unwrap();
            assert_eq!(sent, expected);
            let (id, password) = sent.split_once(':').unwrap();
            for (part, whole) in [(id, client_id), (password, secret_text)] {
                let decoded = form_urlencoded::parse(part.as_bytes()).next().unwrap().0;
                assert_eq!(decoded, whole);
            }
        }
    }

    #[test]
    fn nothing_secret_is_printed() {
        for credential in [
            Credential::Basic(secret("s3cret")),
            Credential::Post(secret("s3cret")),
            Credential::Assertion(ClientAssertion::new("s3cret")),
        ] {
            let proof = ClientProof {
                client_id: "app",
                method: "any",
                credential,
            };
            assert!(!format!("{proof:?}").contains("s3cret"));
        }
    }
}
