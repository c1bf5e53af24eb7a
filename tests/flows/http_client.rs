//! The client that apps use to reach the provider, against servers that do not behave.

use std::{
    io::Write as _,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use bytes::Bytes;
use flate2::{Compression, write::GzEncoder};
use http::{Method, Request, Response};
use oidc_login::seams::{HttpClient as _, HttpError, HttpErrorKind, ReqwestClient};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpListener,
};

const MIB: usize = 1 << 20;
const THIS_TEST: &str = "http_client::the_proxies_of_the_environment_are_not_for_this_machine";

/// A server on loopback that answers every connection with these bytes and closes it.
struct Canned {
    url: String,
    connections: Arc<AtomicUsize>,
}

async fn canned(answer: Vec<u8>) -> Canned {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    let connections = Arc::new(AtomicUsize::new(0));
    let count = connections.clone();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            count.fetch_add(1, Ordering::SeqCst);
            let mut head = [0; 4096];
            let _ = stream.read(&mut head).await;
            let _ = stream.write_all(&answer).await;
            let _ = stream.shutdown().await;
        }
    });
    let url = format!("http://{address}/token");
    Canned { url, connections }
}

async fn post(url: &str) -> Result<Response<Bytes>, HttpError> {
    let request = Request::post(url).body(Bytes::from_static(b"code=a"));
    let client = ReqwestClient::new().expect("a client");
    client.send(request.expect("a request")).await
}

async fn failure(answer: Vec<u8>) -> Option<HttpErrorKind> {
    let server = canned(answer).await;
    post(&server.url).await.err().map(|error| error.kind())
}

fn answer(head: &str, body: &[u8]) -> Vec<u8> {
    let mut answer = format!("HTTP/1.1 {head}\r\nconnection: close\r\n\r\n").into_bytes();
    answer.extend_from_slice(body);
    answer
}

fn with_length(body: &[u8]) -> Vec<u8> {
    answer(&format!("200 OK\r\ncontent-length: {}", body.len()), body)
}

fn gzipped(body: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(body).expect("memory");
    encoder.finish().expect("memory")
}

fn with_gzip(body: &[u8]) -> Vec<u8> {
    let head = format!(
        "200 OK\r\ncontent-encoding: gzip\r\ncontent-length: {}",
        body.len()
    );
    answer(&head, body)
}

#[tokio::test]
async fn a_mebibyte_is_read_and_no_more() {
    let server = canned(with_length(&vec![b'a'; MIB])).await;
    let response = post(&server.url).await.expect("an answer");
    assert_eq!(response.body().len(), MIB);
    let chunk = format!("8000\r\n{}\r\n", "a".repeat(0x8000));
    let chunks = format!("{}0\r\n\r\n", chunk.repeat(64));
    for (name, bytes) in [
        ("a byte more", with_length(&vec![b'a'; MIB + 1])),
        ("without a length", answer("200 OK", &vec![b'a'; MIB + 1])),
        (
            "in chunks",
            answer("200 OK\r\ntransfer-encoding: chunked", chunks.as_bytes()),
        ),
        (
            "an error answer",
            answer("400 Bad Request", &vec![b'a'; 2 * MIB]),
        ),
    ] {
        let kind = failure(bytes).await;
        assert_eq!(kind, Some(HttpErrorKind::BodyTooLarge), "{name}");
    }
}

#[tokio::test]
async fn a_mebibyte_is_counted_after_decompression() {
    let small = gzipped(b"{\"a\":1}");
    let server = canned(with_gzip(&small)).await;
    let response = post(&server.url).await.expect("an answer");
    assert_eq!(&response.body()[..], b"{\"a\":1}");
    let bomb = gzipped(&vec![0; 64 * MIB]);
    assert!(bomb.len() < MIB / 8, "{} bytes on the wire", bomb.len());
    let kind = failure(with_gzip(&bomb)).await;
    assert_eq!(kind, Some(HttpErrorKind::BodyTooLarge));
}

#[tokio::test]
async fn an_answer_that_breaks_off_is_none() {
    let compressed = gzipped(&vec![b'a'; 10_000]);
    for (name, bytes) in [
        (
            "half a body",
            answer("200 OK\r\ncontent-length: 100", b"half"),
        ),
        (
            "half a chunk",
            answer("200 OK\r\ntransfer-encoding: chunked", b"ff\r\nhalf"),
        ),
        (
            "half a gzip",
            with_gzip(&compressed[..compressed.len() / 2]),
        ),
        ("no gzip at all", with_gzip(b"this is plain text")),
    ] {
        assert_eq!(
            failure(bytes).await,
            Some(HttpErrorKind::BodyBroken),
            "{name}"
        );
    }
    for (name, bytes) in [
        ("nothing", Vec::new()),
        ("half a head", b"HTTP/1.1 200 OK\r\nconten".to_vec()),
        ("no HTTP", b"SSH-2.0-OpenSSH_9.9\r\n".to_vec()),
        (
            "a head without end",
            format!("HTTP/1.1 200 OK\r\na: {}", "b".repeat(MIB)).into_bytes(),
        ),
    ] {
        assert!(failure(bytes).await.is_some(), "{name}");
    }
}

#[tokio::test]
async fn redirects_are_answers_and_not_followed() {
    let elsewhere = canned(with_length(b"{}")).await;
    for status in [
        "301 Moved",
        "302 Found",
        "303 See Other",
        "307 Temporary",
        "308 Permanent",
    ] {
        let head = format!("{status}\r\nlocation: {}", elsewhere.url);
        let server = canned(answer(&head, b"")).await;
        let response = post(&server.url).await.expect("an answer");
        assert!(response.status().is_redirection(), "{status}");
        assert_eq!(server.connections.load(Ordering::SeqCst), 1, "{status}");
    }
    assert_eq!(elsewhere.connections.load(Ordering::SeqCst), 0);
}

/// A server that answers the first request of each connection, and closes it when it has read the next one.
async fn closes_in_between() -> Canned {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let url = format!("http://{}/", listener.local_addr().expect("an address"));
    let requests = Arc::new(AtomicUsize::new(0));
    let count = requests.clone();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut head = [0; 4096];
            for answer in [&b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}"[..], b""] {
                if !matches!(stream.read(&mut head).await, Ok(1..)) {
                    break;
                }
                count.fetch_add(1, Ordering::SeqCst);
                let _ = stream.write_all(answer).await;
            }
        }
    });
    Canned {
        url,
        connections: requests,
    }
}

#[tokio::test]
async fn what_only_reads_is_asked_again_where_a_used_connection_ends() {
    for (method, expected, requests) in [
        (Method::GET, Ok(200), 3),
        // It carries a code or a refresh token, which may have been used.
        (Method::POST, Err(HttpErrorKind::Other), 2),
    ] {
        let server = closes_in_between().await;
        let client = ReqwestClient::new().expect("a client");
        let send = || {
            let request = Request::builder().method(&method).uri(&server.url);
            client.send(request.body(Bytes::new()).expect("a request"))
        };
        assert!(send().await.is_ok(), "{method}: the first");
        let second = send().await;
        let second = second.map(|answer| answer.status().as_u16());
        let second = second.map_err(|error| error.kind());
        assert_eq!(second, expected, "{method}");
        let count = server.connections.load(Ordering::SeqCst);
        assert_eq!(count, requests, "{method}");
    }
}

#[tokio::test]
async fn a_server_that_never_answers_is_asked_twice_and_no_more() {
    let server = canned(Vec::new()).await;
    let client = ReqwestClient::new().expect("a client");
    let request = Request::get(&server.url).body(Bytes::new());
    let error = client.send(request.expect("a request")).await;
    assert_eq!(
        error.err().map(|error| error.kind()),
        Some(HttpErrorKind::Other)
    );
    assert_eq!(server.connections.load(Ordering::SeqCst), 2);
}

/// Proxies are read from the environment of the process, so this test runs itself in another one.
#[tokio::test]
async fn the_proxies_of_the_environment_are_not_for_this_machine() {
    const TARGET: &str = "OIDC_LOGIN_TEST_TARGET";
    if let Ok(target) = std::env::var(TARGET) {
        let _ = post(&target).await;
        return;
    }
    let elsewhere = "http://provider.test/token";
    for (name, target, expected) in [
        ("an address", None, (1, 0)),
        ("a name", Some("localhost"), (1, 0)),
        ("elsewhere", Some(elsewhere), (0, 1)),
    ] {
        let server = canned(with_length(b"the server")).await;
        let proxy = canned(with_length(b"the proxy")).await;
        let target = match target {
            None => server.url.clone(),
            Some(url) if url == elsewhere => url.to_owned(),
            Some(host) => server.url.replace("127.0.0.1", host),
        };
        let itself = std::env::current_exe().expect("this program");
        let output = tokio::process::Command::new(itself)
            .args(["--exact", THIS_TEST])
            .env(TARGET, target)
            .env("http_proxy", proxy.url.trim_end_matches("/token"))
            .env_remove("no_proxy")
            .env_remove("NO_PROXY")
            .output()
            .await
            .expect("a process");
        assert!(output.status.success(), "{name}: {output:?}");
        let count = |server: &Canned| server.connections.load(Ordering::SeqCst);
        assert_eq!((count(&server), count(&proxy)), expected, "{name}");
    }
}

#[tokio::test]
async fn a_refused_connection_is_told_as_one() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    drop(listener);
    let error = post(&format!("http://{address}/secret-path?secret=1")).await;
    let error = error.expect_err("nobody listens");
    assert_eq!(error.kind(), HttpErrorKind::Connect);
    let told = format!("{error} {error:?}");
    assert!(!told.contains("secret"), "{told}");
}

#[tokio::test]
async fn a_server_that_is_silent_is_given_up() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    let client = ReqwestClient::builder().timeout(Duration::from_millis(50));
    let client = client.build().expect("a client");
    let request = Request::get(format!("http://{address}/")).body(Bytes::new());
    let error = client.send(request.expect("a request")).await;
    let error = error.expect_err("nobody answers");
    assert_eq!(error.kind(), HttpErrorKind::Timeout);
}
