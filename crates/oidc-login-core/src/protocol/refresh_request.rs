//! The refresh of an access token (RFC 6749 §6, OpenID Connect Core §12).

use bytes::Bytes;
use http::{Request, Response};
use time::OffsetDateTime;
use url::Url;

use super::{
    client_request::{ClientProof, authenticated},
    extra_parameters::ExtraParameters,
    token_response::TokenResponse,
    tokens::RefreshToken,
};
use crate::error::LoginError;

/// Asks for new tokens, of the scope that was granted.
pub(crate) struct RefreshRequest<'a> {
    /// The provider's token endpoint.
    pub(crate) endpoint: &'a Url,
    /// Who we are.
    pub(crate) client: ClientProof<'a>,
    /// The refresh token that came last.
    pub(crate) refresh_token: &'a RefreshToken,
    /// What the app adds to every token request.
    pub(crate) extra: &'a ExtraParameters,
}

/// Why a refresh brought no tokens.
#[derive(Debug)]
pub(crate) enum RefreshRefused {
    /// The provider will not refresh this login any more (`invalid_grant`, RFC 6749 §5.2).
    Ended(LoginError),
    /// Anything else, which may pass or be repaired: a provider that is down, a changed secret.
    Failed(LoginError),
}

impl RefreshRequest<'_> {
    /// The request to send.
    pub(crate) fn into_http(self) -> Request<Bytes> {
        let own = [
            ("grant_type", "refresh_token"),
            ("refresh_token", self.refresh_token.secret()),
        ];
        let parameters: Vec<_> = own.into_iter().chain(self.extra.pairs()).collect();
        authenticated(self.endpoint, self.client, &parameters)
    }
}

/// Reads the answer to a refresh.
pub(crate) fn answer(
    response: &Response<Bytes>,
    now: OffsetDateTime,
) -> Result<TokenResponse, RefreshRefused> {
    TokenResponse::parse(response, now).map_err(|error| {
        let said = error.said_by_provider().map(|said| said.error.as_str());
        if said == Some("invalid_grant") && response.status().is_client_error() {
            RefreshRefused::Ended(error)
        } else {
            RefreshRefused::Failed(error)
        }
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;
    use crate::protocol::{client_request::Credential, extra_parameters, parameters::Parameters};

    #[test]
    fn the_form_names_the_token_and_whoever_sends_it() {
        let mut extra = ExtraParameters::default();
        extra
            .add(extra_parameters::Request::Token, "audience", "api")
            .unwrap();
        let request = RefreshRequest {
            endpoint: &Url::parse("https://provider.test/token").unwrap(),
            client: ClientProof {
                client_id: "app",
                method: "none",
                credential: Credential::None,
            },
            refresh_token: &RefreshToken::new("a&b"),
            extra: &extra,
        }
        .into_http();
        let body = Parameters::parse(request.body());
        for (name, value) in [
            ("grant_type", Some("refresh_token")),
            ("refresh_token", Some("a&b")),
            ("client_id", Some("app")),
            ("scope", None),
            ("audience", Some("api")),
        ] {
            assert_eq!(body.get(name).once(), value, "{name}");
        }
    }

    #[test]
    fn only_the_providers_own_invalid_grant_ends_a_login() {
        let invalid_grant = r#"{"error":"invalid_grant"}"#;
        for (name, status, body, ends) in [
            ("as the specification has it", 400, invalid_grant, true),
            ("with another status", 401, invalid_grant, true),
            ("from a server in trouble", 500, invalid_grant, false),
            ("in a success", 200, invalid_grant, false),
            (
                "a wrong secret",
                401,
                r#"{"error":"invalid_client"}"#,
                false,
            ),
            (
                "a client that may not",
                400,
                r#"{"error":"unauthorized_client"}"#,
                false,
            ),
            (
                "in trouble",
                400,
                r#"{"error":"temporarily_unavailable"}"#,
                false,
            ),
            ("too often", 429, r#"{"error":"slow_down"}"#, false),
            ("no JSON", 400, "invalid_grant", false),
            ("down", 503, "", false),
            ("HTML", 200, "<html>", false),
        ] {
            let response = Response::builder()
                .status(status)
                .body(Bytes::from_static(body.as_bytes()))
                .unwrap();
            let refused = answer(&response, OffsetDateTime::UNIX_EPOCH).unwrap_err();
            assert_eq!(matches!(refused, RefreshRefused::Ended(_)), ends, "{name}");
        }
    }
}
