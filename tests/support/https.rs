//! Sites with names of their own over https, so that browsers see what is one site and what are two.

#![allow(
    clippy::missing_panics_doc,
    reason = "every function here panics when a site cannot be served"
)]

use std::{
    io,
    net::{Ipv4Addr, SocketAddr},
};

use axum::{Router, serve::Listener};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::mpsc,
};
use tokio_rustls::server::TlsStream;

use crate::authority::Authority;

/// The names of the sites; each is a site of its own. `localhost` is the one that programs find too.
const NAMES: [&str; 3] = ["app.test", "localhost", "elsewhere.test"];

/// What a browser must be started with to find the sites.
pub fn browser_arguments() -> Vec<String> {
    let names = NAMES.map(|name| format!("MAP {name} 127.0.0.1")).join(",");
    vec![
        format!("--host-resolver-rules={names}"),
        // As browsers are, or are about to be: no cookies of another site.
        "--test-third-party-cookie-phaseout".to_owned(),
    ]
}

/// A site that is not served yet, so that others can be told its address.
pub struct Site {
    listener: TcpListener,
    name: &'static str,
}

impl Site {
    /// A site of this name.
    pub async fn reserve(name: &'static str) -> Self {
        assert!(NAMES.contains(&name), "{name}");
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await;
        let listener = listener.expect("the machine has a free port");
        Self { listener, name }
    }

    /// Its origin.
    pub fn origin(&self) -> String {
        let address = self.listener.local_addr().expect("it was bound");
        format!("https://{}:{}", self.name, address.port())
    }

    /// Serves it as long as the test runs, with a certificate that this authority issues to it.
    pub fn serve(self, authority: &Authority, router: Router) {
        let (shaken, streams) = mpsc::channel(16);
        let acceptor = authority.acceptor(&[self.name]);
        let listener = Tls {
            address: self.listener.local_addr().expect("it was bound"),
            streams,
        };
        tokio::spawn(async move {
            while let Ok((stream, peer)) = self.listener.accept().await {
                let (acceptor, shaken) = (acceptor.clone(), shaken.clone());
                // One by one they would wait for a browser that connects ahead and says nothing.
                tokio::spawn(async move {
                    if let Ok(stream) = acceptor.accept(stream).await {
                        let _ = shaken.send((stream, peer)).await;
                    }
                });
            }
        });
        tokio::spawn(async move { axum::serve(listener, router).await });
    }
}

/// Connections whose handshake is over.
struct Tls {
    address: SocketAddr,
    streams: mpsc::Receiver<(TlsStream<TcpStream>, SocketAddr)>,
}

impl Listener for Tls {
    type Io = TlsStream<TcpStream>;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Self::Io, Self::Addr) {
        match self.streams.recv().await {
            Some(connection) => connection,
            None => std::future::pending().await,
        }
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        Ok(self.address)
    }
}
