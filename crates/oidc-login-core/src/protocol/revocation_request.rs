//! The revocation of a token (RFC 7009).

use bytes::Bytes;
use http::{Request, Response, StatusCode};
use serde::Deserialize;
use url::Url;

use super::client_request::{ClientProof, authenticated};

/// Tells the provider that a token is no longer needed (RFC 7009 §2.1).
pub(crate) struct RevocationRequest<'a> {
    /// The provider's revocation endpoint.
    pub(crate) endpoint: &'a Url,
    /// Who we are.
    pub(crate) client: ClientProof<'a>,
    /// The token.
    pub(crate) token: &'a str,
    /// Which kind it is.
    pub(crate) kind: TokenKind,
}

/// The kinds of token that a client can revoke (RFC 7009 §2.1, `token_type_hint`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TokenKind {
    Refresh,
    Access,
}

/// What became of a revocation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Revoked {
    /// The token is of no more use, or was not before (RFC 7009 §2.2).
    Done,
    /// The provider revokes no tokens of this kind (RFC 7009 §2.2.1); many cannot take back an
    /// access token.
    Unsupported,
    /// Anything else.
    Refused(StatusCode),
}

impl TokenKind {
    /// The value of `token_type_hint`.
    pub(crate) fn hint(self) -> &'static str {
        match self {
            Self::Refresh => "refresh_token",
            Self::Access => "access_token",
        }
    }
}

impl RevocationRequest<'_> {
    /// The request to send.
    pub(crate) fn into_http(self) -> Request<Bytes> {
        let parameters = [("token", self.token), ("token_type_hint", self.kind.hint())];
        authenticated(self.endpoint, self.client, &parameters)
    }
}

/// Reads the answer; only a refusal's `error` is looked at.
pub(crate) fn answer(response: &Response<Bytes>) -> Revoked {
    #[derive(Deserialize)]
    struct Refusal {
        error: String,
    }
    let status = response.status();
    if status.is_success() {
        return Revoked::Done;
    }
    let said = serde_json::from_slice::<Refusal>(response.body());
    let is_unsupported = said.is_ok_and(|said| said.error == "unsupported_token_type");
    if is_unsupported && status.is_client_error() {
        return Revoked::Unsupported;
    }
    Revoked::Refused(status)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;
    use crate::protocol::{client_request::Credential, parameters::Parameters};

    #[test]
    fn the_form_names_the_token_its_kind_and_whoever_sends_it() {
        for kind in [TokenKind::Refresh, TokenKind::Access] {
            let request = RevocationRequest {
                endpoint: &Url::parse("https://provider.test/revoke?realm=a").unwrap(),
                client: ClientProof {
                    client_id: "app",
                    method: "none",
                    credential: Credential::None,
                },
                token: "a&b+c",
                kind,
            }
            .into_http();
            assert_eq!(request.uri().query(), Some("realm=a"));
            let body = Parameters::parse(request.body());
            for (name, value) in [
                ("token", "a&b+c"),
                ("token_type_hint", kind.hint()),
                ("client_id", "app"),
            ] {
                assert_eq!(body.get(name).once(), Some(value), "{name}");
            }
        }
    }

    #[test]
    fn answers_are_told_apart() {
        let refused = |status| Revoked::Refused(StatusCode::from_u16(status).unwrap());
        for (name, status, body, expected) in [
            ("done", 200, "", Revoked::Done),
            ("with something to say", 200, "<html>", Revoked::Done),
            ("without content", 204, "", Revoked::Done),
            (
                "a kind it cannot revoke",
                400,
                r#"{"error":"unsupported_token_type"}"#,
                Revoked::Unsupported,
            ),
            ("a redirect", 302, "", refused(302)),
            (
                "a wrong secret",
                401,
                r#"{"error":"invalid_client"}"#,
                refused(401),
            ),
            (
                "down",
                503,
                r#"{"error":"unsupported_token_type"}"#,
                refused(503),
            ),
            ("no JSON", 400, "unsupported_token_type", refused(400)),
        ] {
            let response = Response::builder()
                .status(status)
                .body(Bytes::from_static(body.as_bytes()))
                .unwrap();
            assert_eq!(answer(&response), expected, "{name}");
        }
    }
}
