//! The answer that is not there yet.

use std::{
    fmt,
    future::Future,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
};

use http::Response;
use oidc_login_core::RequestContext;
use pin_project_lite::pin_project;
use tower_sessions_core::Session;

use crate::body::Body;

/// An answer that has to be waited for.
pub(crate) type Boxed<B, E> = Pin<Box<dyn Future<Output = Result<Response<Body<B>>, E>> + Send>>;

pin_project! {
    /// The future of [`OidcService`](crate::OidcService).
    ///
    /// The app's own future stands in it as it is: most requests need no box for ours.
    pub struct OidcFuture<F, B, E> {
        #[pin]
        state: State<F, B, E>,
    }
}

pin_project! {
    #[project = StateProjection]
    enum State<F, B, E> {
        /// The app has the request.
        App {
            #[pin]
            response: F,
            pending: Pending,
        },
        /// Whatever waits for more than the app.
        Boxed {
            future: Boxed<B, E>,
        },
    }
}

/// A request whose answer is not ready. It may be dropped at any time: when the client hangs up.
struct Pending {
    context: Arc<RequestContext>,
    session: Option<Session>,
}

impl<F, B, E> fmt::Debug for OidcFuture<F, B, E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OidcFuture").finish_non_exhaustive()
    }
}

impl<F, B, E> OidcFuture<F, B, E> {
    /// The app's answer, with the session that was made for the request, if one was.
    pub(crate) fn app(response: F, context: Arc<RequestContext>, session: Option<Session>) -> Self {
        let pending = Pending { context, session };
        Self {
            state: State::App { response, pending },
        }
    }

    pub(crate) fn boxed(
        future: impl Future<Output = Result<Response<Body<B>>, E>> + Send + 'static,
    ) -> Self {
        let future = Box::pin(future);
        Self {
            state: State::Boxed { future },
        }
    }
}

impl<F, B, E> Future for OidcFuture<F, B, E>
where
    F: Future<Output = Result<Response<B>, E>>,
    B: Send + 'static,
{
    type Output = Result<Response<Body<B>>, E>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let mut state = self.project().state;
        loop {
            match state.as_mut().project() {
                StateProjection::App { response, pending } => {
                    let response = ready!(response.poll(context))?;
                    let Some(unsettled) = pending.take_unsettled() else {
                        return Poll::Ready(Ok(pending.finish(response)));
                    };
                    let future = Box::pin(async { Ok(unsettled.settle(response).await) });
                    state.set(State::Boxed { future });
                }
                StateProjection::Boxed { future } => return future.as_mut().poll(context),
            }
        }
    }
}

impl Pending {
    /// The same, if the app did something to its session that is to be saved first.
    fn take_unsettled(&mut self) -> Option<Self> {
        let session = self.session.take();
        let session = session.filter(|session| self.context.is_unsettled(session))?;
        Some(Self {
            context: self.context.clone(),
            session: Some(session),
        })
    }

    /// The app's answer, with what the request did to the session.
    fn finish<B>(&self, mut response: Response<B>) -> Response<Body<B>> {
        self.context.finish(response.headers_mut());
        response.map(Body::app)
    }

    /// The same, after what the app did to its session is saved.
    async fn settle<B>(mut self, response: Response<B>) -> Response<Body<B>> {
        if let Some(session) = &self.session {
            let settled = self.context.settle(session, response.status()).await;
            self.session = None;
            if let Err(error) = settled {
                return self
                    .context
                    .unfinished(error, response.headers())
                    .map(Body::own);
            }
        }
        self.finish(response)
    }
}

impl Drop for Pending {
    fn drop(&mut self) {
        if let Some(session) = self.session.take() {
            self.context.abandon(session);
        }
    }
}
