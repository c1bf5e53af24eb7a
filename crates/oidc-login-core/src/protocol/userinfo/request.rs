//! The userinfo request (OpenID Connect Core §5.3.1).

use bytes::Bytes;
use http::{HeaderValue, Request, header};
use url::Url;

use super::UserInfoError;
use crate::protocol::AccessTokenText;

/// A request for claims about the user whose access token it is.
pub(crate) struct UserInfoRequest<'a> {
    /// The userinfo endpoint.
    pub(crate) endpoint: &'a Url,
    /// The access token of the login.
    pub(crate) access_token: &'a AccessTokenText,
}

impl UserInfoRequest<'_> {
    /// A GET with the token in the `Authorization` header, as the specification recommends.
    ///
    /// # Errors
    /// When the token fits no header.
    pub(crate) fn to_http(&self) -> Result<Request<Bytes>, UserInfoError> {
        let bearer = HeaderValue::try_from(format!("Bearer {}", self.access_token.secret()));
        let mut bearer = bearer.map_err(|_| UserInfoError::AccessToken)?;
        bearer.set_sensitive(true);
        let uri = self.endpoint.as_str().parse();
        let mut request = Request::new(Bytes::new());
        *request.uri_mut() = uri.map_err(|_| UserInfoError::Endpoint)?;
        let headers = request.headers_mut();
        headers.insert(header::AUTHORIZATION, bearer);
        let accept = HeaderValue::from_static("application/json, application/jwt");
        headers.insert(header::ACCEPT, accept);
        Ok(request)
    }
}
