//! A layer that does nothing: the floor to compare with.

use std::{
    future::Future,
    pin::Pin,
    task::{Context, Poll},
};

use tower::{Layer, Service};

/// Does what every layer with an `async` body does, and nothing else: clones the inner service and
/// boxes its future.
#[derive(Clone, Copy, Debug)]
pub struct BoxingLayer;

/// The service of [`BoxingLayer`].
#[derive(Clone, Debug)]
pub struct Boxing<S>(S);

impl<S> Layer<S> for BoxingLayer {
    type Service = Boxing<S>;

    fn layer(&self, inner: S) -> Boxing<S> {
        Boxing(inner)
    }
}

impl<S, Request> Service<Request> for Boxing<S>
where
    S: Service<Request> + Clone + Send + 'static,
    S::Future: Send,
    Request: Send + 'static,
{
    type Response = S::Response;
    type Error = S::Error;
    type Future = Pin<Box<dyn Future<Output = Result<S::Response, S::Error>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.0.poll_ready(context)
    }

    fn call(&mut self, request: Request) -> Self::Future {
        let ready = self.0.clone();
        let mut inner = std::mem::replace(&mut self.0, ready);
        Box::pin(async move { inner.call(request).await })
    }
}
