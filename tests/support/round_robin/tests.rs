#![allow(clippy::unwrap_used)]

use std::net::Ipv4Addr;

use http::{Method, header};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
};

use super::*;
use crate::{demo::free_port, wire::call};

const FORM: &str = "name=value";

/// What a node does with a connection.
#[derive(Clone, Copy)]
enum Does {
    /// Answers with its name and the request, letter by letter.
    Echo(&'static str),
    /// Reads the request and hangs up.
    HangUp,
    /// Hangs up in the middle of the answer.
    HangUpLate,
}

async fn node(does: Does) -> SocketAddr {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        loop {
            let (stream, _) = listener.accept().await.unwrap();
            tokio::spawn(answer(stream, does));
        }
    });
    address
}

async fn answer(mut stream: TcpStream, does: Does) {
    let mut request = String::new();
    let is_whole = |request: &str| match request.split_once("\r\n\r\n") {
        Some((head, body)) => head.starts_with("GET") || body == FORM,
        None => false,
    };
    while !is_whole(&request) {
        let mut part = [0; 1024];
        let length = stream.read(&mut part).await.unwrap();
        request.push_str(std::str::from_utf8(&part[..length]).unwrap());
    }
    let Does::Echo(name) = does else {
        if matches!(does, Does::HangUpLate) {
            let begun = b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhalf";
            stream.write_all(begun).await.unwrap();
        }
        return;
    };
    let body = format!("{name} {request}");
    let head = "HTTP/1.1 303 See Other\r\nlocation: /next\r\nset-cookie: a=1\r\nset-cookie: b=2\r\nconnection: close";
    let answer = format!("{head}\r\ncontent-length: {}\r\n\r\n{body}", body.len());
    stream.write_all(answer.as_bytes()).await.unwrap();
}

fn down() -> SocketAddr {
    (Ipv4Addr::LOCALHOST, free_port()).into()
}

async fn get(proxy: &Router, wanted: Option<&str>) -> (u16, String) {
    let mut request = Request::new(axum::body::Body::empty());
    *request.uri_mut() = "http://app.test/page?q=1".parse().unwrap();
    if let Some(node) = wanted {
        request.headers_mut().insert(NODE, node.parse().unwrap());
    }
    let response = call(proxy, request).await;
    let status = response.status().as_u16();
    let body = axum::body::to_bytes(response.into_body(), 10_000).await;
    let text = String::from_utf8(body.unwrap().to_vec()).unwrap();
    (status, text.chars().take(1).collect())
}

fn from(node: &str) -> (u16, String) {
    (303, node.to_owned())
}

#[tokio::test]
async fn requests_take_turns_unless_they_choose() {
    let proxy = router(&[node(Does::Echo("A")).await, node(Does::Echo("B")).await]);
    let mut served = String::new();
    for _ in 0..4 {
        served += &get(&proxy, None).await.1;
    }
    assert_eq!(served, "ABAB");
    for name in ["A", "A", "B", "B"] {
        assert_eq!(get(&proxy, Some(name)).await, from(name));
    }
    for nobody in ["C", "a", "AB", ""] {
        assert_eq!(get(&proxy, Some(nobody)).await.0, 400, "{nobody}");
    }
}

#[tokio::test]
async fn a_node_that_is_down_is_passed_over_unless_it_was_chosen() {
    let proxy = router(&[down(), node(Does::Echo("B")).await]);
    for _ in 0..3 {
        assert_eq!(get(&proxy, None).await, from("B"));
    }
    assert_eq!(get(&proxy, Some("A")).await.0, 502);
    assert_eq!(get(&router(&[down(), down()]), None).await.0, 502);
}

/// The first may have carried it out: a second try could use a code twice.
#[tokio::test]
async fn what_a_node_has_got_is_not_sent_to_another() {
    for does in [Does::HangUp, Does::HangUpLate] {
        let proxy = router(&[node(does).await, node(Does::Echo("B")).await]);
        assert_eq!(get(&proxy, None).await.0, 502);
        assert_eq!(get(&proxy, None).await, from("B"));
    }
}

#[tokio::test]
async fn a_request_and_its_answer_come_as_they_were() {
    let proxy = router(&[node(Does::Echo("A")).await]);
    let mut request = Request::new(axum::body::Body::from(FORM));
    *request.method_mut() = Method::POST;
    *request.uri_mut() = "http://localhost:5000/a%20b?q=%2F&r".parse().unwrap();
    for (name, value) in [
        ("cookie", "a=1; b=2"),
        (NODE, "A"),
        ("connection", "keep-alive"),
        ("content-length", "10"),
    ] {
        request.headers_mut().insert(name, value.parse().unwrap());
    }
    let response = call(&proxy, request).await;
    assert_eq!(response.headers()[header::LOCATION], "/next");
    let cookies = response.headers().get_all(header::SET_COOKIE).iter();
    assert_eq!(cookies.collect::<Vec<_>>(), ["a=1", "b=2"]);
    assert!(!response.headers().contains_key(header::CONNECTION));
    let body = axum::body::to_bytes(response.into_body(), 10_000).await;
    let text = String::from_utf8(body.unwrap().to_vec()).unwrap();
    let (line, headers) = text.split_once("\r\n").unwrap();
    assert_eq!(line, "A POST /a%20b?q=%2F&r HTTP/1.1");
    let (headers, body) = headers.split_once("\r\n\r\n").unwrap();
    let mut headers: Vec<_> = headers.lines().collect();
    headers.sort_unstable();
    assert_eq!(
        headers,
        [
            "content-length: 10",
            "cookie: a=1; b=2",
            "host: localhost:5000"
        ]
    );
    assert_eq!(body, FORM);
}
