//! Client authentication of a request (OpenID Connect Core §9).

use aws_lc_rs::constant_time::verify_slices_are_equal;
use base64::{Engine, engine::general_purpose::STANDARD};
use http::{HeaderMap, header::AUTHORIZATION};
use url::form_urlencoded;

use crate::{
    client::{ClientAuthentication, RegisteredClient},
    client_assertion::PresentedAssertion,
    oauth_error::OAuthError,
    params::Params,
    provider::Provider,
};

/// Which client sends this request, proven as it must be, [RFC 6749 §2.3](https://www.rfc-editor.org/rfc/rfc6749#section-2.3).
pub(crate) fn authenticate<'p>(
    provider: &'p Provider,
    headers: &HeaderMap,
    form: &Params,
) -> Result<&'p RegisteredClient, OAuthError> {
    let header = headers.get(AUTHORIZATION).is_some();
    let refused = |description| Err(OAuthError::invalid_client(description, header));
    let presented = Presented::read(headers, form)?;
    let Some(client) = provider.settings.clients.get(&presented.client_id) else {
        return refused("the client is unknown");
    };
    let is_public = client.settings.secret.is_none() && client.jwks.is_none();
    let method = match (&presented.proof, is_public) {
        (Proof::None, true) => return Ok(client),
        (_, true) => {
            return refused(
                "this is a public client: it has no secret and sends only its client_id",
            );
        }
        (Proof::None, false) => {
            return refused("this is a confidential client: its secret is missing");
        }
        (Proof::Secret(_, method), false) => *method,
        (Proof::Assertion(_), false) if client.jwks.is_some() => {
            ClientAuthentication::PrivateKeyJwt
        }
        (Proof::Assertion(_), false) => ClientAuthentication::SecretJwt,
    };
    if let Some(only) = client.settings.authentication
        && only != method
    {
        return refused(match only {
            ClientAuthentication::SecretBasic => "this client must use client_secret_basic",
            ClientAuthentication::SecretPost => "this client must use client_secret_post",
            ClientAuthentication::SecretJwt => "this client must use client_secret_jwt",
            ClientAuthentication::PrivateKeyJwt => "this client must use private_key_jwt",
        });
    }
    let proven = match &presented.proof {
        Proof::None => Ok(()),
        Proof::Secret(secret, _) => is_secret_of(client, secret),
        Proof::Assertion(assertion) => assertion.verify(provider, client),
    };
    proven.map_or_else(refused, |()| Ok(client))
}

fn is_secret_of(client: &RegisteredClient, secret: &str) -> Result<(), &'static str> {
    let expected = client.settings.secret.as_deref();
    let equal = expected.is_some_and(|expected| {
        verify_slices_are_equal(expected.as_bytes(), secret.as_bytes()).is_ok()
    });
    equal.then_some(()).ok_or("the client secret is wrong")
}

struct Presented<'f> {
    client_id: String,
    proof: Proof<'f>,
}

enum Proof<'f> {
    None,
    Secret(String, ClientAuthentication),
    Assertion(PresentedAssertion<'f>),
}

impl<'f> Presented<'f> {
    fn read(headers: &HeaderMap, form: &'f Params) -> Result<Self, OAuthError> {
        let header = headers.get(AUTHORIZATION);
        let in_form = ["client_secret", "client_assertion"];
        let ways = in_form.iter().filter(|name| form.contains(name)).count();
        if ways + usize::from(header.is_some()) > 1 {
            return Err(OAuthError::invalid_request(
                "the client authenticates in two ways at once",
            ));
        }
        let named = form.get("client_id").map(str::to_owned);
        let presented = match (header, PresentedAssertion::read(form)) {
            (Some(header), _) => {
                let malformed = OAuthError::invalid_client(
                    "the Authorization header is not Basic with client_id and secret",
                    true,
                );
                let (client_id, secret) = header.to_str().ok().and_then(basic).ok_or(malformed)?;
                let proof = Proof::Secret(secret, ClientAuthentication::SecretBasic);
                Self { client_id, proof }
            }
            (None, Some(assertion)) => {
                let assertion =
                    assertion.map_err(|error| OAuthError::invalid_client(error, false))?;
                let client_id = assertion.client_id.clone();
                let proof = Proof::Assertion(assertion);
                Self { client_id, proof }
            }
            (None, None) => {
                let client_id = named
                    .clone()
                    .ok_or(OAuthError::invalid_client("client_id is missing", false))?;
                let proof = match form.get("client_secret") {
                    None => Proof::None,
                    Some(secret) => {
                        Proof::Secret(secret.to_owned(), ClientAuthentication::SecretPost)
                    }
                };
                Self { client_id, proof }
            }
        };
        if named.is_some_and(|named| named != presented.client_id) {
            return Err(OAuthError::invalid_request(
                "client_id and what authenticates it name different clients",
            ));
        }
        Ok(presented)
    }
}

/// Both parts are form-encoded, [RFC 6749 §2.3.1](https://www.rfc-editor.org/rfc/rfc6749#section-2.3.1).
fn basic(header: &str) -> Option<(String, String)> {
    let (scheme, credentials) = header.split_once(' ')?;
    let credentials = STANDARD
        .decode(credentials.trim())
        .ok()
        .filter(|_| scheme.eq_ignore_ascii_case("basic"))?;
    let credentials = String::from_utf8(credentials).ok()?;
    let (client_id, secret) = credentials.split_once(':')?;
    let decoded = |part: &str| {
        form_urlencoded::parse(format!("={part}").as_bytes())
            .next()
            .map(|(_, value)| value.into_owned())
    };
    Some((decoded(client_id)?, decoded(secret)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn basic_credentials_are_form_encoded() {
        let header = |text: &str| format!("Basic {}", STANDARD.encode(text));
        let pair = |id: &str, secret: &str| Some((id.to_owned(), secret.to_owned()));
        assert_eq!(
            basic(&header("web:s%3Acret%26+x")),
            pair("web", "s:cret& x")
        );
        assert_eq!(basic(&header("web:a:b")), pair("web", "a:b"));
        assert_eq!(basic(&header("web:")), pair("web", ""));
        assert_eq!(basic(&header("web")), None);
        assert_eq!(basic("Bearer abc"), None);
    }
}
