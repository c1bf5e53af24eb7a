//! Pushed authorization requests (RFC 9126): the provider gets the request from us, the browser only a
//! reference to it.

use bytes::Bytes;
use http::{Request, Response, StatusCode};
use serde::Deserialize;
use serde_json::Value;
use url::Url;

use super::{
    client_request::{ClientProof, authenticated},
    oauth_error::Refusals,
};
use crate::error::{LoginError, LoginErrorKind};

/// The longest reference, in bytes: some providers seal the whole request into it.
const MAX_REQUEST_URI: usize = 4096;

/// The request to push: all parameters of the authorization request, and who we are (RFC 9126 §2.1).
pub(crate) fn to_http(
    endpoint: &Url,
    client: ClientProof<'_>,
    parameters: &[(String, String)],
) -> Request<Bytes> {
    let pairs = parameters.iter();
    let pairs: Vec<_> = pairs
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    authenticated(endpoint, client, &pairs)
}

/// The provider's name for a pushed request: one line of a URI's characters.
pub(crate) struct RequestUri(String);

#[derive(Deserialize)]
struct Success {
    request_uri: String,
    #[serde(default)]
    expires_in: Value,
}

impl RequestUri {
    /// Reads the answer (RFC 9126 §2.2, §2.3).
    ///
    /// # Errors
    /// `PushedRequestRefused` for an OAuth error, `ProviderUnavailable` for any other 5xx,
    /// `PushedResponseInvalid` for anything but a 201 with a reference that lives.
    pub(crate) fn parse(response: &Response<Bytes>) -> Result<Self, LoginError> {
        let refusals = Refusals {
            endpoint: ENDPOINT,
            refused: LoginErrorKind::PushedRequestRefused,
            invalid: LoginErrorKind::PushedResponseInvalid,
        };
        if response.status() != StatusCode::CREATED {
            return Err(refusals.read(response));
        }
        let invalid = |what: &str| {
            LoginError::new(refusals.invalid)
                .with_evidence("endpoint", ENDPOINT)
                .with_evidence("what is wrong", what)
        };
        let success: Success = serde_json::from_slice(response.body())
            .map_err(|_| invalid("no JSON object with a request_uri"))?;
        if !is_uri(&success.request_uri) {
            return Err(invalid("request_uri is no URI of 1 to 4096 characters"));
        }
        if !lives(&success.expires_in) {
            return Err(invalid("expires_in is no positive number of seconds"));
        }
        Ok(Self(success.request_uri))
    }

    /// The address the browser is sent to: the reference and whose it is, nothing else (RFC 9126 §4).
    pub(crate) fn authorization_url(&self, endpoint: &Url, client_id: &str) -> Url {
        let mut url = endpoint.clone();
        url.query_pairs_mut()
            .append_pair("client_id", client_id)
            .append_pair("request_uri", &self.0);
        url
    }
}

/// The endpoint, as evidence.
pub(crate) const ENDPOINT: &str = "pushed authorization request endpoint";

fn is_uri(text: &str) -> bool {
    (1..=MAX_REQUEST_URI).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_graphic())
        && Url::parse(text).is_ok()
}

/// Some providers write the number as a text. Without one the reference lives as long as it takes.
fn lives(expires_in: &Value) -> bool {
    let seconds = match expires_in {
        Value::Null => return true,
        Value::Number(number) => number.as_f64(),
        Value::String(text) => text.parse().ok(),
        _ => None,
    };
    seconds.is_some_and(|seconds| seconds > 0.0)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    fn parsed(status: u16, body: &str) -> Result<String, LoginErrorKind> {
        let response = Response::builder().status(status);
        let response = response.body(Bytes::from(body.to_owned())).unwrap();
        let parsed = RequestUri::parse(&response);
        parsed.map(|uri| uri.0).map_err(|error| error.kind())
    }

    #[test]
    fn an_answer_is_a_201_with_a_reference() {
        use LoginErrorKind::PushedResponseInvalid as Invalid;
        let answer = |request_uri: &str, expires_in: &str| {
            let request_uri = Value::from(request_uri);
            format!(r#"{{"request_uri":{request_uri},"expires_in":{expires_in}}}"#)
        };
        let honest = answer("urn:a:b", "60");
        let (longest, too_long) = ("x".repeat(4092), "x".repeat(4093));
        for (name, status, body, expected) in [
            (
                "as it should be",
                201,
                honest.clone(),
                Ok("urn:a:b".to_owned()),
            ),
            (
                "https",
                201,
                answer("https://a.test/r?b=c", "1"),
                Ok("https://a.test/r?b=c".into()),
            ),
            (
                "a number as text",
                201,
                answer("urn:a:b", "\"60\""),
                Ok("urn:a:b".into()),
            ),
            (
                "a fraction",
                201,
                answer("urn:a:b", "0.5"),
                Ok("urn:a:b".into()),
            ),
            (
                "no lifetime",
                201,
                r#"{"request_uri":"urn:a:b"}"#.into(),
                Ok("urn:a:b".into()),
            ),
            (
                "longest",
                201,
                answer(&format!("urn:{longest}"), "1"),
                Ok(format!("urn:{longest}")),
            ),
            (
                "too long",
                201,
                answer(&format!("urn:{too_long}"), "1"),
                Err(Invalid),
            ),
            ("dead", 201, answer("urn:a:b", "0"), Err(Invalid)),
            ("dead for long", 201, answer("urn:a:b", "-60"), Err(Invalid)),
            ("no number", 201, answer("urn:a:b", "\"NaN\""), Err(Invalid)),
            ("a list", 201, answer("urn:a:b", "[]"), Err(Invalid)),
            ("empty", 201, answer("", "60"), Err(Invalid)),
            ("no URI", 201, answer("a", "60"), Err(Invalid)),
            ("a path", 201, answer("/a", "60"), Err(Invalid)),
            ("a blank", 201, answer("urn:a b", "60"), Err(Invalid)),
            (
                "a line end",
                201,
                answer("urn:a\r\nSet-Cookie:b=c", "60"),
                Err(Invalid),
            ),
            ("NUL", 201, answer("urn:a\0", "60"), Err(Invalid)),
            ("beyond ASCII", 201, answer("urn:ä", "60"), Err(Invalid)),
            ("missing", 201, r#"{"expires_in":60}"#.into(), Err(Invalid)),
            (
                "a number",
                201,
                r#"{"request_uri":1,"expires_in":60}"#.into(),
                Err(Invalid),
            ),
            ("HTML", 201, "<html>".into(), Err(Invalid)),
            ("nothing", 201, String::new(), Err(Invalid)),
            ("a list of them", 201, format!("[{honest}]"), Err(Invalid)),
        ] {
            assert_eq!(parsed(status, &body), expected, "{name}");
        }
    }

    #[test]
    fn anything_but_a_201_is_a_refusal() {
        use LoginErrorKind::{
            ProviderUnavailable as Down, PushedRequestRefused as Refused,
            PushedResponseInvalid as Invalid,
        };
        let honest = r#"{"request_uri":"urn:a:b","expires_in":60}"#.to_owned();
        for (name, status, body, expected) in [
            ("200", 200, honest.clone(), Err(Invalid)),
            ("202", 202, honest.clone(), Err(Invalid)),
            (
                "an error with 201",
                201,
                r#"{"error":"a"}"#.into(),
                Err(Invalid),
            ),
            (
                "an error with 200",
                200,
                r#"{"error":"a"}"#.into(),
                Err(Refused),
            ),
            ("a redirect", 302, honest.clone(), Err(Invalid)),
            (
                "refused",
                400,
                r#"{"error":"invalid_request"}"#.into(),
                Err(Refused),
            ),
            (
                "a wrong secret",
                401,
                r#"{"error":"invalid_client"}"#.into(),
                Err(Refused),
            ),
            ("refused in HTML", 403, "<html>".into(), Err(Refused)),
            ("not there", 404, String::new(), Err(Refused)),
            ("too many", 429, String::new(), Err(Refused)),
            ("in trouble", 500, "<html>".into(), Err(Down)),
            ("down", 503, honest, Err(Down)),
        ] {
            assert_eq!(parsed(status, &body), expected, "{name}");
        }
    }

    #[test]
    fn the_browser_takes_along_a_reference_and_whose_it_is() {
        let endpoint = Url::parse("https://provider.test/authorize/?tenant=a").unwrap();
        let url = RequestUri("urn:a&b=c".into()).authorization_url(&endpoint, "a&b");
        let expected =
            "https://provider.test/authorize/?tenant=a&client_id=a%26b&request_uri=urn%3Aa%26b%3Dc";
        assert_eq!(url.as_str(), expected);
    }
}
