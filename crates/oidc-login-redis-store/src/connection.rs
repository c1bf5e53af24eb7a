//! The one connection all requests share: made when it is needed, replaced when it breaks.

use std::{
    sync::{
        Arc, Mutex, MutexGuard, OnceLock, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use redis::{AsyncConnectionConfig, Client, PushKind, RedisError, aio::MultiplexedConnection};
use tokio::{
    sync::Semaphore,
    time::{Instant, timeout},
};

use crate::error::Failure;

/// After a failed attempt nobody else tries for so long: a server that is gone costs no queue.
const PAUSE: Duration = Duration::from_millis(100);

pub(crate) struct Connection {
    client: Client,
    timeout: Duration,
    waiting: Semaphore,
    present: Mutex<Option<Link>>,
    attempt: tokio::sync::Mutex<Option<Instant>>,
}

/// A connection that was made once.
#[derive(Clone)]
struct Link {
    multiplexed: MultiplexedConnection,
    is_broken: Arc<AtomicBool>,
}

impl Connection {
    pub(crate) fn new(client: Client, timeout: Duration, max_waiting: usize) -> Self {
        Self {
            client,
            timeout,
            waiting: Semaphore::new(max_waiting.clamp(1, Semaphore::MAX_PERMITS)),
            present: Mutex::new(None),
            attempt: tokio::sync::Mutex::new(None),
        }
    }

    /// One call, bounded in time and in how many others may wait beside it.
    pub(crate) async fn call<T>(
        &self,
        call: impl AsyncFnOnce(MultiplexedConnection) -> Result<T, RedisError>,
    ) -> Result<T, Failure> {
        let _permit = self.waiting.try_acquire().map_err(|_| Failure::Busy)?;
        let used = OnceLock::new();
        let call = async {
            let link = self.link().await?;
            let is_broken = used.get_or_init(|| link.is_broken.clone());
            let result = call(link.multiplexed).await;
            if matches!(&result, Err(error) if error.is_unrecoverable_error() || error.is_io_error())
            {
                is_broken.store(true, Ordering::Release);
            }
            result.map_err(Failure::from)
        };
        timeout(self.timeout, call).await.unwrap_or_else(|_| {
            // Nobody knows whether it still answers, and what waits for it holds memory.
            if let Some(is_broken) = used.get() {
                is_broken.store(true, Ordering::Release);
            }
            tracing::warn!("redis did not answer in time, the next request connects anew");
            Err(Failure::Timeout)
        })
    }

    /// The present connection, or a new one. Only one request at a time makes one.
    async fn link(&self) -> Result<Link, Failure> {
        if let Some(link) = self.usable() {
            return Ok(link);
        }
        let mut failed_at = self.attempt.lock().await;
        if let Some(link) = self.usable() {
            return Ok(link);
        }
        if failed_at.is_some_and(|failed_at| failed_at.elapsed() < PAUSE) {
            return Err(Failure::Unreachable);
        }
        // An attempt that is cancelled counts as failed.
        *failed_at = Some(Instant::now());
        let is_broken = Arc::new(AtomicBool::new(false));
        let sender_of_end = is_broken.clone();
        let config = AsyncConnectionConfig::new()
            .set_connection_timeout(Some(self.timeout))
            .set_response_timeout(Some(self.timeout))
            .set_push_sender(move |push: redis::PushInfo| {
                if push.kind == PushKind::Disconnection {
                    sender_of_end.store(true, Ordering::Release);
                }
                Ok::<_, ()>(())
            });
        let multiplexed = self
            .client
            .get_multiplexed_async_connection_with_config(&config)
            .await;
        let multiplexed = multiplexed.inspect_err(|error| {
            *failed_at = Some(Instant::now());
            let failure = Failure::from(error.clone());
            tracing::warn!(%failure, "no connection to redis");
        })?;
        *failed_at = None;
        let link = Link {
            multiplexed,
            is_broken,
        };
        *self.present() = Some(link.clone());
        Ok(link)
    }

    fn usable(&self) -> Option<Link> {
        let mut present = self.present();
        present.take_if(|link| link.is_broken.load(Ordering::Acquire));
        present.clone()
    }

    fn present(&self) -> MutexGuard<'_, Option<Link>> {
        self.present.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
