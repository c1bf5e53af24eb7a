//! The provider on sockets of its own.

use oidc_login_dev_provider::{DevProvider, DevProviderBuilder, Endpoint, Hold, ServeError};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};

use crate::support::*;

fn builder() -> DevProviderBuilder {
    DevProvider::builder()
        .issuer("http://localhost:0/dev")
        .client(public_client())
        .keys(KEYS.clone())
}

async fn discovery(provider: &DevProvider) -> String {
    let host = provider
        .issuer()
        .strip_prefix("http://")
        .unwrap()
        .strip_suffix("/dev")
        .unwrap();
    let mut stream = TcpStream::connect(host).await.unwrap();
    let request = format!(
        "GET /dev/.well-known/openid-configuration HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n"
    );
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    answer
}

#[tokio::test]
async fn a_free_port_becomes_part_of_the_issuer() {
    let running = builder().bind().await.unwrap().spawn();
    let issuer = running.provider().issuer().to_owned();
    assert!(!issuer.contains(":0/"));
    let answer = discovery(running.provider()).await;
    assert!(
        answer.starts_with("HTTP/1.1 200") && answer.contains(&issuer),
        "{answer}"
    );
    running.stop().await.unwrap();
}

#[tokio::test]
async fn a_taken_port_is_explained() {
    let taken = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = taken.local_addr().unwrap().port();
    let error = builder()
        .issuer(format!("http://127.0.0.1:{port}"))
        .bind()
        .await
        .map(|_| ())
        .unwrap_err();
    assert!(matches!(error, ServeError::PortTaken { .. }));
    assert!(
        error.to_string().contains("is taken by another program"),
        "{error}"
    );
}

#[tokio::test]
async fn other_machines_are_kept_out_unless_told() {
    let error = builder()
        .issuer("http://login.example.test")
        .bind()
        .await
        .map(|_| ())
        .unwrap_err();
    assert!(error.to_string().contains("dangerous_listen_on"), "{error}");

    let error = builder()
        .issuer("https://localhost:0")
        .bind()
        .await
        .map(|_| ())
        .unwrap_err();
    assert!(error.to_string().contains("speaks no TLS"), "{error}");

    let listener = TcpListener::bind("0.0.0.0:0").await.unwrap();
    let provider = builder().issuer("http://localhost:5001").build().unwrap();
    let error = provider
        .serve(listener, std::future::ready(()))
        .await
        .unwrap_err();
    assert!(
        matches!(error, ServeError::NotLoopback(_))
            && error.to_string().contains("dangerous_listen_on"),
        "{error}"
    );

    let listener = TcpListener::bind("0.0.0.0:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let provider = builder()
        .issuer("http://localhost:5001")
        .dangerous_listen_on(address)
        .build()
        .unwrap();
    provider
        .serve(listener, std::future::ready(()))
        .await
        .unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_request_that_never_ends_does_not_stop_the_shutdown() {
    let running = builder().bind().await.unwrap().spawn();
    let gate = running
        .provider()
        .control()
        .hold(Endpoint::Discovery, Hold::Request);
    let provider = running.provider().clone();
    let held = tokio::spawn(async move { discovery(&provider).await });
    gate.arrived(1).await;
    running.stop().await.unwrap();
    held.abort();
}
