//! The token endpoint.

use std::time::Duration;

use http::header;
use time::OffsetDateTime;

use super::{Provider, ProviderEndpoint};
use crate::{
    error::LoginError,
    protocol::{
        refresh_request::{self, RefreshRefused, RefreshRequest},
        token_request::TokenRequest,
        token_response::TokenResponse,
    },
};

/// The tokens, and what the provider's clock said when it sent them.
pub(crate) struct Exchanged {
    pub(crate) tokens: TokenResponse,
    pub(crate) provider_date: Option<String>,
}

impl Provider {
    /// Exchanges a code for tokens; the code is used up either way.
    pub(crate) async fn exchange(
        &self,
        request: TokenRequest<'_>,
        now: OffsetDateTime,
    ) -> Result<Exchanged, LoginError> {
        let method = request.client.method;
        let response = self
            .send(ProviderEndpoint::Token, request.into_http())
            .await?;
        let date = response.headers().get(header::DATE);
        Ok(Exchanged {
            provider_date: date.and_then(|date| date.to_str().ok()).map(str::to_owned),
            tokens: TokenResponse::parse(&response, now).map_err(by(method))?,
        })
    }

    /// Asks for new tokens; whatever comes of it, the refresh token may be used up.
    pub(crate) async fn refresh(
        &self,
        request: RefreshRequest<'_>,
        now: OffsetDateTime,
    ) -> Result<TokenResponse, RefreshRefused> {
        let method = request.client.method;
        let sent = self
            .send(ProviderEndpoint::Token, request.into_http())
            .await;
        let answer = refresh_request::answer(&sent.map_err(RefreshRefused::Failed)?, now);
        answer.map_err(|refused| match refused {
            RefreshRefused::Failed(error) => RefreshRefused::Failed(by(method)(error)),
            ended @ RefreshRefused::Ended(_) => ended,
        })
    }

    /// How long one request takes at most.
    pub(crate) fn request_timeout(&self) -> Duration {
        self.config.request_timeout
    }
}

/// Whoever compares the client's settings wants to know how it authenticated.
fn by(method: &'static str) -> impl Fn(LoginError) -> LoginError {
    move |error| error.with_evidence("client authentication", method)
}
