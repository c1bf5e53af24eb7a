//! Where the browser is sent next.

use axum::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode, header};
use url::form_urlencoded;

use crate::provider::Provider;

/// 303, so that nothing posted to us is posted on, [RFC 9700 §4.12](https://www.rfc-editor.org/rfc/rfc9700#section-4.12).
pub(crate) fn to(location: &str) -> Response {
    let location =
        HeaderValue::try_from(location).expect("a parsed URL is printed in visible ASCII");
    let headers = [
        (header::LOCATION, location),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
        (
            header::REFERRER_POLICY,
            HeaderValue::from_static("no-referrer"),
        ),
    ];
    (StatusCode::SEE_OTHER, headers).into_response()
}

/// The same request again, as a GET to one of our own endpoints.
pub(crate) fn to_self(provider: &Provider, path: &str, form: &str) -> Response {
    let query = form_urlencoded::Serializer::new(String::new())
        .extend_pairs(form_urlencoded::parse(form.as_bytes()))
        .finish();
    to(&format!(
        "{}?{query}",
        provider.settings.issuer.endpoint(path)
    ))
}
