//! A small reverse proxy in front of the nodes of one app.

use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use axum::{
    Router,
    extract::{Request, State},
    response::{IntoResponse as _, Response},
};
use http::{HeaderMap, StatusCode};

use crate::forward::{Forward, NoAnswer, whole};

/// The header by which a request chooses its node: `A`, `B` and so on. The node does not see it.
pub const NODE: &str = "x-node";

/// Passes each request to the next node. Where nobody listens, the one after it gets the request.
///
/// A request that names its node in the header [`NODE`] goes there and nowhere else. Host and cookies stay as they are, and
/// nothing is added. Requests and answers are passed on whole, so it is of no use for streams.
pub fn router(nodes: &[SocketAddr]) -> Router {
    let proxy = Proxy {
        nodes: nodes.to_vec(),
        turn: AtomicUsize::new(0),
        forward: Forward::new(),
    };
    Router::new().fallback(pass).with_state(Arc::new(proxy))
}

struct Proxy {
    nodes: Vec<SocketAddr>,
    turn: AtomicUsize,
    forward: Forward,
}

async fn pass(State(proxy): State<Arc<Proxy>>, request: Request) -> Result<Response, StatusCode> {
    let mut request = whole(request).await?;
    let chosen = chosen(request.headers(), proxy.nodes.len())?;
    request.headers_mut().remove(NODE);
    for node in proxy.candidates(chosen) {
        let answer = proxy.forward.send(proxy.nodes[node], &request).await;
        // Without the query, which may hold a code.
        let (method, path, node) = (request.method(), request.uri().path(), name(node));
        match answer {
            Ok(answer) => {
                let status = answer.status().as_u16();
                tracing::info!("{node}  {status}  {method} {path}");
                return Ok(answer);
            }
            Err(NoAnswer::NotThere) => tracing::info!("{node}  is down"),
            Err(error) => {
                tracing::info!("{node}  {error}  {method} {path}");
                let text = format!("node {node} broke off; try again\n");
                return Ok((StatusCode::BAD_GATEWAY, text).into_response());
            }
        }
    }
    Ok((StatusCode::BAD_GATEWAY, "no node is up\n").into_response())
}

impl Proxy {
    fn candidates(&self, chosen: Option<usize>) -> Vec<usize> {
        if let Some(node) = chosen {
            return vec![node];
        }
        let count = self.nodes.len();
        let first = self.turn.fetch_add(1, Ordering::Relaxed);
        (0..count).map(|nth| (first + nth) % count).collect()
    }
}

fn chosen(headers: &HeaderMap, count: usize) -> Result<Option<usize>, StatusCode> {
    let Some(wanted) = headers.get(NODE) else {
        return Ok(None);
    };
    let node = (0..count).find(|&node| wanted.as_bytes() == name(node).to_string().as_bytes());
    node.map(Some).ok_or(StatusCode::BAD_REQUEST)
}

/// `A` for the first.
pub fn name(node: usize) -> char {
    (b'A'..=b'Z').nth(node).map_or('?', char::from)
}

#[cfg(test)]
mod tests;
