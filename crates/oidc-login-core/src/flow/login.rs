//! `GET /auth/login`: sends the browser to the provider.

use bytes::Bytes;
use http::{HeaderMap, Response};
use url::Url;

use super::{
    context::RequestContext,
    navigation::may_start_login,
    outcome::Wanted,
    respond::redirect,
    silent_login::{SILENT_ATTEMPT, stays_visitor},
};
use crate::{
    config::{Endpoint, RedirectUri, Refused, ResponseMode, ReturnTo},
    error::{LoginError, LoginErrorKind},
    protocol::{
        CodeVerifier, LoginParameters, LoginStart, Nonce, State,
        authorization_request::AuthorizationRequest,
        metadata::Metadata,
        parameters::{Parameter, Parameters},
        pending_login::PendingLogin,
        pushed_authorization_request,
    },
    seams::{fresh_bytes, fresh_token},
    session::seal::Purpose,
    telemetry,
};

/// Marks a login that was already sent to the root URL's host once.
const AT_ROOT: &str = "at_root";

impl RequestContext {
    pub(super) async fn serve_login(
        &self,
        headers: &HeaderMap,
    ) -> Result<Response<Bytes>, LoginError> {
        if !may_start_login(headers) {
            return Err(LoginErrorKind::NotANavigation.into());
        }
        let parameters = Parameters::parse(self.uri.query().unwrap_or_default().as_bytes());
        if let Some(root) = self.root_url_for_this_host(headers, &parameters) {
            return Ok(redirect(&root));
        }
        let asked = self.asked_in(&parameters)?;
        let return_to = self.return_to(parameters.get("return_to").once());
        if !asked.is_silent() {
            return self.begin_login(&return_to, asked, 0, headers).await;
        }
        let begun = self.begin_login(&return_to, asked, SILENT_ATTEMPT, headers);
        let begun = begun.await;
        Ok(begun.unwrap_or_else(|error| stays_visitor(&error, return_to.as_str())))
    }

    /// Begins a login: seals what the callback must know into a cookie, and sends the browser away.
    pub(super) async fn begin_login(
        &self,
        return_to: &ReturnTo,
        parameters: LoginParameters,
        attempt: u8,
        headers: &HeaderMap,
    ) -> Result<Response<Bytes>, LoginError> {
        let inner = self.inner();
        self.outcome().wanted = Some(Wanted {
            return_to: return_to.as_str().to_owned(),
            parameters: parameters.clone(),
        });
        let round = self.rounds(headers).await?;
        let redirect_uri = self.redirect_uri(headers)?;
        let metadata = inner.provider.metadata().await?;
        let now = inner.clock.now();
        let random = &*inner.random;
        let start = LoginStart {
            attempt,
            at: now,
            host: &self.host_name(headers),
            sign_of_http: self.sign_of_http(headers),
        };
        let state = State::new(fresh_bytes(random), start, |body| {
            inner.keys.tag(Purpose::State, body)
        });
        let pending = PendingLogin {
            state: state.as_str().to_owned(),
            nonce: Nonce::new(fresh_token(random)),
            code_verifier: CodeVerifier::new(fresh_token(random)),
            return_to: return_to.as_str().to_owned(),
            redirect_uri,
            issuer: inner.provider.issuer().to_owned(),
            started_at: now.unix_timestamp(),
            had_app_session: self.has_app_session_cookie(),
            round,
            parameters,
        };
        let asked = pending.parameters.over(&inner.client.parameters);
        let request = AuthorizationRequest {
            endpoint: &metadata.value.authorization_endpoint,
            client_id: &inner.client.client_id,
            response_mode: match inner.client.response_mode {
                ResponseMode::Query => None,
                ResponseMode::FormPost => Some("form_post"),
            },
            scopes: &inner.client.scopes,
            extra: asked.authorization(),
        };
        let url = self
            .authorization_url(&request, &pending, &metadata.value)
            .await?;
        for line in inner
            .pending_cookies()
            .add(headers, &state, &pending, random)
        {
            self.add_cookie(line);
        }
        if inner.names.is_signed_out(headers) {
            self.add_cookie(inner.names.remove_signed_out());
        }
        self.begin_trail(headers);
        telemetry::login_begun();
        tracing::debug!(attempt, "a login begins");
        Ok(redirect(url.as_str()))
    }

    /// Where the browser is sent: with the whole request, or with a reference to it where it is pushed.
    async fn authorization_url(
        &self,
        request: &AuthorizationRequest<'_>,
        pending: &PendingLogin,
        metadata: &Metadata,
    ) -> Result<Url, LoginError> {
        let no_url = |error| LoginError::new(LoginErrorKind::Internal).with_source(error);
        let client = &self.inner().client;
        let setting = client.pushed_authorization_requests;
        let Some(endpoint) = setting.endpoint(metadata)? else {
            return request.url(pending).map_err(no_url);
        };
        let parameters = request.parameters(pending).map_err(no_url)?;
        let proof = self.inner().client_proof(metadata)?;
        let pushed = pushed_authorization_request::to_http(endpoint, proof, &parameters);
        let request_uri = self.inner().provider.push(pushed).await?;
        Ok(request_uri.authorization_url(request.endpoint, request.client_id))
    }

    /// The place to go after login: what was asked for, if it is on this origin and not ours.
    pub(super) fn return_to(&self, asked: Option<&str>) -> ReturnTo {
        let client = &self.inner().client;
        let Some(asked) = asked else {
            return client.home_url.clone();
        };
        match ReturnTo::parse(asked, &client.root_url) {
            Ok(return_to) if client.endpoints.of(return_to.path()).is_none() => return_to,
            Ok(_) => {
                tracing::info!(
                    "return_to is one of our own endpoints, the home URL takes its place"
                );
                client.home_url.clone()
            }
            Err(error) => {
                tracing::info!(%error, "return_to is refused, the home URL takes its place");
                client.home_url.clone()
            }
        }
    }

    /// The redirect URI of a login, checked before the browser leaves.
    pub(super) fn redirect_uri(&self, headers: &HeaderMap) -> Result<String, LoginError> {
        let client = &self.inner().client;
        if client.redirect_uri != RedirectUri::FromHost {
            // There is no client whose own is refused.
            return Ok(client.own_redirect_uri.as_str().to_owned());
        }
        let origin = self.origin(headers)?;
        let uri = origin.url(&client.endpoints.path(Endpoint::Callback));
        client
            .valid_redirect_uris
            .check(&uri)
            .map(|valid| valid.as_str().to_owned())
            .map_err(|refused| redirect_uri_refused(refused, &origin.source.to_string()))
    }

    /// Cookies belong to one host name, so a login that begins on another name of this machine is
    /// first sent to the root URL's.
    pub(super) fn root_url_for_this_host(
        &self,
        headers: &HeaderMap,
        parameters: &Parameters,
    ) -> Option<String> {
        let client = &self.inner().client;
        let root_url = &client.root_url;
        if client.redirect_uri == RedirectUri::FromHost
            || !root_url.is_loopback()
            || parameters.get(AT_ROOT) != Parameter::Missing
        {
            return None;
        }
        let origin = self.origin(headers).ok()?;
        let is_loopback = matches!(origin.host_name(), "localhost" | "127.0.0.1" | "[::1]");
        let root_host = root_url.web_url().url().host_str()?;
        if !is_loopback || origin.host_name() == root_host {
            return None;
        }
        let query = self
            .uri
            .query()
            .map(|query| format!("{query}&"))
            .unwrap_or_default();
        Some(format!(
            "{}{}?{query}{AT_ROOT}=1",
            root_url.origin(),
            self.uri.path()
        ))
    }
}

fn redirect_uri_refused(refused: Refused, source: &str) -> LoginError {
    let error = LoginError::new(LoginErrorKind::RedirectUriRefused)
        .with_evidence("redirect URI", &refused.uri)
        .with_evidence("it comes from", source);
    let error = match (&refused.defect, &refused.nearest) {
        (Some(defect), _) => error.with_evidence("what is wrong", defect),
        (None, Some(nearest)) => error
            .with_evidence("nearest pattern", &nearest.pattern)
            .with_evidence("it differs in", nearest.differs)
            .with_evidence("expected", &nearest.expected)
            .with_evidence("found", &nearest.found),
        (None, None) => error,
    };
    error.with_source(refused)
}
