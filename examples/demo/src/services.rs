//! The services that the demo calls with a user's access token.

use axum::body::Bytes;
use http::{HeaderValue, Request, StatusCode, Uri, header};
use oidc_login::{
    AccessToken, LoginError, RelyingParty,
    seams::{HttpClient as _, ReqwestClient},
};
use serde_json::{Map, Value};

/// Calls userinfo, and the service of `/api/downstream`.
#[derive(Clone)]
pub(crate) struct Services {
    pub(crate) http: ReqwestClient,
    pub(crate) relying_party: RelyingParty,
    /// Where the service of `/api/downstream` is.
    pub(crate) resource: Uri,
}

/// Why a service gave nothing to show.
#[derive(Debug)]
pub(crate) enum ServiceError {
    /// The provider's documents cannot be had.
    Provider(LoginError),
    /// The provider has no userinfo.
    NoUserinfo,
    /// An access token that fits no header.
    TokenUnusable,
    /// No answer.
    Unreachable,
    /// Another status than 200.
    Status(StatusCode),
    /// An answer that is no JSON object.
    NotJson,
    /// An answer about somebody else (OpenID Connect Core §5.3.2).
    OtherUser,
}

impl Services {
    /// What the provider says of the user now (OpenID Connect Core §5.3).
    pub(crate) async fn userinfo(
        &self,
        token: &AccessToken,
    ) -> Result<Map<String, Value>, ServiceError> {
        let userinfo = self.userinfo_of(token.secret()).await?;
        let subject = userinfo.get("sub").and_then(Value::as_str);
        if subject == Some(token.login().subject()) {
            Ok(userinfo)
        } else {
            Err(ServiceError::OtherUser)
        }
    }

    /// What the provider says of whoever an access token belongs to.
    pub(crate) async fn userinfo_of(
        &self,
        access_token: &str,
    ) -> Result<Map<String, Value>, ServiceError> {
        let endpoint = self.relying_party.userinfo_endpoint().await;
        let endpoint = endpoint.map_err(ServiceError::Provider)?;
        let endpoint = endpoint.and_then(|url| url.as_str().parse().ok());
        self.get(endpoint.ok_or(ServiceError::NoUserinfo)?, access_token)
            .await
    }

    /// What the service of `/api/downstream` answers to the user.
    pub(crate) async fn resource(
        &self,
        token: &AccessToken,
    ) -> Result<Map<String, Value>, ServiceError> {
        self.get(self.resource.clone(), token.secret()).await
    }

    async fn get(&self, uri: Uri, access_token: &str) -> Result<Map<String, Value>, ServiceError> {
        let bearer = HeaderValue::try_from(format!("Bearer {access_token}"));
        let mut bearer = bearer.map_err(|_| ServiceError::TokenUnusable)?;
        bearer.set_sensitive(true);
        let mut request = Request::new(Bytes::new());
        *request.uri_mut() = uri;
        let headers = request.headers_mut();
        headers.insert(header::AUTHORIZATION, bearer);
        headers.insert(header::ACCEPT, HeaderValue::from_static("application/json"));
        let answer = self.http.send(request).await;
        let answer = answer.map_err(|error| {
            tracing::warn!(%error, "a service cannot be called");
            ServiceError::Unreachable
        })?;
        if answer.status() != StatusCode::OK {
            return Err(ServiceError::Status(answer.status()));
        }
        serde_json::from_slice(answer.body()).map_err(|_| ServiceError::NotJson)
    }
}

impl ServiceError {
    /// A name for scripts.
    pub(crate) fn code(&self) -> &'static str {
        match self {
            Self::Provider(error) => error.code(),
            Self::NoUserinfo => "no_userinfo",
            Self::TokenUnusable => "access_token_unusable",
            Self::Unreachable => "service_unreachable",
            Self::Status(_) => "service_refused",
            Self::NotJson => "service_answer_unreadable",
            Self::OtherUser => "userinfo_of_somebody_else",
        }
    }
}

impl std::fmt::Display for ServiceError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Provider(error) => error.fmt(f),
            Self::NoUserinfo => f.write_str("the provider has no userinfo endpoint"),
            Self::TokenUnusable => f.write_str("the access token cannot be sent"),
            Self::Unreachable => f.write_str("the service cannot be reached"),
            Self::Status(status) => write!(f, "the service answered {status}"),
            Self::NotJson => f.write_str("the answer of the service is no JSON object"),
            Self::OtherUser => f.write_str("userinfo is about somebody else"),
        }
    }
}
