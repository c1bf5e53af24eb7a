//! The answer of a guarded route that is not there yet.

use std::{
    fmt,
    future::Future,
    pin::Pin,
    task::{Context, Poll, ready},
};

use http::Response;
use pin_project_lite::pin_project;

use crate::{body::Body, future::Boxed};

pin_project! {
    /// The future of [`RequireLogin`](crate::RequireLogin).
    ///
    /// Of a request that may pass at once, the app's own future stands in it as it is.
    pub struct RequireLoginFuture<F, B, E> {
        #[pin]
        state: State<F, B, E>,
    }
}

pin_project! {
    #[project = StateProjection]
    enum State<F, B, E> {
        Admitted {
            #[pin]
            response: F,
        },
        Boxed {
            future: Boxed<B, E>,
        },
    }
}

impl<F, B, E> fmt::Debug for RequireLoginFuture<F, B, E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RequireLoginFuture").finish_non_exhaustive()
    }
}

impl<F, B, E> RequireLoginFuture<F, B, E> {
    pub(super) fn admitted(response: F) -> Self {
        Self {
            state: State::Admitted { response },
        }
    }

    pub(super) fn boxed(
        future: impl Future<Output = Result<Response<Body<B>>, E>> + Send + 'static,
    ) -> Self {
        let future = Box::pin(future);
        Self {
            state: State::Boxed { future },
        }
    }
}

impl<F, B, E> Future for RequireLoginFuture<F, B, E>
where
    F: Future<Output = Result<Response<B>, E>>,
{
    type Output = Result<Response<Body<B>>, E>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        match self.project().state.project() {
            StateProjection::Admitted { response } => {
                let response = ready!(response.poll(context))?;
                Poll::Ready(Ok(response.map(Body::app)))
            }
            StateProjection::Boxed { future } => future.as_mut().poll(context),
        }
    }
}
