use aws_lc_rs::constant_time::verify_slices_are_equal;
use base64::{Engine, engine::general_purpose::STANDARD};
use http::{HeaderMap, header::AUTHORIZATION};
use url::form_urlencoded;

use crate::{
    client::{ClientAuthentication, RegisteredClient},
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
    let (expected, secret, method) = match (&client.settings.secret, presented.secret) {
        (None, None) => return Ok(client),
        (None, Some(_)) => {
            return refused(
                "this is a public client: it has no secret and sends only its client_id",
            );
        }
        (Some(_), None) => return refused("this is a confidential client: its secret is missing"),
        (Some(expected), Some((secret, method))) => (expected, secret, method),
    };
    match client.settings.authentication {
        Some(ClientAuthentication::SecretBasic) if method != ClientAuthentication::SecretBasic => {
            refused("this client must use client_secret_basic")
        }
        Some(ClientAuthentication::SecretPost) if method != ClientAuthentication::SecretPost => {
            refused("this client must use client_secret_post")
        }
        _ if verify_slices_are_equal(expected.as_bytes(), secret.as_bytes()).is_ok() => Ok(client),
        _ => refused("the client secret is wrong"),
    }
}

struct Presented {
    client_id: String,
    secret: Option<(String, ClientAuthentication)>,
}

impl Presented {
    fn read(headers: &HeaderMap, form: &Params) -> Result<Self, OAuthError> {
        let in_form = |name| form.get(name).map(str::to_owned);
        let Some(header) = headers.get(AUTHORIZATION) else {
            let client_id = in_form("client_id")
                .ok_or(OAuthError::invalid_client("client_id is missing", false))?;
            let secret =
                in_form("client_secret").map(|secret| (secret, ClientAuthentication::SecretPost));
            return Ok(Self { client_id, secret });
        };
        let malformed = OAuthError::invalid_client(
            "the Authorization header is not Basic with client_id and secret",
            true,
        );
        let (client_id, secret) = header.to_str().ok().and_then(basic).ok_or(malformed)?;
        if form.contains("client_secret") {
            return Err(OAuthError::invalid_request(
                "the client authenticates in two ways at once",
            ));
        }
        if form
            .get("client_id")
            .is_some_and(|in_form| in_form != client_id)
        {
            return Err(OAuthError::invalid_request(
                "client_id and the Authorization header name different clients",
            ));
        }
        Ok(Self {
            client_id,
            secret: Some((secret, ClientAuthentication::SecretBasic)),
        })
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
