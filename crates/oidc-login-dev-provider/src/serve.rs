//! The provider on sockets of its own.

use std::{fmt, future::Future, io, net::SocketAddr, time::Duration};

use tokio::{
    net::TcpListener,
    sync::watch,
    task::{JoinHandle, JoinSet},
    time::timeout,
};

use crate::{ConfigError, DevProvider, DevProviderBuilder, ServeError, issuer::Issuer};

/// How long requests under way may take after the shutdown began: one that never ends must not keep a test or a demo alive.
const GRACE: Duration = Duration::from_secs(3);

impl DevProvider {
    /// Serves on a listener of your own until `shutdown` is done, then finishes the requests under way.
    ///
    /// # Errors
    ///
    /// When the listener can be reached from other machines and the builder was not told [`dangerous_listen_on`](DevProviderBuilder::dangerous_listen_on).
    pub async fn serve(
        &self,
        listener: TcpListener,
        shutdown: impl Future<Output = ()> + Send + 'static,
    ) -> Result<(), ServeError> {
        let address = listener.local_addr().map_err(ServeError::Stopped)?;
        if !address.ip().is_loopback() && self.0.settings.listen_on.is_none() {
            return Err(ServeError::NotLoopback(address));
        }
        tracing::warn!(issuer = self.issuer(), %address, "development OpenID provider listening: not for production");
        axum::serve(listener, self.router())
            .with_graceful_shutdown(shutdown)
            .await
            .map_err(ServeError::Stopped)
    }
}

impl DevProviderBuilder {
    /// Builds the provider and opens its sockets: on all loopback addresses of the issuer's host, so `127.0.0.1` and `[::1]` for `localhost`.
    ///
    /// # Errors
    ///
    /// When a setting is wrong, the port is taken, or the issuer's host is not this machine only.
    pub async fn bind(self) -> Result<Listening, ServeError> {
        let issuer = Issuer::parse(&self.issuer)?;
        if issuer.is_https() {
            let allowed = "http, since it speaks no TLS; behind a proxy that does, use `serve` with a listener of your own";
            return Err(ConfigError::new("issuer", &self.issuer, allowed).into());
        }
        let (first, further) = match (self.listen_on, issuer.loopback_addresses()) {
            (Some(address), _) => (address, Vec::new()),
            (None, Some(addresses)) => (
                SocketAddr::new(addresses[0], issuer.port()),
                addresses[1..].to_vec(),
            ),
            (None, None) => {
                let allowed = "a loopback name (localhost, 127.0.0.1, [::1]) to listen there; `dangerous_listen_on` listens elsewhere";
                return Err(ConfigError::new("issuer", &self.issuer, allowed).into());
            }
        };
        let mut listeners = vec![listen(first).await?];
        let port = listeners[0]
            .local_addr()
            .map_err(|source| ServeError::Listen {
                address: first,
                source,
            })?
            .port();
        for address in further {
            match listen(SocketAddr::new(address, port)).await {
                Ok(listener) => listeners.push(listener),
                // A machine without IPv6.
                Err(ServeError::Listen { .. }) => {}
                Err(error) => return Err(error),
            }
        }
        let issuer = if issuer.port() == 0 {
            issuer.with_port(port)
        } else {
            issuer
        };
        Ok(Listening {
            provider: self.build_as(issuer)?,
            listeners,
        })
    }
}

async fn listen(address: SocketAddr) -> Result<TcpListener, ServeError> {
    TcpListener::bind(address)
        .await
        .map_err(|source| match source.kind() {
            io::ErrorKind::AddrInUse => ServeError::PortTaken { address, source },
            _ => ServeError::Listen { address, source },
        })
}

/// A provider with open sockets: connections wait from now on, answers come with [`serve`](Self::serve) or [`spawn`](Self::spawn).
#[must_use]
pub struct Listening {
    provider: DevProvider,
    listeners: Vec<TcpListener>,
}

impl fmt::Debug for Listening {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Listening")
            .field("provider", &self.provider)
            .finish_non_exhaustive()
    }
}

impl Listening {
    /// The provider.
    pub fn provider(&self) -> &DevProvider {
        &self.provider
    }

    /// Serves until `shutdown` is done, then finishes the requests under way, for three seconds at most.
    ///
    /// # Errors
    ///
    /// When a socket fails.
    pub async fn serve(self, shutdown: impl Future<Output = ()> + Send) -> Result<(), ServeError> {
        let stop = watch::Sender::new(false);
        let mut servers = JoinSet::new();
        for listener in self.listeners {
            let (provider, mut stopped) = (self.provider.clone(), stop.subscribe());
            servers.spawn(async move {
                // Also when the sender is gone.
                let stopped = async move { drop(stopped.wait_for(|stopped| *stopped).await) };
                provider.serve(listener, stopped).await
            });
        }
        tokio::select! {
            () = shutdown => {}
            Some(ended) = servers.join_next() => flatten(ended)?,
        }
        stop.send_replace(true);
        let finished = async {
            while let Some(ended) = servers.join_next().await {
                flatten(ended)?;
            }
            Ok(())
        };
        timeout(GRACE, finished).await.unwrap_or(Ok(()))
    }

    /// Serves in a task of its own until the handle is stopped or dropped.
    pub fn spawn(self) -> Running {
        let (provider, stop) = (self.provider.clone(), watch::Sender::new(false));
        let mut stopped = stop.subscribe();
        let task = tokio::spawn(
            self.serve(async move { drop(stopped.wait_for(|stopped| *stopped).await) }),
        );
        Running {
            provider,
            stop,
            task,
        }
    }
}

fn flatten(
    ended: Result<Result<(), ServeError>, tokio::task::JoinError>,
) -> Result<(), ServeError> {
    ended.unwrap_or_else(|error| Err(ServeError::Stopped(io::Error::other(error))))
}

/// A provider that answers, in a task of its own. Dropping it stops the provider.
#[must_use = "dropping it stops the provider"]
pub struct Running {
    provider: DevProvider,
    stop: watch::Sender<bool>,
    task: JoinHandle<Result<(), ServeError>>,
}

impl fmt::Debug for Running {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Running")
            .field("provider", &self.provider)
            .finish_non_exhaustive()
    }
}

impl Running {
    /// The provider.
    pub fn provider(&self) -> &DevProvider {
        &self.provider
    }

    /// Finishes the requests under way, for three seconds at most, and closes the sockets.
    ///
    /// # Errors
    ///
    /// When a socket had failed.
    pub async fn stop(self) -> Result<(), ServeError> {
        self.stop.send_replace(true);
        flatten(self.task.await)
    }
}
