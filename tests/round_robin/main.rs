//! The proxy of `scripts/two-nodes`: `round-robin PORT NODE_PORT...` passes what comes to a port of this machine to the nodes
//! in turn. For development only.

use std::{
    io::{self, IsTerminal as _},
    net::{Ipv4Addr, Ipv6Addr, SocketAddr},
    process::ExitCode,
};

use axum::Router;
use oidc_login_tests::round_robin;
use tokio::net::TcpListener;

#[tokio::main]
async fn main() -> ExitCode {
    tracing_subscriber::fmt()
        .with_target(false)
        .with_level(false)
        .with_ansi(io::stderr().is_terminal())
        .with_writer(io::stderr)
        .init();
    let ports: Result<Vec<u16>, _> = std::env::args().skip(1).map(|port| port.parse()).collect();
    let Ok([port, nodes @ ..]) = ports.as_deref() else {
        eprintln!("usage: round-robin PORT NODE_PORT...");
        return ExitCode::from(2);
    };
    let nodes: Vec<_> = nodes
        .iter()
        .map(|&port| SocketAddr::from((Ipv4Addr::LOCALHOST, port)))
        .collect();
    match serve(*port, &nodes).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("port {port}: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Listens on both addresses that `localhost` may mean; a machine may lack the second.
async fn serve(port: u16, nodes: &[SocketAddr]) -> io::Result<()> {
    let first = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await?;
    let port = first.local_addr()?.port();
    let second = TcpListener::bind((Ipv6Addr::LOCALHOST, port)).await;
    let router = round_robin::router(nodes);
    println!("http://localhost:{port}");
    for (nth, node) in nodes.iter().enumerate() {
        println!("{} http://{node}", round_robin::name(nth));
    }
    match second {
        Ok(second) => tokio::try_join!(on(first, router.clone()), on(second, router)).map(drop),
        Err(_missing) => on(first, router).await,
    }
}

async fn on(listener: TcpListener, router: Router) -> io::Result<()> {
    axum::serve(listener, router).await
}
