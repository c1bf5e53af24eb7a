use axum::response::{IntoResponse, Response};
use url::Url;

use crate::{issuer::Issuer, redirect};

/// What the browser takes back to the client, [RFC 6749 §4.1.2](https://www.rfc-editor.org/rfc/rfc6749#section-4.1.2),
/// with the issuer's name against mix-up, [RFC 9207](https://www.rfc-editor.org/rfc/rfc9207).
#[derive(Debug)]
pub(crate) struct AuthorizationResponse(Url);

impl AuthorizationResponse {
    pub(crate) fn code(to: &ReturnAddress, issuer: &Issuer, code: &str) -> Self {
        Self::new(to, issuer, &[("code", code)])
    }

    pub(crate) fn error(
        to: &ReturnAddress,
        issuer: &Issuer,
        error: &str,
        description: &str,
    ) -> Self {
        Self::new(
            to,
            issuer,
            &[("error", error), ("error_description", description)],
        )
    }

    fn new(to: &ReturnAddress, issuer: &Issuer, params: &[(&str, &str)]) -> Self {
        let mut url = to.redirect_uri.clone();
        url.query_pairs_mut()
            .extend_pairs(params)
            .extend_pairs(to.state.iter().map(|state| ("state", state)))
            .append_pair("iss", issuer.as_str());
        Self(url)
    }
}

impl IntoResponse for AuthorizationResponse {
    fn into_response(self) -> Response {
        redirect::to(self.0.as_str())
    }
}

/// A checked redirect URI, and the state that goes back with any answer.
#[derive(Debug, Clone)]
pub(crate) struct ReturnAddress {
    pub(crate) redirect_uri: Url,
    pub(crate) state: Option<String>,
}
