//! What goes back to the client with the browser (OpenID Connect Core §3.1.2.5).

use axum::response::{IntoResponse, Response};
use url::Url;

use crate::{
    issuer::Issuer,
    pages::{self, FormPostPage},
    redirect,
};

/// What the browser takes back to the client, [RFC 6749 §4.1.2](https://www.rfc-editor.org/rfc/rfc6749#section-4.1.2),
/// with the issuer's name against mix-up, [RFC 9207](https://www.rfc-editor.org/rfc/rfc9207).
#[derive(Debug)]
pub(crate) struct AuthorizationResponse {
    redirect_uri: Url,
    mode: ResponseMode,
    pub(crate) params: Params,
}

pub(crate) type Params = Vec<(&'static str, String)>;

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

    fn new(to: &ReturnAddress, issuer: &Issuer, params: &[(&'static str, &str)]) -> Self {
        let state = to.state.as_deref().map(|state| ("state", state));
        let params = params.iter().copied().chain(state);
        let params = params.chain([("iss", issuer.as_str())]);
        Self {
            redirect_uri: to.redirect_uri.clone(),
            mode: to.mode,
            params: params
                .map(|(name, value)| (name, value.to_owned()))
                .collect(),
        }
    }
}

impl IntoResponse for AuthorizationResponse {
    fn into_response(self) -> Response {
        match self.mode {
            ResponseMode::Query => {
                let mut url = self.redirect_uri;
                url.query_pairs_mut().extend_pairs(self.params);
                redirect::to(url.as_str())
            }
            ResponseMode::FormPost => pages::respond_posting(&FormPostPage {
                action: self.redirect_uri.as_str(),
                fields: &self.params,
            }),
        }
    }
}

/// How the answer gets to the client.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ResponseMode {
    Query,
    /// [Form Post Response Mode](https://openid.net/specs/oauth-v2-form-post-response-mode-1_0.html).
    FormPost,
}

/// A checked redirect URI, and the state that goes back with any answer.
#[derive(Debug, Clone)]
pub(crate) struct ReturnAddress {
    pub(crate) redirect_uri: Url,
    pub(crate) state: Option<String>,
    pub(crate) mode: ResponseMode,
}
