//! Seams that are shared: an [`Arc`] of one is one.

use std::{future::Future, pin::Pin, sync::Arc, time::Duration};

use bytes::Bytes;
use time::OffsetDateTime;

use super::{Clock, HttpClient, HttpError, Random, Spawn, Timer};

impl<T: Clock + ?Sized> Clock for Arc<T> {
    fn now(&self) -> OffsetDateTime {
        (**self).now()
    }

    fn unix_timestamp(&self) -> i64 {
        (**self).unix_timestamp()
    }
}

impl<T: Random + ?Sized> Random for Arc<T> {
    fn fill(&self, buffer: &mut [u8]) {
        (**self).fill(buffer);
    }
}

impl<T: Spawn + ?Sized> Spawn for Arc<T> {
    fn spawn(&self, task: Pin<Box<dyn Future<Output = ()> + Send>>) {
        (**self).spawn(task);
    }
}

impl<T: Timer + ?Sized> Timer for Arc<T> {
    fn sleep(&self, time: Duration) -> Pin<Box<dyn Future<Output = ()> + Send>> {
        (**self).sleep(time)
    }
}

/// The client's own future: `async` would put it into another box.
impl<T: HttpClient + ?Sized> HttpClient for Arc<T> {
    fn send<'a, 't>(
        &'a self,
        request: http::Request<Bytes>,
    ) -> Pin<Box<dyn Future<Output = Result<http::Response<Bytes>, HttpError>> + Send + 't>>
    where
        'a: 't,
        Self: 't,
    {
        (**self).send(request)
    }
}
