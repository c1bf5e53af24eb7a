//! Requests over connections that are kept alive, each answer checked.

use std::time::{Duration, Instant};

use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    task::JoinSet,
};

use super::{App, Failure, arguments::Bound, server::Served};

const ANSWER: &[u8] = b"hello alice";

/// What came of driving one server.
#[derive(Clone, Copy, Debug)]
pub(super) struct Load {
    pub(super) requests: u64,
    pub(super) time: Duration,
}

/// Drives a server over so many connections, on each one request after the other.
pub(super) async fn drive<A: App>(
    server: &Served<A>,
    connections: usize,
    bound: Bound,
) -> Result<Load, Failure> {
    let cookie = server.cookie.as_ref();
    let cookie = cookie.map_or_else(String::new, |cookie| format!("cookie: {cookie}\r\n"));
    let request = format!(
        "GET /hello HTTP/1.1\r\nhost: {}\r\naccept: */*\r\n{cookie}\r\n",
        server.address
    );
    let mut streams = Vec::new();
    for _ in 0..connections {
        let stream = TcpStream::connect(server.address).await?;
        stream.set_nodelay(true)?;
        streams.push(stream);
    }
    let start = Instant::now();
    let mut tasks = JoinSet::new();
    for stream in streams {
        tasks.spawn(one_connection(stream, request.clone(), start, bound));
    }
    let mut requests = 0;
    while let Some(done) = tasks.join_next().await {
        requests += done??;
    }
    let time = start.elapsed();
    Ok(Load { requests, time })
}

async fn one_connection(
    mut stream: TcpStream,
    request: String,
    start: Instant,
    bound: Bound,
) -> Result<u64, Failure> {
    let mut buffer = vec![0; 4096];
    let mut requests = 0;
    let goes_on = |requests| match bound {
        Bound::Time(time) => start.elapsed() < time,
        Bound::Requests(most) => requests < most,
    };
    while goes_on(requests) {
        stream.write_all(request.as_bytes()).await?;
        let mut filled = 0;
        while !is_whole(&buffer[..filled])? {
            let read = stream.read(&mut buffer[filled..]).await?;
            if read == 0 {
                return Err("the server closed a connection".into());
            }
            filled += read;
        }
        requests += 1;
    }
    Ok(requests)
}

/// Whether the answer is all there; an error for any but the right one.
fn is_whole(read: &[u8]) -> Result<bool, Failure> {
    let is_so_far_right = b"HTTP/1.1 200 OK\r\n".iter().zip(read).all(|(a, b)| a == b);
    if !is_so_far_right {
        let text = String::from_utf8_lossy(read);
        return Err(format!("an unexpected answer: {text}").into());
    }
    Ok(read.ends_with(ANSWER))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_right_not_yet_whole_or_wrong() {
        for (name, read, expected) in [
            ("nothing yet", &b""[..], Some(false)),
            (
                "the head",
                b"HTTP/1.1 200 OK\r\na: b\r\n\r\nhel",
                Some(false),
            ),
            (
                "all",
                b"HTTP/1.1 200 OK\r\na: b\r\n\r\nhello alice",
                Some(true),
            ),
            ("a redirect", b"HTTP/1.1 303 See Other\r\n", None),
        ] {
            assert_eq!(is_whole(read).ok(), expected, "{name}");
        }
    }
}
