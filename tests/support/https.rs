//! Sites with names of their own over https, so that browsers see what is one site and what are two.

#![allow(
    clippy::missing_panics_doc,
    reason = "every function here panics when a site cannot be served"
)]

use std::{
    io,
    net::{Ipv4Addr, SocketAddr},
    path::PathBuf,
    process::Command,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
};

use axum::{Router, serve::Listener};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::mpsc,
};
use tokio_rustls::{
    TlsAcceptor,
    rustls::{
        ServerConfig,
        crypto::aws_lc_rs,
        pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject as _},
    },
    server::TlsStream,
};

/// The names of the sites; each is a registrable name of its own.
const NAMES: [&str; 3] = ["app.test", "provider.test", "elsewhere.test"];

/// A certificate for all names, made for one test.
pub struct Certificate {
    acceptor: TlsAcceptor,
    /// SHA-256 of its public key.
    pin: String,
}

/// A site that is not served yet, so that others can be told its address.
pub struct Site {
    listener: TcpListener,
    name: &'static str,
}

impl Certificate {
    /// Makes one with `openssl`.
    pub fn make() -> Self {
        let folder = new_folder();
        let (key, certificate) = (folder.join("key.pem"), folder.join("certificate.pem"));
        let names = NAMES.map(|name| format!("DNS:{name}")).join(",");
        openssl(&[
            "req",
            "-x509",
            "-newkey",
            "ec",
            "-pkeyopt",
            "ec_paramgen_curve:P-256",
            "-nodes",
            "-days",
            "2",
            "-subj",
            "/CN=app.test",
            "-addext",
            &format!("subjectAltName={names}"),
            "-keyout",
            &key.to_string_lossy(),
            "-out",
            &certificate.to_string_lossy(),
        ]);
        let public_key = openssl(&[
            "pkey",
            "-in",
            &key.to_string_lossy(),
            "-pubout",
            "-outform",
            "DER",
        ]);
        let hash = aws_lc_rs_hash(&public_key);
        let certificate = CertificateDer::from_pem_file(&certificate).expect("a certificate");
        let key = PrivateKeyDer::from_pem_file(&key).expect("a key");
        let _ = std::fs::remove_dir_all(&folder);
        let provider = Arc::new(aws_lc_rs::default_provider());
        let config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .expect("TLS 1.2 and 1.3")
            .with_no_client_auth()
            .with_single_cert(vec![certificate], key)
            .expect("a certificate with its key");
        Self {
            acceptor: TlsAcceptor::from(Arc::new(config)),
            pin: STANDARD.encode(hash),
        }
    }

    /// What a browser must be started with to know the names and to trust this certificate.
    pub fn browser_arguments(&self) -> Vec<String> {
        let names = NAMES.map(|name| format!("MAP {name} 127.0.0.1")).join(",");
        vec![
            format!("--host-resolver-rules={names}"),
            format!("--ignore-certificate-errors-spki-list={}", self.pin),
            // As browsers are, or are about to be: no cookies of another site.
            "--test-third-party-cookie-phaseout".to_owned(),
        ]
    }
}

impl Site {
    /// A site of this name, one of those that the certificate knows.
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

    /// Serves it as long as the test runs.
    pub fn serve(self, certificate: &Certificate, router: Router) {
        let (shaken, streams) = mpsc::channel(16);
        let acceptor = certificate.acceptor.clone();
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

fn aws_lc_rs_hash(bytes: &[u8]) -> Vec<u8> {
    let hash = ::aws_lc_rs::digest::digest(&::aws_lc_rs::digest::SHA256, bytes);
    hash.as_ref().to_vec()
}

fn openssl(arguments: &[&str]) -> Vec<u8> {
    let made = Command::new("openssl").args(arguments).output();
    let made = made.expect("openssl is installed: scripts/install does it");
    let said = String::from_utf8_lossy(&made.stderr);
    assert!(made.status.success(), "{arguments:?}: {said}");
    made.stdout
}

fn new_folder() -> PathBuf {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    let name = format!("oidc-login-https-{}-{number}", std::process::id());
    let folder = std::env::temp_dir().join(name);
    std::fs::create_dir_all(&folder)
        .unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    folder
}
