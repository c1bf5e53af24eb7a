//! The body of an answer: the app's, or ours.

use std::{
    pin::Pin,
    task::{Context, Poll},
};

use bytes::Bytes;
use http_body::{Body as HttpBody, Frame, SizeHint};
use http_body_util::Full;
use pin_project_lite::pin_project;

pin_project! {
    /// The body of an answer: the app's own, untouched, or ours.
    #[derive(Debug)]
    pub struct Body<B> {
        #[pin]
        inner: Either<B>,
    }
}

pin_project! {
    #[derive(Debug)]
    #[project = EitherProjection]
    enum Either<B> {
        App {
            #[pin]
            body: B,
        },
        Own {
            #[pin]
            body: Full<Bytes>,
        },
    }
}

impl<B> Body<B> {
    pub(crate) fn app(body: B) -> Self {
        Self {
            inner: Either::App { body },
        }
    }

    pub(crate) fn own(bytes: Bytes) -> Self {
        let body = Full::new(bytes);
        Self {
            inner: Either::Own { body },
        }
    }
}

/// Empty, for layers around this one that answer by themselves: a time limit, say.
impl<B> Default for Body<B> {
    fn default() -> Self {
        Self::own(Bytes::new())
    }
}

impl<B: HttpBody<Data = Bytes>> HttpBody for Body<B> {
    type Data = Bytes;
    type Error = B::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, B::Error>>> {
        match self.project().inner.project() {
            EitherProjection::App { body } => body.poll_frame(context),
            EitherProjection::Own { body } => {
                body.poll_frame(context).map_err(|never| match never {})
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        match &self.inner {
            Either::App { body } => body.is_end_stream(),
            Either::Own { body } => body.is_end_stream(),
        }
    }

    fn size_hint(&self) -> SizeHint {
        match &self.inner {
            Either::App { body } => body.size_hint(),
            Either::Own { body } => body.size_hint(),
        }
    }
}
