//! What every test here begins with: Redis, a provider, two demos, the proxy, and browsers that know its address only.

use std::{
    net::{Ipv4Addr, SocketAddr},
    time::Duration,
};

use oidc_login_dev_provider::{Client, Control, DevProvider, Endpoint, Gate, Running, User};
use oidc_login_tests::{demo::Demo, redis::Redis, round_robin, world::keys};
use tokio::{net::TcpListener, time::timeout};

use crate::browser::Browser;

/// 32 bytes in base64.
pub(crate) const SECRET: &str = "b2xkb2xkb2xkb2xkb2xkb2xkb2xkb2xkb2xkb2xkb2w=";

/// One of the two processes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Node {
    A,
    B,
}

impl Node {
    pub(crate) const BOTH: [Self; 2] = [Self::A, Self::B];

    pub(crate) fn other(self) -> Self {
        match self {
            Self::A => Self::B,
            Self::B => Self::A,
        }
    }

    /// How a request asks the proxy for it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::A => "A",
            Self::B => "B",
        }
    }
}

pub(crate) struct Stage {
    pub(crate) redis: Redis,
    provider: Running,
    nodes: [Option<Demo>; 2],
    ports: [u16; 2],
    proxy: SocketAddr,
    /// Of both nodes, besides those that every test needs.
    variables: &'static [(&'static str, &'static str)],
}

impl Stage {
    pub(crate) async fn new() -> Self {
        Self::with(&[], 0).await
    }

    /// With these variables of both nodes.
    pub(crate) async fn with_variables(variables: &'static [(&'static str, &'static str)]) -> Self {
        Self::with(variables, 0).await
    }

    /// With `user-0`, `user-1` and so on besides alice and bob.
    pub(crate) async fn with_users(count: usize) -> Self {
        Self::with(&[], count).await
    }

    async fn with(variables: &'static [(&'static str, &'static str)], count: usize) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await;
        let listener = listener.expect("the machine has a free port");
        let proxy = listener.local_addr().expect("it was bound");
        let users = ["alice".to_owned(), "bob".to_owned()].into_iter();
        let users = users.chain((0..count).map(user));
        let app = Client::public("flask-app").valid_redirect_uris([format!("{}/*", url(proxy))]);
        let provider = users
            .fold(DevProvider::builder(), |provider, name| {
                provider.user(User::new(name.clone(), name))
            })
            .issuer("http://localhost:0")
            .client(app)
            .keys(keys())
            .bind()
            .await
            .expect("a provider")
            .spawn();
        let mut stage = Self {
            redis: Redis::start().await,
            provider,
            nodes: [None, None],
            ports: [0; 2],
            proxy,
            variables,
        };
        for node in Node::BOTH {
            stage.start(node, SECRET).await;
        }
        let nodes = stage
            .ports
            .map(|port| SocketAddr::from((Ipv4Addr::LOCALHOST, port)));
        let router = round_robin::router(&nodes);
        tokio::spawn(async move { axum::serve(listener, router).await });
        stage
    }

    /// Starts a node, with this list of session secrets; after the first time on the same port.
    pub(crate) async fn start(&mut self, node: Node, secrets: &str) {
        let (issuer, root_url) = (self.provider.provider().issuer(), url(self.proxy));
        let (store, port) = (self.redis.url(), self.ports[node as usize].to_string());
        let mut variables = vec![
            ("OIDC_ISSUER", issuer),
            ("OIDC_ROOT_URL", &root_url),
            ("OIDC_SESSION_STORE", &store),
            ("OIDC_SESSION_SECRET", secrets),
        ];
        variables.extend(self.variables);
        if port != "0" {
            variables.push(("PORT", &port));
        }
        let demo = Demo::start(&variables).await;
        self.ports[node as usize] = demo.port();
        self.nodes[node as usize] = Some(demo);
    }

    /// `kill -9`.
    pub(crate) async fn kill(&mut self, node: Node) {
        let demo = self.nodes[node as usize].take();
        demo.expect("a node that runs").kill().await;
    }

    /// Ends a node and starts it with other session secrets, as a rolling update does.
    pub(crate) async fn replace(&mut self, node: Node, secrets: &str) {
        self.kill(node).await;
        self.start(node, secrets).await;
    }

    /// Somebody new.
    pub(crate) fn browser(&self) -> Browser {
        let issuer = self.provider.provider().issuer();
        let port = issuer.rsplit(':').next().and_then(|port| port.parse().ok());
        Browser::new(self.proxy.port(), port.expect("the issuer has a port"))
    }

    /// The provider: its requests can be counted and held.
    pub(crate) fn provider(&self) -> Control {
        self.provider.provider().control()
    }

    /// How many requests the token endpoint has seen.
    pub(crate) fn token_requests(&self) -> u64 {
        self.provider().requests(Endpoint::Token)
    }
}

/// Waits until so many requests are held at this gate. The limit ends a broken test and measures nothing.
pub(crate) async fn reached(gate: &Gate, requests: usize) {
    let arrived = timeout(Duration::from_secs(120), gate.arrived(requests)).await;
    assert!(arrived.is_ok(), "not {requests} requests come to the gate");
}

/// The name, and the password, of one of many.
pub(crate) fn user(number: usize) -> String {
    format!("user-{number}")
}

fn url(address: SocketAddr) -> String {
    format!("http://localhost:{}", address.port())
}
