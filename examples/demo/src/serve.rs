//! Serving the app until Ctrl-C.

use std::{io, net::SocketAddr};

use axum::Router;
use tokio::{net::TcpListener, task::JoinSet};

/// Serves the app on every listener; the peer's address is there for the layer.
pub(crate) async fn serve(listeners: Vec<TcpListener>, app: Router) -> io::Result<()> {
    let app = app.into_make_service_with_connect_info::<SocketAddr>();
    let mut servers = JoinSet::new();
    for listener in listeners {
        let server = axum::serve(listener, app.clone()).with_graceful_shutdown(ctrl_c());
        servers.spawn(async move { server.await });
    }
    while let Some(ended) = servers.join_next().await {
        ended.map_err(io::Error::other)??;
    }
    Ok(())
}

async fn ctrl_c() {
    if let Err(error) = tokio::signal::ctrl_c().await {
        tracing::warn!(%error, "Ctrl-C will not be noticed");
        std::future::pending::<()>().await;
    }
}
