//! A request through every variant of the app.

use std::rc::Rc;

use axum::{Router, body::Body, serve::Listener};
use benches::{Variant, get};
use http::{HeaderValue, StatusCode, header};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _, DuplexStream},
    runtime::Runtime,
};
use tower::ServiceExt as _;

use crate::scenario::{Scenario, Stage};

const TIMES: u32 = 500;

/// Each variant twice: called as a service, and through the HTTP server without a socket.
pub(crate) fn scenarios(stage: &Stage) -> impl Iterator<Item = Scenario> + use<> {
    let (one, two) = (stage.runtime.clone(), stage.runtime.clone());
    let apps: Vec<_> = Variant::ALL
        .into_iter()
        .map(|variant| {
            let world = match variant {
                Variant::LoginsOnly => &stage.logins_only,
                _ => &stage.rs256,
            };
            (variant, one.block_on(variant.app(world)))
        })
        .collect();
    let served = apps
        .clone()
        .into_iter()
        .map(move |(variant, (app, cookie))| {
            let work = service(one.clone(), app, cookie);
            scenario("service", variant, work)
        });
    let http = apps.into_iter().map(move |(variant, (app, cookie))| {
        let work = connection(two.clone(), app, cookie);
        scenario("http", variant, work)
    });
    served.chain(http)
}

fn scenario(way: &str, variant: Variant, work: impl FnMut(u32) + 'static) -> Scenario {
    let name = |variant: Variant| format!("{way}: {}", variant.name());
    Scenario {
        name: name(variant),
        floor: Some(name(variant.floor())),
        is_ours: variant.is_ours(),
        times: TIMES,
        work: Box::new(work),
    }
}

/// Calls the app as a server would.
fn service(runtime: Rc<Runtime>, app: Router, cookie: Option<String>) -> impl FnMut(u32) {
    let cookie = cookie.map(|cookie| HeaderValue::try_from(cookie).expect("a cookie"));
    move |times| {
        runtime.block_on(async {
            for _ in 0..times {
                let mut request = get("/hello", None).map(|()| Body::empty());
                if let Some(cookie) = &cookie {
                    request.headers_mut().insert(header::COOKIE, cookie.clone());
                }
                let Ok(response) = app.clone().oneshot(request).await;
                assert_eq!(response.status(), StatusCode::OK);
            }
        });
    }
}

/// Sends requests to the app's HTTP server over one connection in memory.
fn connection(runtime: Rc<Runtime>, app: Router, cookie: Option<String>) -> impl FnMut(u32) {
    let (mut client, server) = tokio::io::duplex(16 * 1024);
    runtime.spawn(axum::serve(OneConnection(Some(server)), app).into_future());
    let cookie = cookie.map_or_else(String::new, |cookie| format!("cookie: {cookie}\r\n"));
    let request =
        format!("GET /hello HTTP/1.1\r\nhost: localhost:5000\r\naccept: */*\r\n{cookie}\r\n");
    let mut buffer = vec![0; 4096];
    move |times| {
        runtime.block_on(async {
            for _ in 0..times {
                client
                    .write_all(request.as_bytes())
                    .await
                    .expect("a server");
                let mut filled = 0;
                while !buffer[..filled].ends_with(b"hello alice") {
                    let read = client.read(&mut buffer[filled..]).await;
                    filled += read.expect("an answer");
                }
                assert!(buffer.starts_with(b"HTTP/1.1 200 OK"));
            }
        });
    }
}

/// Accepts one connection, and then none.
struct OneConnection(Option<DuplexStream>);

impl Listener for OneConnection {
    type Io = DuplexStream;
    type Addr = ();

    async fn accept(&mut self) -> (DuplexStream, ()) {
        match self.0.take() {
            Some(connection) => (connection, ()),
            None => std::future::pending().await,
        }
    }

    fn local_addr(&self) -> std::io::Result<()> {
        Ok(())
    }
}
