//! The answer in place of the handler's.

use axum::{body::Body as AxumBody, response::IntoResponse};
use bytes::Bytes;
use http::Response;

use crate::{body::Body, missing::layer_missing};

/// The answer in place of the handler's: a redirect to the sign-in, a 401, or an error page.
#[derive(Debug)]
pub struct Rejection(Box<Response<Body<AxumBody>>>);

impl Rejection {
    pub(super) fn new(answer: Response<Bytes>) -> Self {
        Self(Box::new(answer.map(Body::own)))
    }

    pub(super) fn layer_missing() -> Self {
        Self(Box::new(layer_missing()))
    }
}

impl IntoResponse for Rejection {
    fn into_response(self) -> axum::response::Response {
        self.0.map(AxumBody::new)
    }
}
