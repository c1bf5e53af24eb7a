//! Crowds that come all at once through sockets: each login a connection of its own for its beginning,
//! for the provider's answer, and for the page behind it.

use std::net::SocketAddr;

use axum::Router;
use oidc_login_tests::{clock::HandClock, hostile::HostileProvider, world::APP};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpSocket, TcpStream},
    sync::oneshot,
    task::JoinSet,
};
use url::Url;

use crate::{Failure, app::app, heap::Heap};

/// Longer than a session lives, and than anything is remembered, in seconds.
const LONG: i64 = 10 * 3600;

/// What crowds left on the heap, in bytes, all together.
pub(crate) struct Figures {
    /// The second one that began and did not finish.
    pub(crate) abandoned: i64,
    /// The third one that signed in, compared with the second, when the sessions of each had ended
    /// before the next one came.
    pub(crate) grown: i64,
}

/// Lets crowds of so many come, one after the other.
pub(crate) async fn measure(logins: usize) -> Result<Figures, Failure> {
    let stage = Stage::new()?;
    // Places in tables, and for connections, stay for the next crowd.
    stage.sign_in(logins).await?;
    stage.crowd(begin(logins)).await?;
    let before = Heap::now();
    stage.crowd(begin(logins)).await?;
    let abandoned = before.since().total();
    stage.clock.advance(LONG);
    stage.sign_in(logins).await?;
    let before = Heap::now();
    stage.clock.advance(LONG);
    stage.sign_in(logins).await?;
    let grown = before.since().total();
    Ok(Figures { abandoned, grown })
}

struct Stage {
    app: Router,
    provider: HostileProvider,
    clock: HandClock,
}

/// What one of a crowd asks for.
struct Request {
    path: String,
    cookie: String,
}

/// What it is told.
struct Answer(String);

fn begin(count: usize) -> Vec<Request> {
    let login = |_| Request {
        path: "/auth/login?return_to=/secure".to_owned(),
        cookie: String::new(),
    };
    (0..count).map(login).collect()
}

impl Stage {
    fn new() -> Result<Self, Failure> {
        let clock = HandClock::new();
        let provider = HostileProvider::new(&clock);
        let app = app(&provider, &clock)?;
        Ok(Self {
            app,
            provider,
            clock,
        })
    }

    /// Everybody signs in and sees the page.
    async fn sign_in(&self, logins: usize) -> Result<(), Failure> {
        let mut callbacks = Vec::new();
        for (number, answer) in self.crowd(begin(logins)).await?.iter().enumerate() {
            let authorization_url = answer.header("location").ok_or("no login begins")?;
            let callback = self
                .provider
                .answer(&authorization_url.parse()?, &user(number));
            callbacks.push(Request {
                path: path_and_query(&callback),
                cookie: answer.cookie("oidc_login")?,
            });
        }
        let mut pages = Vec::new();
        for answer in self.crowd(callbacks).await? {
            if answer.header("location") != Some("/secure") {
                return Err(format!("a login failed: {}", answer.0).into());
            }
            pages.push(Request {
                path: "/secure".to_owned(),
                cookie: answer.cookie("oidc_session")?,
            });
        }
        for (number, page) in self.crowd(pages).await?.iter().enumerate() {
            if !page.0.ends_with(&format!("secure {}", user(number))) {
                return Err(format!("{} sees another page: {}", user(number), page.0).into());
            }
        }
        self.provider.forget();
        Ok(())
    }

    /// Sends all requests, each over a connection of its own that is open while all others are, and
    /// gives the answers when the last connection has ended.
    async fn crowd(&self, requests: Vec<Request>) -> Result<Vec<Answer>, Failure> {
        let socket = TcpSocket::new_v4()?;
        socket.bind(SocketAddr::from(([127, 0, 0, 1], 0)))?;
        let address = socket.local_addr()?;
        let listener = socket.listen(u32::try_from(requests.len())?)?;
        let (stop, stopped) = oneshot::channel::<()>();
        let server = axum::serve(listener, self.app.clone()).with_graceful_shutdown(async {
            // A sender that is gone is a reason to stop as well.
            let _ = stopped.await;
        });
        let server = tokio::spawn(server.into_future());
        let mut streams = Vec::new();
        for _ in &requests {
            streams.push(TcpStream::connect(address).await?);
        }
        let mut calls = JoinSet::new();
        for (number, (request, stream)) in requests.into_iter().zip(streams).enumerate() {
            calls.spawn(async move { Ok((number, request.send(stream).await?)) });
        }
        let answers = calls.join_all().await.into_iter();
        let mut answers = answers.collect::<Result<Vec<_>, std::io::Error>>()?;
        drop(stop);
        server.await??;
        answers.sort_by_key(|(number, _)| *number);
        Ok(answers.into_iter().map(|(_, answer)| answer).collect())
    }
}

impl Request {
    async fn send(&self, mut stream: TcpStream) -> std::io::Result<Answer> {
        let Self { path, cookie } = self;
        let host = APP.trim_start_matches("http://");
        let request = format!(
            "GET {path} HTTP/1.1\r\nHost: {host}\r\nCookie: {cookie}\r\nConnection: close\r\n\
             Accept: text/html\r\nSec-Fetch-Mode: navigate\r\nSec-Fetch-Dest: document\r\n\r\n"
        );
        stream.write_all(request.as_bytes()).await?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await?;
        Ok(Answer(answer))
    }
}

impl Answer {
    /// The first header of this name.
    fn header<'a>(&'a self, name: &'a str) -> Option<&'a str> {
        self.headers(name).next()
    }

    fn headers<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        let head = self.0.split("\r\n\r\n").next().unwrap_or_default();
        let lines = head.lines().filter_map(|line| line.split_once(": "));
        lines.filter_map(move |(known, value)| known.eq_ignore_ascii_case(name).then_some(value))
    }

    /// A cookie whose name begins so, as a browser sends it.
    fn cookie(&self, name: &str) -> Result<String, Failure> {
        let mut cookies = self.headers("set-cookie");
        let line = cookies.find(|line| line.starts_with(name));
        let line = line.ok_or_else(|| format!("no cookie {name}: {}", self.0))?;
        Ok(line.split(';').next().unwrap_or_default().to_owned())
    }
}

fn user(number: usize) -> String {
    format!("user-{number}")
}

fn path_and_query(url: &Url) -> String {
    format!("{}?{}", url.path(), url.query().unwrap_or_default())
}
