//! What the provider tells the app of its own accord.

use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use bytes::Bytes;
use http::{Request, Response};
use oidc_login::seams::{HttpClient, HttpError};

/// The way from the provider to the app; the form that it posted last stays there.
#[derive(Clone, Default)]
pub(crate) struct Told(Arc<Mutex<Option<Bytes>>>);

impl Told {
    pub(crate) fn take(&self) -> Option<Bytes> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

#[async_trait]
impl HttpClient for Told {
    async fn send(&self, request: Request<Bytes>) -> Result<Response<Bytes>, HttpError> {
        let mut told = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *told = Some(request.into_body());
        Ok(Response::new(Bytes::new()))
    }
}
