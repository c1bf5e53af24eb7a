//! What the app does with the user's tokens.

use axum::{
    Json,
    extract::State,
    response::{IntoResponse, Redirect, Response},
};
use http::{HeaderMap, StatusCode, header};
use oidc_login::{AccessToken, Claims, Oidc, SameOrigin};
use serde_json::{Value, json};
use time::OffsetDateTime;

use super::App;
use crate::{
    pages::{Claim, Lifetime, NotRefreshedPage, RefreshedPage, page},
    services::ServiceError,
};

/// Calls another service as the user. `AccessToken` protects the handler as `Claims` does, and is
/// refreshed when it ends soon.
pub(super) async fn downstream(token: AccessToken, State(app): State<App>) -> Response {
    match app.services.resource(&token).await {
        Ok(answer) => Json(json!({
            "url": app.services.resource.to_string(),
            "access_token_expires_at": seconds(token.expires_at()),
            "answer": answer,
        }))
        .into_response(),
        Err(error) => {
            let status = match error {
                ServiceError::Status(status) => Some(status.as_u16()),
                _ => None,
            };
            let answer = json!({ "error": error.code(), "service_status": status });
            (StatusCode::BAD_GATEWAY, Json(answer)).into_response()
        }
    }
}

/// Refreshes now, then asks userinfo with the new token. A page for people, JSON for scripts.
pub(super) async fn refresh(
    _: SameOrigin,
    _: Claims,
    oidc: Oidc,
    State(app): State<App>,
    headers: HeaderMap,
) -> Response {
    let is_page = wants_page(&headers);
    let failed = |status: StatusCode, error: &str, text: &str| {
        if is_page {
            let page_of_it = NotRefreshedPage {
                code: error.to_owned(),
                text: text.to_owned(),
            };
            return page(status, &page_of_it);
        }
        (status, Json(json!({ "error": error, "message": text }))).into_response()
    };
    let token = match oidc.refresh().await {
        Ok(Some(token)) => token,
        // The provider has ended the sign-in: /secure begins a new one.
        Ok(None) if is_page => return Redirect::to("/secure").into_response(),
        Ok(None) => {
            let text = "the provider has ended this sign-in";
            return failed(StatusCode::UNAUTHORIZED, "not_signed_in", text);
        }
        Err(error) => {
            let mut answer = failed(error.status(), error.code(), &error.to_string());
            if let Some(seconds) = error.retry_after() {
                let headers = answer.headers_mut();
                headers.insert(header::RETRY_AFTER, seconds.into());
            }
            return answer;
        }
    };
    match app.services.userinfo(&token).await {
        Ok(userinfo) if is_page => {
            let claims = userinfo.iter();
            page(
                StatusCode::OK,
                &RefreshedPage {
                    lifetime: Lifetime::of_access_token(token.login()),
                    userinfo: claims
                        .map(|(name, value)| Claim::new(name, value))
                        .collect(),
                    now: OffsetDateTime::now_utc(),
                },
            )
        }
        Ok(userinfo) => Json(json!({
            "refreshed_at": seconds(token.login().refreshed_at()),
            "access_token_expires_at": seconds(token.expires_at()),
            "userinfo": userinfo,
        }))
        .into_response(),
        Err(error) => failed(StatusCode::BAD_GATEWAY, error.code(), &error.to_string()),
    }
}

fn wants_page(headers: &HeaderMap) -> bool {
    let accept = headers.get(header::ACCEPT);
    accept.is_some_and(|accept| accept.to_str().is_ok_and(|text| text.contains("text/html")))
}

fn seconds(time: Option<OffsetDateTime>) -> Value {
    time.map(OffsetDateTime::unix_timestamp).into()
}
