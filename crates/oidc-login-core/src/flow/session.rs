//! `GET /auth/session`: who am I, without any token.

use bytes::Bytes;
use http::{HeaderName, HeaderValue, Response, StatusCode, header};
use serde_json::json;

use super::{
    context::RequestContext,
    respond::{json as answer, set},
};
use crate::{error::LoginError, session::Login};

impl RequestContext {
    pub(super) async fn serve_session(&self) -> Result<Response<Bytes>, LoginError> {
        let value = match self.login().await? {
            None => json!({ "authenticated": false }),
            Some(login) => signed_in(&login),
        };
        let mut response = answer(StatusCode::OK, &value);
        let headers = response.headers_mut();
        headers.append(header::VARY, HeaderValue::from_static("Origin"));
        let policy = HeaderName::from_static("cross-origin-resource-policy");
        set(headers, policy, "same-origin");
        Ok(response)
    }
}

fn signed_in(login: &Login) -> serde_json::Value {
    json!({
        "authenticated": true,
        "iss": login.issuer(),
        "sub": login.subject(),
        "claims": login.claims().as_map(),
        "roles": login.roles(),
        "logged_in_at": login.logged_in_at().unix_timestamp(),
        "ends_at": login.ends_at().unix_timestamp(),
    })
}
