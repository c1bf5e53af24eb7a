//! `/style.css`.

use axum::response::IntoResponse;
use http::header::{CACHE_CONTROL, CONTENT_TYPE};
use oidc_login::page::STYLESHEET;

/// The library's stylesheet, so that its pages and ours are of one piece, and a few rules of ours.
pub(crate) async fn style() -> impl IntoResponse {
    let headers = [
        (CONTENT_TYPE, "text/css; charset=utf-8"),
        (CACHE_CONTROL, "no-cache"),
    ];
    (
        headers,
        [STYLESHEET, include_str!("../../templates/demo.css")].concat(),
    )
}
